// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import Processes
import Testing
import Workspace

@Suite struct SnapshotTests {
  @Test func unchangedWritesNothing() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let directory = try scratch.make("w")
    try shell("mkdir -p a/b; echo 1 > a/b/x; echo 2 > y; ln -s y l", in: directory)
    let workspace = try Workspace.open(at: directory, repository: repository)
    let first = try workspace.snapshot()
    #expect(first.entries == 5)
    #expect(first.bytes == 4)
    #expect(first.diskBytes > 0)
    let objects = "find objects -type f -newermt @1000000000 | sort | xargs stat -c '%n %Y %Z %i'"
    let before = try shell(objects, in: repository.path)
    usleep(30_000)
    _ = try workspace.snapshot()
    let settled = try shell(objects, in: repository.path)
    #expect(try workspace.snapshot().tree == first.tree)
    #expect(try shell(objects, in: repository.path) == settled)
    #expect(before.split(separator: "\n").count == settled.split(separator: "\n").count)
  }

  @Test func findsEveryChange() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let directory = try scratch.make("w")
    try shell("mkdir d; echo one > d/f; echo two > g; ln -s g l; seq 50 | xargs touch", in: directory)
    let workspace = try Workspace.open(at: directory, repository: repository)
    var seen: Set<TreeID> = [try workspace.snapshot().tree]
    let changes = [
      "echo uno > d/f",
      "cp -p d/f /proc/self/fd/1 > kept; echo ein > d/f; touch -r kept d/f; rm kept",
      "printf 'new' > 0new", "rm 7 8 9", "mv 10 d/10", "chmod +x g", "ln -sfn d l", "rm l; mkdir l",
      "rm -r l; echo f > l",
      "mkdir e", "echo x > e/x", "rm -r d", "touch -d 2001-01-01 g; echo owt > g; touch -d 2001-01-01 g",
      "echo 33 > 33; mv 33 g",
    ]
    for change in changes {
      try shell(change, in: directory)
      let tree = try workspace.snapshot().tree
      #expect(seen.insert(tree).inserted, "\(change)")
      let fresh = try Workspace.open(at: directory, repository: repository).snapshot()
      #expect(fresh.tree == tree, "\(change)")
      // The next change must not hide behind the re-reading of what was touched just now.
      usleep(15_000)
      #expect(try workspace.snapshot().tree == tree)
    }
    try fsck(repository)
  }

  /// Same size, same inode, modification time put back, right after a snapshot: only the change time tells.
  @Test func isNotFooledByTimes() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let directory = try scratch.make("w")
    try shell("echo aaaa > f; touch -d 2020-01-01 f", in: directory)
    let workspace = try Workspace.open(at: directory, repository: repository)
    var last = try workspace.snapshot().tree
    for round in 0..<20 {
      let letter = ["b", "c"][round % 2]
      let file = open("\(directory)/f", O_WRONLY)
      #expect(write(file, "\(letter)\(letter)\(letter)\(letter)\n", 5) == 5)
      var times = [timespec(tv_sec: 1_577_836_800, tv_nsec: 0), timespec(tv_sec: 1_577_836_800, tv_nsec: 0)]
      futimens(file, &times)
      close(file)
      let tree = try workspace.snapshot().tree
      #expect(tree != last)
      last = tree
    }
  }

  @Test func equalTreesAreEqualEverywhere() throws {
    let scratch = try Scratch()
    let script =
      "mkdir -p a/b .git; echo 1 > a/b/x; echo 2 > .git/config; ln -s a l; echo '#!' > run; chmod 755 run"
    var trees: Set<TreeID> = []
    for name in ["one", "two"] {
      let directory = try scratch.make(name)
      try shell(name == "one" ? script : "touch z; \(script); rm z; touch -d 1999-01-01 run", in: directory)
      let repository = try scratch.repository("\(name).git")
      trees.insert(try Workspace.open(at: directory, repository: repository).snapshot().tree)
      let made = try Workspace.create(
        from: .directory(directory), at: "\(scratch.path)/\(name)-copy", repository: repository)
      trees.insert(try made.snapshot().tree)
    }
    #expect(trees.count == 1)
    #expect(trees.first?.hex == "ee33f6575064660510137a579419b9068422de56")
  }

  @Test func limitsAreKeptAndSaid() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let directory = try scratch.make("w")
    try shell(
      "seq 30 | xargs touch; head -c 2000 /dev/zero > big; head -c 900 /dev/zero > mid", in: directory)
    let entries = try Workspace.open(
      at: directory, repository: repository, limits: WorkspaceLimits(entries: 10))
    let cut = try entries.snapshot()
    #expect(!cut.isComplete)
    #expect(cut.skipped.map(\.reason) == [.entryLimit])
    #expect(try repository.list(cut.tree).count == 10)

    let small = try Workspace.open(
      at: directory, repository: repository, limits: WorkspaceLimits(fileBytes: 1000))
    let snapshot = try small.snapshot()
    #expect(snapshot.isComplete)
    #expect(snapshot.skipped.map(\.path) == ["big".bytes])
    #expect(snapshot.skipped.map(\.reason) == [.largeFile])
    let big = try #require(try repository.entry("big".bytes, in: snapshot.tree))
    #expect(big.kind == .largeFile)
    #expect(big.size == 2000)
    #expect(try repository.readFile("big".bytes, in: snapshot.tree, limit: 10_000) == nil)
    try shell("printf x | dd of=big bs=1 seek=1999 conv=notrunc status=none", in: directory)
    let changed = try repository.diff(from: snapshot.tree, to: small.snapshot().tree)
    #expect(changed.changes.map(\.path) == ["big".bytes])
    #expect(changed.changes.first?.newSize == 2000)
    try shell("truncate -s 500 big", in: directory)
    #expect(try repository.entry("big".bytes, in: small.snapshot().tree)?.kind == .file)

    let total = try Workspace.open(
      at: directory, repository: repository, limits: WorkspaceLimits(totalBytes: 100))
    let over = try total.snapshot()
    #expect(!over.isComplete)
    #expect(over.skipped.contains { $0.reason == .totalBytes })
    try fsck(repository)
  }

  @Test func listOfSkippedIsBounded() throws {
    let scratch = try Scratch()
    let directory = try scratch.make("w")
    try shell("for i in $(seq 150); do echo p$i; done | xargs mkfifo", in: directory)
    let snapshot = try Workspace.open(at: directory, repository: scratch.repository()).snapshot()
    #expect(snapshot.skipped.count == Snapshot.skippedListed)
    #expect(snapshot.skippedCount == 150)
    #expect(snapshot.tree.hex == "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
  }

  /// What an unprivileged host cannot read keeps its last version.
  @Test(.enabled(if: getuid() == 0)) func unreadableKeepsTheLastVersion() throws {
    let scratch = try Scratch()
    chmod(scratch.path, 0o777)
    try onUnprivilegedThread {
      let repository = try scratch.repository()
      let directory = try scratch.make("w")
      mkdir("\(directory)/d", 0o755)
      for name in ["f", "d/g"] {
        let file = open("\(directory)/\(name)", O_WRONLY | O_CREAT, 0o644)
        #expect(write(file, "1", 1) == 1)
        close(file)
      }
      let workspace = try Workspace.open(at: directory, repository: repository)
      let first = try workspace.snapshot()
      #expect(first.isComplete)
      let file = open("\(directory)/f", O_WRONLY)
      #expect(write(file, "22", 2) == 2)
      close(file)
      chmod("\(directory)/f", 0)
      chmod("\(directory)/d", 0)
      let second = try workspace.snapshot()
      #expect(second.tree == first.tree)
      #expect(!second.isComplete)
      #expect(Set(second.skipped.map(\.path)) == ["f".bytes, "d".bytes])
      #expect(second.skipped.allSatisfy { $0.reason == .unreadable(code: EACCES) })
      chmod("\(directory)/f", 0o644)
      #expect(try workspace.snapshot().tree != first.tree)
      try workspace.remove()
      #expect(access(directory, F_OK) != 0)
    }
  }

  @Test func manyFilesAreTimed() throws {
    let scratch = try Scratch()
    let directory = try scratch.make("w")
    try shell("for d in $(seq 20); do mkdir $d; (cd $d; seq 1000 | xargs touch); done", in: directory)
    let workspace = try Workspace.open(at: directory, repository: scratch.repository())
    for name in ["first", "unchanged", "unchanged"] {
      let start = Clock.now
      let snapshot = try workspace.snapshot()
      print("snapshot of 20,000 files, \(name): \(Clock.microseconds(since: start) / 1000) ms")
      #expect(snapshot.entries == 20_020)
      usleep(20_000)
    }
  }

  @Test func rereadingTrustsNothing() throws {
    let scratch = try Scratch()
    let directory = try scratch.make("w")
    try shell("echo 1 > f", in: directory)
    let workspace = try Workspace.open(at: directory, repository: scratch.repository())
    let tree = try workspace.snapshot().tree
    #expect(try workspace.snapshot(rereading: true).tree == tree)
  }
}
