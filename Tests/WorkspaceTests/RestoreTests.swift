// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import Testing
import Workspace

@Suite struct RestoreTests {
  @Test func anyStepComesBack() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let template = try scratch.make("template")
    try shell(
      "mkdir src; echo 'print(1)' > src/a.py; printf '\\0\\1' > bin; chmod 600 bin; mkfifo p", in: template)
    let workspace = try Workspace.create(
      from: .directory(template), at: "\(scratch.path)/w", repository: repository)
    var states: [(CommitID, [Bytes: Item])] = []
    var parent: CommitID?
    for (step, change) in ["true", "echo 2 >> src/a.py", "rm bin; mkdir out", "mv src lib", "git init -q"]
      .enumerated()
    {
      try shell(change, in: workspace.path)
      parent = try repository.commit(
        workspace.snapshot().tree, parent: parent, message: "step \(step)", trial: "run.1/t-1",
        seconds: 1_700_000_000 + Int64(step))
      states.append((try #require(parent), try contents(of: workspace.path)))
    }
    #expect(try repository.head(of: "run.1/t-1") == parent)

    var at = parent
    for (step, (id, expected)) in states.enumerated().reversed() {
      #expect(id == at)
      let commit = try repository.readCommit(id)
      #expect(commit.message == "step \(step)")
      #expect(commit.seconds == 1_700_000_000 + Int64(step))
      let directory = "\(scratch.path)/step\(step)"
      let again = try Workspace.create(from: .tree(commit.tree), at: directory, repository: repository)
      #expect(try contents(of: directory) == expected)
      #expect(try again.snapshot().tree == commit.tree)
      at = commit.parent
    }
    #expect(at == nil)
    try fsck(repository)
    let log = try shell(
      "git --git-dir=\(repository.path) log --format=%s refs/lyceum/trials/run.1/t-1", in: "/")
    #expect(log == "step 4\nstep 3\nstep 2\nstep 1\nstep 0\n")
  }

  @Test func commitsAreReproducibleAndGuarded() throws {
    let scratch = try Scratch()
    var ids: Set<CommitID> = []
    for name in ["a.git", "b.git"] {
      let repository = try scratch.repository(name)
      let tree = try Workspace.open(at: scratch.make("w-\(name)"), repository: repository).snapshot().tree
      let first = try repository.commit(tree, parent: nil, message: "0\u{0}é", trial: "t", seconds: 5)
      ids.insert(first)
      #expect(throws: WorkspaceError.self) {
        try repository.commit(tree, parent: nil, message: "again", trial: "t", seconds: 5)
      }
      let second = try repository.commit(tree, parent: first, message: "1", trial: "t", seconds: 6)
      ids.insert(second)
      #expect(throws: WorkspaceError.self) {
        try repository.commit(tree, parent: first, message: "fork", trial: "t", seconds: 6)
      }
      #expect(try repository.head(of: "t") == second)
      try repository.setRef(of: "t", to: first)
      #expect(try repository.head(of: "t") == first)
      try repository.setRef(of: "t", to: nil)
      #expect(try repository.head(of: "t") == nil)
      for bad in ["", "a b", "../x", "a..b", "-\n", "x.lock", "a//b", String(repeating: "x", count: 300)] {
        #expect(throws: WorkspaceError.self, "\(bad)") { try repository.head(of: bad) }
      }
      try fsck(repository)
    }
    #expect(ids.count == 2)
  }

  @Test func createNeedsAnEmptyPlace() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let template = try scratch.make("t")
    let full = try scratch.make("full")
    try shell("touch x; ln -s t ../link", in: full)
    for place in [full, "\(scratch.path)/link", "\(scratch.path)/no/parent"] {
      #expect(throws: WorkspaceError.self) {
        try Workspace.create(from: .directory(template), at: place, repository: repository)
      }
    }
    #expect(throws: WorkspaceError.self) {
      try repository.restore(
        try #require(TreeID(hex: String(repeating: "0", count: 40))), into: "\(scratch.path)/z")
    }
  }

  @Test(.enabled(if: getuid() == 0)) func ownerGetsEverything() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let template = try scratch.make("t")
    try shell("mkdir -p d/e; echo 1 > d/e/f; ln -s f l", in: template)
    let workspace = try Workspace.create(
      from: .directory(template), at: "\(scratch.path)/w", repository: repository, owner: 20_001)
    let tree = try workspace.snapshot().tree
    try repository.restore(tree, into: "\(scratch.path)/r", owner: 20_001)
    for place in ["w", "r"] {
      let owners = try shell(
        "find \(place) -printf '%U:%G:%m:%y\\n' | sort | uniq -c | tr -s ' '", in: scratch.path)
      #expect(owners == " 3 20001:20001:755:d\n 1 20001:20001:644:f\n 1 20001:20001:777:l\n".sortedLines)
    }
  }

  @Test func extractHandsOverRegularFilesOnly() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let directory = try scratch.make("w")
    try shell(
      """
      mkdir -p out/deep dir; echo 42 > out/result.json; echo hi > out/deep/x; ln -s /etc/passwd out/link
      ln -s out away; truncate -s 60M huge; head -c 5000 /dev/zero > long; mkfifo pipe; chmod +x out/deep/x
      echo g > .git
      """, in: directory)
    let tree = try Workspace.open(at: directory, repository: repository).snapshot().tree
    let asked = [
      "out/result.json", "./out//deep/x", "out/link", "away/result.json", "huge", "long", "pipe", "none",
      "dir",
      "../w/long", "/etc/passwd", "", "out/result.json/x", "out/result.json", ".git",
    ]
    let target = "\(scratch.path)/submission"
    let answers = try repository.extract(tree, paths: asked.map(\.bytes), into: target, limit: 4000)
    #expect(answers.map { String(decoding: $0.path, as: UTF8.self) } == asked)
    #expect(
      answers.map(\.outcome) == [
        .written(bytes: 3), .written(bytes: 3), .notRegular(.symlink), .notRegular(.symlink),
        .tooLarge(bytes: 60 << 20), .tooLarge(bytes: 5000), .missing, .missing, .notRegular(.directory),
        .invalidPath, .invalidPath, .invalidPath, .notRegular(.file), .written(bytes: 3), .written(bytes: 2),
      ])
    #expect(
      try contents(of: target) == [
        "out".bytes: .directory, "out/deep".bytes: .directory,
        "out/result.json".bytes: .file("42\n".bytes, isExecutable: false),
        "out/deep/x".bytes: .file("hi\n".bytes, isExecutable: true),
        ".git".bytes: .file("g\n".bytes, isExecutable: false),
      ])
  }
}

extension String {
  fileprivate var sortedLines: String {
    split(separator: "\n").sorted { $0.drop { $0 == " " }.dropFirst(2) < $1.drop { $0 == " " }.dropFirst(2) }
      .joined(separator: "\n") + "\n"
  }
}
