// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Testing
import Workspace

/// Objects around the size up to which they are written uncompressed.
@Suite struct SmallObjectsTests {
  @Test func everySizeIsWhatGitMakesOfIt() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let folder = try scratch.make("w")
    let sizes = [0, 1, 2, 255, 256, 3999, 4000, 4001, 5000]
    for size in sizes {
      try shell("head -c \(size) /dev/zero | tr '\\0' '\\377' >full-\(size)", in: folder)
      try shell("head -c \(size) /dev/urandom >random-\(size)", in: folder)
    }
    let tree = try Workspace.open(at: folder, repository: repository).snapshot().tree
    try fsck(repository)
    let own = try shell(
      "git init -q --bare \(scratch.path)/own.git && export GIT_DIR=\(scratch.path)/own.git "
        + "GIT_WORK_TREE=\(folder) && git add -A && git write-tree", in: folder)
    #expect(own == "\(tree)\n")
    for size in sizes {
      let content = try repository.readFile("full-\(size)".bytes, in: tree, limit: 1 << 20)
      #expect(content == Bytes(repeating: 0xFF, count: size))
    }
  }

  @Test func whatIsThereIsWrittenOnce() throws {
    let scratch = try Scratch()
    let repository = try scratch.repository()
    let folder = try scratch.make("w")
    try shell("echo a >a; cp a b; mkdir c; cp a c", in: folder)
    let first = try Workspace.open(at: folder, repository: repository).snapshot().tree
    let list = "find \(repository.path)/objects -type f -printf '%p %i\\n' | sort"
    let before = try shell(list, in: "/")
    #expect(try Workspace.open(at: folder, repository: repository).snapshot().tree == first)
    #expect(try shell(list, in: "/") == before)
    #expect(before.split(separator: "\n").count == 3)
  }
}
