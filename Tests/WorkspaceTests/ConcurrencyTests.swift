// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import Testing
import Workspace

@Suite struct ConcurrencyTests {
  /// Threads with repositories of their own, as workers have: all create the repository, store the same and other
  /// content, and move references.
  @Test func manyWriters() async throws {
    let scratch = try Scratch()
    let path = scratch.path
    let template = try scratch.make("template")
    try shell("for i in $(seq 200); do echo $i > f$i; done", in: template)
    var heads: [CommitID] = []
    try await withThrowingTaskGroup(of: CommitID.self) { group in
      for worker in 0..<6 {
        group.addTask {
          let repository = try Repository(at: "\(path)/shared.git")
          let workspace = try Workspace.create(
            from: .directory(template), at: "\(path)/w\(worker)", repository: repository)
          var head: CommitID?
          for step in 0..<15 {
            try workspace.writeFile("common".bytes, "same \(step)".bytes)
            try workspace.writeFile("own/\(step)".bytes, "\(worker) \(step)".bytes)
            head = try repository.commit(
              workspace.snapshot().tree, parent: head, message: "step \(step)", trial: "w\(worker)",
              seconds: 1)
          }
          guard let head else { throw CommandFailed(description: "no head") }
          return head
        }
      }
      for try await head in group { heads.append(head) }
    }
    let repository = try Repository(at: "\(path)/shared.git")
    #expect(Set(heads).count == 6)
    for worker in 0..<6 {
      let head = try #require(try repository.head(of: "w\(worker)"))
      #expect(heads.contains(head))
      var (count, at) = (0, Optional(head))
      while let commit = try at.map(repository.readCommit) { (count, at) = (count + 1, commit.parent) }
      #expect(count == 15)
      let tree = try repository.readCommit(head).tree
      #expect(try repository.readFile("own/14".bytes, in: tree, limit: 100) == "\(worker) 14".bytes)
    }
    try fsck(repository)
    #expect(try shell("ls -d shared.git* | wc -l", in: path) == "1\n")
  }

  @Test func packedRepositoriesAreRead() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let directory = try scratch.make("w")
    try shell("for i in $(seq 50); do seq $i 500 > f$i; done", in: directory)
    let workspace = try Workspace.open(at: directory, repository: repository)
    let tree = try workspace.snapshot().tree
    _ = try repository.commit(tree, parent: nil, message: "0", trial: "t", seconds: 1)
    try shell(
      "git --git-dir=\(repository.path) gc -q && test -z \"$(find objects/?? -type f)\"", in: repository.path)
    let later = try scratch.repository()
    #expect(try later.list(tree).count == 50)
    try later.restore(tree, into: "\(scratch.path)/r")
    #expect(try contents(of: "\(scratch.path)/r") == contents(of: directory))
    #expect(try later.head(of: "t") != nil)
  }
}
