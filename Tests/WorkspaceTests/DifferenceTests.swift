// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Testing
import Workspace

@Suite struct DifferenceTests {
  @Test func namesWhatChanged() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let directory = try scratch.make("w")
    try shell(
      "mkdir -p same d/e gone empty; seq 20 > text; echo 1 > same/s; echo x > gone/g; printf '\\0a' > bin; echo m > m; ln -s a l",
      in: directory)
    let workspace = try Workspace.open(at: directory, repository: repository)
    let old = try workspace.snapshot().tree
    try shell(
      "sed -i 's/^7$/seven/' text; rm -r gone; printf '\\0b' > bin; chmod +x m; ln -sfn b l; echo n > d/n; rmdir empty; rm d/e -r; echo e > d/e; mkdir fresh; echo 9 > .git",
      in: directory)
    let new = try workspace.snapshot().tree
    let difference = try repository.diff(from: old, to: new, limits: DiffLimits(patchBytes: 4096))
    #expect(difference.isComplete)
    let told = difference.changes.map {
      "\($0.kind) \(String(escaping: $0.path)) \($0.oldSize) \($0.newSize)"
    }
    #expect(
      told == [
        "added .git 0 2", "modified bin 2 2", "modified d/e 0 2", "added d/n 0 2", "deleted empty 0 0",
        "added fresh 0 0", "deleted gone/g 2 0", "modified l 1 1", "mode m 2 2", "modified text 51 55",
      ])
    let text = try #require(difference.changes.last?.patch)
    #expect(
      String(decoding: text, as: UTF8.self)
        == "@@ -4,7 +4,7 @@\n 4\n 5\n 6\n-7\n+seven\n 8\n 9\n 10\n")
    #expect(difference.changes[0].patch == "@@ -0,0 +1 @@\n+9\n".bytes)
    #expect(difference.changes[1].patch == nil)
    #expect(difference.changes[7].patch == nil)

    let back = try repository.diff(from: new, to: old)
    #expect(back.changes.count == 10)
    #expect(back.changes.allSatisfy { $0.patch == nil })
    #expect(try repository.diff(from: new, to: new).changes.isEmpty)
    let few = try repository.diff(from: old, to: new, limits: DiffLimits(changes: 3))
    #expect(few.changes.count == 3)
    #expect(!few.isComplete)
    let tiny = try repository.diff(from: old, to: new, limits: DiffLimits(patchBytes: 20))
    #expect(tiny.changes.reduce(0) { $0 + ($1.patch?.count ?? 0) } <= 20)
  }

  @Test func readsAndLists() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let directory = try scratch.make("w")
    try shell("mkdir d; printf hello > d/f; ln -s d/f l; chmod +x d/f", in: directory)
    let tree = try Workspace.open(at: directory, repository: repository).snapshot().tree
    #expect(try repository.readFile("d/f".bytes, in: tree, limit: 5) == "hello".bytes)
    #expect(throws: WorkspaceError.self) { try repository.readFile("d/f".bytes, in: tree, limit: 4) }
    #expect(try repository.readFile("l".bytes, in: tree, limit: 100) == nil)
    #expect(try repository.readFile("d".bytes, in: tree, limit: 100) == nil)
    #expect(try repository.readFile("none/x".bytes, in: tree, limit: 100) == nil)
    let listed = try repository.list(tree).map {
      "\($0.kind) \(String(decoding: $0.path, as: UTF8.self)) \($0.size)"
    }
    #expect(listed == ["directory d 0", "executable d/f 5", "symlink l 3"])
    #expect(throws: WorkspaceError.self) { try repository.list(tree, limit: 2) }
  }
}
