// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Testing

/// Nothing that an agent writes may move a terminal's cursor or hide in a log.
@Suite struct BytesTests {
  @Test(arguments: [
    ("\u{1B}[2J", #"\u{1b}[2J"#), ("\r", #"\u{d}"#), ("\u{8}", #"\u{8}"#), ("\u{7F}", #"\u{7f}"#),
    ("\u{9B}1A", #"\u{9b}1A"#), ("\0", #"\u{0}"#), ("a\u{202E}b", #"a\u{202e}b"#), ("\u{2066}", #"\u{2066}"#),
    ("\u{200B}", #"\u{200b}"#), ("\u{FEFF}", #"\u{feff}"#), ("\u{2028}", #"\u{2028}"#),
    ("\u{2029}", #"\u{2029}"#),
    ("\u{E000}", #"\u{e000}"#), ("\u{E0041}", #"\u{e0041}"#), ("\u{85}", #"\u{85}"#),
  ]) func hazardsAreEscaped(text: String, escaped: String) {
    #expect(String(escaping: text.utf8) == escaped)
  }

  @Test func ordinaryTextIsKept() {
    let text = "Ünïcode, 漢字, 🎲\n\tand a tab"
    #expect(String(escaping: text.utf8) == text)
  }

  @Test func brokenUTF8IsRepaired() {
    #expect(String(escaping: [0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
    #expect(String(escaping: [0xED, 0xA0, 0x80]).unicodeScalars.allSatisfy { $0 == "\u{FFFD}" })
  }

  @Test func aLineIsOneLineAndShort() {
    #expect(String(line: "a\nb\r\nc\u{2028}d".utf8) == #"a b\u{d} c\u{2028}d"#)
    #expect(String(line: "abcdef".utf8, limit: 3) == "abc…")
    #expect(String(line: "abc".utf8, limit: 3) == "abc")
    let long = String(line: Bytes(repeating: 0x61, count: 10_000_000), limit: 10)
    #expect(long == "aaaaaaaaaa…")
    #expect(!String(line: Bytes(repeating: 0x1B, count: 100), limit: 300).contains("\u{1B}"))
  }
}
