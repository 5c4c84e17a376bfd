// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import Foundation
internal import LyceumCore
internal import PluginHost
internal import Trials

struct PluginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin", abstract: "Check a plugin against the ABI.", subcommands: [PluginCheck.self])
}

struct PluginCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Load a plugin in a box and try every promise of the ABI.",
    discussion: """
      EXAMPLE
        lyceum plugin check ./my-agent.so

      Ends with 1 when a check fails.
      """)

  @Argument(help: "The shared library.", completion: .file(extensions: ["so"]))
  var path: String
  @OptionGroup var output: JSONFlag

  func run() throws {
    let checks = PluginChecker.check(
      URL(fileURLWithPath: path).standardizedFileURL.path, launcher: Catalog.launcher(for: .current()))
    if output.json {
      try printJSON(checks)
    } else {
      for check in checks {
        print(
          "\(check.passed ? "ok  " : "FAIL") \(check.name)\(check.detail.isEmpty ? "" : ": " + String(line: check.detail.utf8, limit: 300))"
        )
      }
    }
    if checks.contains(where: { !$0.passed }) { throw ExitCode(1) }
  }
}
