// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import Testing
import Workspace

/// Trees that break `git add`, libgit2's index or both.
struct HostileTree: CustomTestStringConvertible, Sendable {
  let name: String
  let script: String
  /// Recorded paths that must be there, unescaped.
  var holds: [String] = ["a"]
  var skips: [Snapshot.SkipReason] = []
  var testDescription: String { name }
  private static let commit = "git -c user.name=a -c user.email=a@b commit -qm x"

  static let all: [HostileTree] = [
    .init(name: "plain", script: "echo a > a; mkdir d; echo b > d/b", holds: ["a", "d/b"]),
    .init(
      name: "gitignore hides", script: "echo '*' > .gitignore; echo secret > hidden",
      holds: [".gitignore", "hidden"]),
    .init(name: "fifo", script: "echo a > a; mkfifo p", skips: [.special]),
    .init(
      name: "unix socket",
      script: "echo a > a; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"s\")'",
      skips: [.special]),
    .init(
      name: "symlinks out", script: "ln -s /etc/passwd l; ln -s /etc ld; echo a > a", holds: ["a", "l", "ld"]),
    .init(name: "chmod 000 file", script: "echo a > a; echo z > z; chmod 000 a", holds: ["a", "z"]),
    .init(
      name: "chmod 000 dir", script: "mkdir d; echo a > d/a; echo z > z; chmod 000 d", holds: ["d/a", "z"]),
    .init(
      name: "nested repository",
      script: "mkdir n; cd n; git init -q; echo x > x; git add x; \(commit); echo y > y",
      holds: ["n/x", "n/y", "n/.git/HEAD", "n/.git/config"]),
    .init(
      name: "nested empty repository", script: "mkdir n; cd n; git init -q; echo x > x",
      holds: ["n/x", "n/.git/HEAD"]),
    .init(
      name: "nested .git file", script: "mkdir n; echo 'gitdir: /etc' > n/.git; echo x > n/x",
      holds: ["n/.git", "n/x"]),
    .init(name: "nested .git empty dir", script: "mkdir -p n/.git; echo x > n/x", holds: ["n/x"]),
    .init(
      name: "root .git", script: "git init -q; echo x > x; git add x; \(commit)", holds: ["x", ".git/HEAD"]),
    .init(name: "root .git symlink", script: "ln -s /etc .git; echo x > x", holds: [".git", "x"]),
    .init(
      name: ".GIT dir", script: "mkdir .GIT; echo x > .GIT/config; echo a > a", holds: ["a", ".GIT/config"]),
    .init(name: "git~1", script: "echo x > git~1; echo a > a", holds: ["a", "git~1"]),
    .init(
      name: ".git::$INDEX_ALLOCATION", script: ": > '.git::$INDEX_ALLOCATION'; echo a > a",
      holds: ["a", ".git::$INDEX_ALLOCATION"]),
    .init(
      name: "HFS ignorable", script: #"mkdir $'.g\u200cit'; echo x > $'.g\u200cit/config'; echo a > a"#,
      holds: ["a", ".g\u{200C}it/config"]),
    .init(
      name: "backslash", script: #"echo x > 'a\b'; echo x > '..\c'; echo x > '.git\c'"#,
      holds: [#"a\b"#, #"..\c"#, #".git\c"#]),
    .init(
      name: "NTFS names", script: "echo x > con; echo x > aux.txt; echo x > 'a.'; echo x > 'a:b'",
      holds: ["con", "aux.txt", "a.", "a:b"]),
    .init(
      name: "newline, invalid UTF-8, -rf", script: #"touch $'a\nb' $'\xff\xfe' $'.git\xff' -- -rf"#,
      holds: ["a\nb", "-rf"]),
    .init(
      name: "eol=crlf ident",
      script: #"printf '* text eol=crlf ident\n' > .gitattributes; printf 'a\r\nb\r\n$Id: old $\n' > f"#,
      holds: [".gitattributes", "f"]),
    .init(
      name: "filter=evil", script: #"printf '* filter=evil\n' > .gitattributes; echo x > f"#,
      holds: [".gitattributes", "f"]),
    .init(
      name: ".gitmodules symlink", script: "ln -s /etc/passwd .gitmodules; echo a > a",
      holds: ["a", ".gitmodules"]),
    .init(name: ".gitattributes fifo", script: "mkfifo .gitattributes; echo a > a", skips: [.special]),
    .init(name: ".gitignore fifo", script: "mkfifo .gitignore; echo a > a", skips: [.special]),
    .init(
      name: ".gitignore to /dev/zero", script: "ln -s /dev/zero .gitignore; echo a > a",
      holds: ["a", ".gitignore"]),
    .init(
      name: ".gitattributes 300 MB", script: "truncate -s 300M .gitattributes; echo a > a",
      holds: ["a", ".gitattributes"], skips: [.largeFile]),
    .init(
      name: "300 levels",
      script: "for i in $(seq 300); do mkdir ddddddddddddddd; cd ddddddddddddddd; done; echo x > f",
      holds: [], skips: [.tooDeep]),
    .init(
      name: "200 levels",
      script: "for i in $(seq 200); do mkdir ddddddddddddddd; cd ddddddddddddddd; done; echo x > f",
      holds: [], skips: [.tooDeep]),
    .init(name: "sparse 8 GB", script: "truncate -s 8G s", holds: ["s"], skips: [.largeFile]),
    .init(name: "20000 empty files", script: "seq 20000 | xargs touch", holds: ["1", "20000"]),
    .init(name: "hard link", script: "echo a > a; ln a b", holds: ["a", "b"]),
    .init(
      name: "symlink loop", script: "ln -s . loop; mkdir d; ln -s .. d/up; echo a > a",
      holds: ["a", "loop", "d/up"]),
    // Beyond what git itself stumbles over.
    .init(
      name: "names of the escape itself",
      script:
        "echo 1 > %2Egit; echo 2 > .git; echo 3 > %.; echo 4 > %@x; echo 5 > x; echo 6 > %; echo 7 > %25",
      holds: ["%2Egit", ".git", "%.", "%@x", "x", "%", "%25"]),
    .init(
      name: "short names of git's files",
      script: "touch gitmod~1 GI7EBA~1 gi7d29~1 '~1234567' '~1000000 ' .gitmodules .Gitattributes .mailmap",
      holds: ["gitmod~1", "GI7EBA~1", "gi7d29~1", "~1234567", ".gitmodules", ".Gitattributes"]),
    .init(
      name: "order of names", script: "mkdir a; echo 1 > a/x; echo 2 > a.b; echo 3 > a-b; echo 4 > a0",
      holds: ["a/x", "a.b", "a-b", "a0"]),
    .init(name: "empty directories", script: "mkdir -p e f/g; echo a > a", holds: ["a", "e", "f/g"]),
    .init(
      name: "forged large file", script: #"printf 'lyceum large file 1\nsize 9\nsample-sha256 00\n' > a"#),
    .init(
      name: "executables and modes", script: "echo a > a; chmod 4755 a; echo b > b; chmod 600 b",
      holds: ["a", "b"]),
    .init(
      name: "longest names",
      script: #"touch $(printf '%%%.0s' $(seq 255)) a; touch $(printf 'é%.0s' $(seq 127))"#),
  ]
}

@Suite struct HostileTreeTests {
  @Test(arguments: HostileTree.all) func survives(_ tree: HostileTree) throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let directory = try scratch.make("w")
    try shell(tree.script, in: directory)
    let workspace = try Workspace.open(at: directory, repository: repository)

    let snapshot = try workspace.snapshot()
    #expect(snapshot.skipped.map(\.reason) == tree.skips)
    #expect(snapshot.skippedCount == tree.skips.count)
    #expect(snapshot.isComplete == !tree.skips.contains(.tooDeep))
    for path in tree.holds {
      #expect(try repository.entry(path.bytes, in: snapshot.tree) != nil, "\(path)")
    }

    let again = try workspace.snapshot()
    #expect(again.tree == snapshot.tree)
    let reread = try Workspace.open(at: directory, repository: scratch.repository("other.git")).snapshot()
    #expect(reread.tree == snapshot.tree)

    let missing = try repository.restore(snapshot.tree, into: "\(scratch.path)/restored")
    let expected = try contents(of: directory).filter { path, item in
      if case .large = item { return false }
      return item != .special && path.count(where: { $0 == 0x2F }) <= (item == .directory ? 99 : 100)
    }
    #expect(try contents(of: "\(scratch.path)/restored") == expected)
    #expect(missing.count == tree.skips.count { $0 == .largeFile })

    _ = try repository.commit(
      snapshot.tree, parent: nil, message: "step 0", trial: "t", seconds: 1_700_000_000)
    try fsck(repository)
    try workspace.remove()
    #expect(access(directory, F_OK) != 0)
  }
}
