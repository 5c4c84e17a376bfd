// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Testing

@testable import Workspace

@Suite struct RecordedNameTests {
  @Test func plainNamesStay() {
    for name in [
      "a", "README.md", "ünïcode", "a b", "x~", "file.git", ".gi", ".config", "a%b", "git", "日本", "…",
    ] {
      #expect(RecordedName.encode(name.utf8) == Array(name.utf8))
    }
  }

  @Test func hostileNamesAreEscaped() {
    for name in [
      ".git", ".GIT", ".git ", ".git.", ".git::$DATA", ".gitmodules", "git~1", "GITMOD~2", "%41", "%", "a\\b",
      "\u{200C}.git", ".\u{FEFF}gIt", ".g\u{206A}i\u{202E}t",
    ] {
      let recorded = RecordedName.encode(name.utf8)
      #expect(recorded.first == UInt8(ascii: "%"), "\(name)")
      #expect(recorded.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "~") })
    }
    #expect(RecordedName.encode(".git".utf8) == Array("%2Egit".utf8))
  }

  @Test func everyNameComesBack() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array(".gGiItT~%1@\\: \u{200C}\u{FEFF}é".utf8) + [0xFF, 0x0A, 0x01]
    var seen: [Bytes: Bytes] = [:]
    for _ in 0..<5000 {
      let name = (0..<Int.random(in: 1...8, using: &random)).map { _ in alphabet.randomElement()! }
      guard name != [0x2E], name != [0x2E, 0x2E] else { continue }
      for isLarge in [false, true] {
        let recorded = RecordedName.encode(name, isLarge: isLarge)
        let decoded = RecordedName.decode(recorded)
        let mark = name + (isLarge ? [1] : [0])
        let isRight =
          decoded?.name == name && decoded?.isLarge == isLarge && recorded != RecordedName.placeholder
          && seen.updateValue(mark, forKey: recorded) ?? mark == mark
        if !isRight { Issue.record("\(name) recorded as \(recorded)") }
      }
    }
  }

  @Test func whatCannotHaveBeenRecordedIsRefused() {
    for bad in ["%", "%4", "%4g", "%2E", "%2E%2E", "%2F", "%00", "%@", "%@%2E", "", ".", "..", "a/b"] {
      #expect(RecordedName.decode(Array(bad.utf8)) == nil, "\(bad)")
    }
  }

  @Test func largeFilesAreParsedStrictly() {
    let file = LargeFile(size: 123, fingerprint: Digest(of: Bytes()))
    #expect(LargeFile(file.encoded) == file)
    #expect(LargeFile(file.encoded + [0x0A]) == nil)
    #expect(LargeFile(Array("lyceum large file 1\nsize -1\nsample-sha256 00\n".utf8)) == nil)
  }
}
