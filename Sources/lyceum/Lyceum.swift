// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import Foundation
internal import Trials

@main
struct Lyceum: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lyceum",
    abstract: "A gym for research agents: run, grade and keep every step on record.",
    discussion: """
      EXAMPLE
        lyceum run --task prisoners-dilemma --agent baseline --agent tuner

      EXIT STATUS
        0  done          1  done, but some trials have no score    2  wrong use
        3  something is missing on this machine (try `lyceum doctor`)
        4  a store is damaged                                    130  interrupted
      """,
    version: version,
    subcommands: [
      Run.self, Report.self, TrialCommand.self, TaskCommand.self, AgentCommand.self, PluginCommand.self,
      StoreCommand.self, DoctorCommand.self,
    ])

  /// Exit codes are Lyceum's own, so errors do not go through the library's.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as RunError {
      fail(error.description, error.kind.rawValue)
    } catch let code as ExitCode {
      Foundation.exit(code.rawValue)
    } catch {
      if exitCode(for: error) == .success {
        print(fullMessage(for: error))
        return
      }
      fail(fullMessage(for: error), RunError.Kind.usage.rawValue)
    }
  }

  private static func fail(_ message: String, _ code: Int32) -> Never {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
    Foundation.exit(code)
  }
}
