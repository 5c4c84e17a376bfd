// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import TaskFolders
import Testing

@Suite struct DigestTests {
  private func digests(_ scratch: Scratch) throws -> [Digest] {
    let folder = try TaskFolder.load(scratch.path)
    return [try folder.digest(), try folder.prepareDigest()]
  }

  @Test func `equal folders have equal digests, wherever they are`() throws {
    #expect(try digests(try Scratch()) == digests(try Scratch()))
  }

  /// What changes, and whether the digest and the prepare digest do.
  @Test(
    arguments: [
      ("workspace/extra", "x", [true, true]), ("grader/grade.py", "x", [true, true]),
      ("solution/best.py", "x", [true, false]), ("README.md", "x", [true, false]),
      ("task.yaml", Scratch.yaml.replacing("A small task", with: "Another title"), [true, false]),
      ("task.yaml", Scratch.yaml.replacing("version: 1", with: "version: 2"), [true, true]),
      ("task.yaml", Scratch.yaml.replacing("prepare.py", with: "prepare.py -x"), [true, true]),
      ("task.yaml", Scratch.yaml.replacing("licenses/Apache-2.0", with: "licenses/BSD"), [true, true]),
      ("grader/__pycache__/grade.pyc", "x", [false, false]),
    ] as [(String, String, [Bool])]) func `what a digest depends on`(
      file: String, content: String, changes: [Bool]
    ) throws
  {
    let scratch = try Scratch()
    let before = try digests(scratch)
    try scratch.write(file, content)
    let after = try digests(scratch)
    #expect([before[0] != after[0], before[1] != after[1]] == changes)
  }

  @Test func `moved content, executable bits and links count`() throws {
    let scratch = try Scratch()
    var seen: Set<Digest> = [try digests(scratch)[0]]
    let path = scratch.path + "/workspace/train.py"
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    #expect(seen.insert(try digests(scratch)[0]).inserted)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    #expect(!seen.insert(try digests(scratch)[0]).inserted, "group and others do not count")
    try FileManager.default.moveItem(atPath: scratch.path + "/prepare.py", toPath: scratch.path + "/prep.py")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/prepare.py", withDestinationPath: "prep.py")
    #expect(seen.insert(try digests(scratch)[0]).inserted)
    try scratch.remove("prepare.py")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/prepare.py", withDestinationPath: "./prep.py")
    #expect(seen.insert(try digests(scratch)[0]).inserted)
  }

  @Test func `files longer than a piece are read as a whole`() throws {
    let scratch = try Scratch()
    let text = String(repeating: "x", count: 3 << 20)
    try scratch.write("workspace/big", text)
    let first = try digests(scratch)[0]
    try scratch.write("workspace/big", text.dropLast() + "y")
    #expect(try digests(scratch)[0] != first)
  }

  @Test func `a source that is not there names the packages`() throws {
    let yaml = Scratch.yaml.replacing("licenses/Apache-2.0", with: "nowhere")
    let scratch = try Scratch(yaml)
    let folder = try TaskFolder.load(scratch.path)
    let error = #expect(throws: TaskFolderError.self) { try folder.prepareDigest() }
    #expect(error?.description.hasSuffix("No such file or directory; install python3-numpy") == true)
  }

  @Test func `the reference solution becomes the oracle's configuration`() throws {
    let scratch = try Scratch()
    try scratch.write("solution/sub/data", "\u{0}ÿ")
    let folder = try TaskFolder.load(scratch.path)
    #expect(
      try folder.oracleConfiguration()
        == #"{"command":"/usr/bin/python3 best.py","files":[{"base64":"IyBzb2x1dGlvbi9iZXN0LnB5Cg==","path":"best.py"},"#
        + #"{"base64":"AMO/","path":"sub/data"}]}"#)
  }
}
