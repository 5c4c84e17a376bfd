// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumKit
import Testing

@Suite struct JSONTests {
  @Test func `values survive a round trip with their order`() throws {
    let text =
      #"{"b": [1, -2.5, 1e3, true, null, ""], "a": {"\u00e4\ud83d\ude00\n\"": "ü"}, "big": 12345678901234567890}"#
    let json = try JSON(parsing: text)
    #expect(json.members?.map(\.name) == ["b", "a", "big"])
    #expect(json["b"]?.array?[0] == .integer(1))
    #expect(json["b"]?.array?[2] == .number(1000))
    #expect(json["a"]?.members?.first?.name == "ä😀\n\"")
    #expect(json["big"]?.double == 12_345_678_901_234_567_168)
    #expect(try JSON(parsing: json.text()) == json)
    #expect(try JSON(parsing: json.text(indented: true)) == json)
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a: 1}", "[1 2]", "01", "1.", ".5", "+1", "1e", "-",
    "NaN",
    "Infinity", "1e999", "-1e999", "nul", "truefalse", "1 2", "{} x", "\"a", "\"\\x\"", "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800\\u0041\"", "\"\u{1}\"", "{\"a\": 1, \"a\": 2}", "{\"a\": 1, \"\\u0061\": 2}",
    String(repeating: "[", count: 100_000),
  ]) func refused(text: String) {
    #expect(throws: PluginError.self) { try JSON(parsing: text) }
  }

  @Test func `text that is not UTF-8 is refused`() {
    #expect(throws: PluginError.self) { try JSON(parsing: [0x22, 0xC3, 0x28, 0x22]) }
  }

  @Test func `a member is replaced in place`() throws {
    var json = try JSON(parsing: #"{"p": {"x": {"value": 1}, "y": {"value": 2}}}"#)
    json["p"]?["x"]?["value"] = .number(0.5)
    #expect(json.text() == #"{"p": {"x": {"value": 0.5}, "y": {"value": 2}}}"#)
  }
}
