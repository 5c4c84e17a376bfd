// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import LyceumCore
internal import Reporting
internal import TrajectoryStore
internal import Trials

struct TrialList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The trials of a run, every attempt.",
    discussion: "EXAMPLE\n  lyceum trial list 4f2a91c03b --json")

  @Argument(help: "Id of a run. [default: every run]")
  var id: String?
  @OptionGroup var store: StoreOption
  @OptionGroup var output: JSONFlag

  private struct Entry: Encodable {
    let trial: String
    let task: String
    let agent: String
    let number: Int
    let attempt: Int
    let end: TrialEnd?
    let score: Double?
    let steps: Int
  }

  func run() throws {
    let store = try store.openReadOnly()
    let runs = try id.map { [try runID($0, in: store)] } ?? store.runs().map(\.id)
    let entries = try runs.flatMap { try store.trials(run: $0) }.map { trial in
      let cell = trial.record.cell
      return Entry(
        trial: trial.record.id, task: cell.task, agent: cell.agent, number: cell.number,
        attempt: trial.record.attempt, end: trial.ending?.end, score: trial.ending?.score,
        steps: try trial.ending?.steps ?? store.stepCount(trial.record.id))
    }
    if output.json { return try printJSON(entries) }
    var table = TextTable([
      ("trial", .left), ("task", .left), ("agent", .left), ("attempt", .right), ("steps", .right),
      ("end", .left),
      ("score", .right),
    ])
    for entry in entries {
      let end = entry.end.map { $0.reason + ($0.cause.map { " (\($0.rawValue))" } ?? "") } ?? "not over"
      table.add([
        entry.trial, entry.task, "\(entry.agent) #\(entry.number)", String(entry.attempt),
        String(entry.steps), end, entry.score.map { "\($0)" } ?? "–",
      ])
    }
    print(table.text, terminator: "")
  }
}
