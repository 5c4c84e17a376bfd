// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import Foundation
internal import Sandbox
internal import Trials

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Try everything that boxes need, and say what to install or set.",
    discussion: "EXAMPLE\n  lyceum doctor --json\n\nEnds with 3 when something necessary is missing.")

  @OptionGroup var output: JSONFlag

  func run() throws {
    let probes = Doctor.probe()
    if output.json {
      try printJSON(probes)
    } else {
      for probe in probes {
        print(
          "\(probe.state.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)) \(probe.id): \(probe.seen)"
        )
        if !probe.advice.isEmpty { print("         → \(probe.advice)") }
      }
    }
    if probes.contains(where: { $0.state == .missing }) { throw ExitCode(RunError.Kind.environment.rawValue) }
  }
}
