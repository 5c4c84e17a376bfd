// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import Foundation
internal import LyceumCore
internal import Trials

struct TrialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trial", abstract: "Look at what an agent did.",
    subcommands: [
      TrialList.self, TrialShow.self, TrialDiff.self, TrialRestore.self, TrialWork.self,
    ])
}

/// The worker that `run` starts for each trial: the plan comes on standard input, progress goes to standard output.
struct TrialWork: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Play one trial from a plan.", shouldDisplay: false)

  func run() throws {
    let plan: TrialPlan
    do {
      plan = try JSONDecoder().decode(TrialPlan.self, from: FileHandle.standardInput.readDataToEndOfFile())
    } catch {
      throw RunError(
        .usage, "standard input holds no plan of a trial: this command is for `lyceum run` to call")
    }
    let report = { (progress: Trials.Progress) in
      guard let line = try? progress.line() else { return }
      FileHandle.standardOutput.write(Data(line))
    }
    do throws(RunError) { try TrialWorker.run(plan, report: report) } catch {
      report(.failed(kind: error.kind.rawValue, message: error.description))
      throw error
    }
  }
}
