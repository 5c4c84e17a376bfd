// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumTesting
import Testing

/// The words of every `--help`, in `Golden/help.txt`; `LYCEUM_UPDATE_GOLDEN=1` writes the file anew.
@Suite struct HelpTests {
  @Test func helpIsAsItWas() throws {
    let ground = try playground()
    var text = ""
    var commands: [[String]] = [[]]
    while !commands.isEmpty {
      let command = commands.removeFirst()
      let result = try ground.start(command + ["--help"]).end()
      #expect(result.code == 0 && result.errors.isEmpty, "\(command): \(result.errors)")
      let below = Self.subcommands(result.output)
      #expect(!below.isEmpty || result.output.contains("EXAMPLE"), "\(command) has no example")
      commands = below.map { command + [$0] } + commands
      let rule = String(repeating: "=", count: 8)
      text += "\(rule) \((["lyceum"] + command + ["--help"]).joined(separator: " "))\n\(result.output)\n"
    }
    let path = URL(filePath: #filePath).deletingLastPathComponent().path + "/Golden/help.txt"
    if ProcessInfo.processInfo.environment["LYCEUM_UPDATE_GOLDEN"] == "1" {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let golden = try String(contentsOfFile: path, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, pair) in zip(golden, lines).enumerated() where pair.0 != pair.1 {
      Issue.record(
        "line \(number + 1) of \(path): \(pair.0.debugDescription) is now \(pair.1.debugDescription)")
      return
    }
    #expect(golden.count == lines.count)
  }

  /// Names under SUBCOMMANDS; a line that goes on from the one above begins with more spaces.
  private static func subcommands(_ help: String) -> [String] {
    guard let list = help.range(of: "SUBCOMMANDS:\n") else { return [] }
    return help[list.upperBound...].split(separator: "\n").filter {
      $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.hasPrefix("  See ")
    }.compactMap { $0.split(separator: " ").first.map(String.init) }
  }

  @Test func theVersionIsANumber() throws {
    let result = try playground().lyceum("--version")
    #expect(result.code == 0)
    #expect(result.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test func doctorAndListsSpeakJSON() throws {
    let ground = try playground()
    for command in [
      ["task", "list"], ["agent", "list"], ["agent", "show", "tuner"], ["task", "show", "tiny"],
    ] {
      let result = try ground.start(command + ["--json"]).end()
      #expect(result.code == 0, "\(result.errors)")
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(result.output.utf8)) }
    }
  }
}
