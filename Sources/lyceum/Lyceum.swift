// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import CSupport
internal import Foundation
internal import LyceumCore
internal import TrajectoryStore
internal import Trials
internal import Workspace

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
        3  something is missing, full or in use (try `lyceum doctor`)
        4  a store is damaged                                    130  interrupted
      """,
    version: lyceumVersion,
    subcommands: [
      Run.self, Report.self, TrialCommand.self, TaskCommand.self, AgentCommand.self, PluginCommand.self,
      StoreCommand.self, DoctorCommand.self,
    ])

  /// Exit codes are Lyceum's own, so errors do not go through the library's.
  static func main() {
    // Boxes belong to another user, who must be able to read what is prepared for them.
    umask(0o022)
    do {
      var command = try parseAsRoot()
      try command.run()
      flush()
    } catch let error as RunError {
      fail(error.description, error.kind.rawValue)
    } catch let error as StoreError {
      fail(error.description, RunError(error).kind.rawValue)
    } catch let error as WorkspaceError {
      fail(error.description, RunError.Kind.environment.rawValue)
    } catch let code as ExitCode {
      flush()
      Foundation.exit(code.rawValue)
    } catch {
      if exitCode(for: error) == .success {
        print(fullMessage(for: error))
        return
      }
      fail(fullMessage(for: error), RunError.Kind.usage.rawValue)
    }
  }

  /// What was printed must have arrived: a full disk behind `> result.json` is not a success.
  private static func flush() {
    guard lyc_flush_output() != 0 else { return }
    fail(
      "cannot write standard output: \(String(cString: strerror(errno)))", RunError.Kind.environment.rawValue)
  }

  private static func fail(_ message: String, _ code: Int32) -> Never {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
    Foundation.exit(code)
  }
}
