// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import Testing
import Workspace

@Suite struct WorkspaceFilesTests {
  private func problem(_ body: () throws -> Void) -> WorkspaceError.FileProblem? {
    do {
      try body()
      return nil
    } catch WorkspaceError.file(_, let problem) {
      return problem
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }

  @Test func writesAndReads() throws {
    let scratch = try Scratch()
    let workspace = try Workspace.open(at: scratch.make("w"), repository: scratch.repository())
    try workspace.writeFile("a/b/c.txt".bytes, "one".bytes)
    #expect(try workspace.readFile("a/b/c.txt".bytes, limit: 3) == "one".bytes)
    #expect(try workspace.readFile("./a//b/c.txt".bytes, limit: 100) == "one".bytes)
    try shell("chmod 755 a/b/c.txt; ln a/b/c.txt hard; ln -s a/b inside", in: workspace.path)
    try workspace.writeFile("inside/c.txt".bytes, "2".bytes)
    #expect(try shell("cat hard; stat -c %a hard", in: workspace.path) == "2755\n")
    try workspace.writeFile([0xFF, 0x0A], [0, 1, 2])
    #expect(try workspace.readFile([0xFF, 0x0A], limit: 3) == [0, 1, 2])
    #expect(
      problem { _ = try workspace.readFile("a/b/c.txt".bytes, limit: 0) } == .tooLarge(bytes: 1, limit: 0))
    #expect(
      problem { try workspace.writeFile("x".bytes, [1, 2], limit: 1) } == .tooLarge(bytes: 2, limit: 1))
    #expect(problem { try workspace.writeFile("hard/x".bytes, []) } == .notDirectory)
    #expect(problem { try workspace.writeFile("a".bytes, []) } == .isDirectory)
    #expect(problem { _ = try workspace.readFile("a".bytes, limit: 9) } == .isDirectory)
    #expect(problem { _ = try workspace.readFile("none".bytes, limit: 9) } == .missing)
  }

  @Test(arguments: ["/etc/passwd", "..", "../w/x", "a/../../x", "a/..", "", ".", "a\u{0}b", "x/"])
  func refusesPaths(_ path: String) throws {
    let scratch = try Scratch()
    let workspace = try Workspace.open(at: scratch.make("w"), repository: scratch.repository())
    #expect(problem { try workspace.writeFile(path.bytes, []) } == .invalidPath)
    if path != "x/" { #expect(problem { _ = try workspace.readFile(path.bytes, limit: 9) } == .invalidPath) }
  }

  @Test func neverLeaves() throws {
    let scratch = try Scratch()
    let outside = try scratch.make("outside")
    let workspace = try Workspace.open(at: scratch.make("w"), repository: scratch.repository())
    try shell(
      """
      echo secret > ../outside/file
      ln -s /etc/passwd passwd; ln -s ../outside/file up; ln -s ../outside dir; ln -s /proc/self/root/etc magic
      ln -s $PWD absolute; ln -s ../outside/new dangling; ln -s loop loop; mkfifo fifo; ln -s fifo tofifo
      """, in: workspace.path)
    for path in ["passwd", "up", "dir/file", "magic/passwd", "absolute/fifo", "loop", "dangling"] {
      #expect(problem { _ = try workspace.readFile(path.bytes, limit: 1 << 20) } == .outside, "\(path)")
      #expect(problem { try workspace.writeFile(path.bytes, "gotcha".bytes) } == .outside, "\(path)")
    }
    #expect(problem { try workspace.writeFile("dir/sub/new".bytes, "gotcha".bytes) } == .outside)
    for path in ["fifo", "tofifo"] {
      #expect(problem { _ = try workspace.readFile(path.bytes, limit: 9) } == .special)
      #expect(problem { try workspace.writeFile(path.bytes, [1]) } == .special)
    }
    #expect(try contents(of: outside) == ["file".bytes: .file("secret\n".bytes, isExecutable: false)])
  }

  /// A directory is swapped for a link out, and back, while the host writes and takes snapshots.
  @Test func survivesRaces() throws {
    let scratch = try Scratch()
    let outside = try scratch.make("outside")
    let repository = try scratch.repository()
    let workspace = try Workspace.open(at: scratch.make("w"), repository: repository)
    try shell("echo secret > ../outside/f; mkdir d; echo mine > d/f", in: workspace.path)
    let stop = "\(scratch.path)/stop"
    let swapper = try Background(
      "while [ ! -e \(stop) ]; do mv d e && ln -s ../outside d; rm d; mv e d; done", in: workspace.path)
    var (written, refused) = (0, 0)
    for i in 0..<20_000 {
      if i >= 300 && written > 0 && refused > 0 { break }
      do {
        try workspace.writeFile("d/f".bytes, "mine \(i)".bytes)
        written += 1
      } catch { refused += 1 }
      if let read = try? workspace.readFile("d/f".bytes, limit: 100) {
        #expect(read.starts(with: "mine".bytes))
      }
      if i % 10 == 0 {
        let tree = try workspace.snapshot().tree
        for entry in try repository.list(tree) where entry.kind == .file {
          let content = try #require(try repository.readFile(entry.path, in: tree, limit: 100))
          #expect(content.starts(with: "mine".bytes))
        }
      }
    }
    #expect(close(open(stop, O_CREAT | O_WRONLY, 0o644)) == 0)
    try swapper.finish()
    #expect(written > 0 && refused > 0, "the race was not run: \(written) \(refused)")
    #expect(try contents(of: outside) == ["f".bytes: .file("secret\n".bytes, isExecutable: false)])
    try fsck(repository)
  }

  @Test(.enabled(if: getuid() == 0)) func newFilesGetTheOwner() throws {
    let scratch = try Scratch()
    let workspace = try Workspace.open(at: scratch.make("w"), repository: scratch.repository())
    try workspace.writeFile("p/q/f".bytes, [1], owner: 20_007)
    let owners = try shell("stat -c '%u:%g %a' p p/q p/q/f", in: workspace.path)
    #expect(owners == "20007:20007 755\n20007:20007 755\n20007:20007 644\n")
  }
}
