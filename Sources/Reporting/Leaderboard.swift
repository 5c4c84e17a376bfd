// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
public import LyceumCore
public import TrajectoryStore

/// How the agents of a run did, task by task, and why some trials have no score.
public struct Leaderboard: Codable, Sendable {
  /// One agent on one task.
  public struct Row: Codable, Sendable {
    public var task: String
    public var agent: String
    public var metric: String
    public var direction: MetricSpec.Direction
    /// Trials with a score, and trials in all.
    public var scored: Int
    public var trials: Int
    /// Over the scored trials; nil when there are none.
    public var best: Double?
    public var mean: Double?
    public var baseline: Double?
    public var reference: Double?
    /// Mean against baseline, positive is better, in the metric's unit.
    public var improvement: Double?
    /// Shared by equal means; nil without a score.
    public var rank: Int?
  }

  /// A trial without a score.
  public struct Unscored: Codable, Sendable {
    public var trial: String
    public var task: String
    public var agent: String
    public var number: Int
    /// Nil for a trial that is not over.
    public var cause: Cause?
    public var reason: String
    public var detail: String
  }

  public var run: String
  public var rows: [Row]
  public var unscored: [Unscored]

  /// The leaderboard of a run as it stands. Of each cell the last attempt counts.
  public init(run id: String, in store: Store) throws {
    guard let record = try store.run(id) else {
      throw StoreError.unknown("there is no run \(id) in the store")
    }
    let manifest = try JSONDecoder().decode(RunManifest.self, from: Data(record.spec.utf8))
    var last: [Cell: StoredTrial] = [:]
    for trial in try store.trials(run: id)
    where trial.record.attempt >= last[trial.record.cell]?.record.attempt ?? 0 {
      last[trial.record.cell] = trial
    }
    run = id
    rows = []
    unscored = []
    for task in manifest.tasks {
      guard let metric = task.metrics.first(where: \.primary) else { continue }
      var group: [Row] = []
      for agent in manifest.agents {
        let trials = (1...max(1, manifest.trials)).map { Cell(task: task.id, agent: agent.label, number: $0) }
        let scores = trials.compactMap { last[$0]?.ending?.score }
        let mean = scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
        group.append(
          Row(
            task: task.id, agent: agent.label, metric: metric.name, direction: metric.direction,
            scored: scores.count, trials: trials.count,
            best: scores.reduce(nil as Double?) { best, s in
              best.map { metric.isBetter(s, than: $0) ? s : $0 } ?? s
            },
            mean: mean, baseline: metric.baseline, reference: metric.reference,
            improvement: mean.flatMap(metric.improvement(of:))))
        unscored += trials.compactMap { Unscored($0, last[$0]) }
      }
      rows += ranked(group, by: metric)
    }
  }

  /// A table for each task, then a line for each trial without a score.
  public var text: String {
    var out = ""
    var rest = rows[...]
    while let first = rest.first {
      let group = rest.prefix { $0.task == first.task }
      rest = rest.dropFirst(group.count)
      out += heading(first)
      var table = TextTable([
        ("rank", .right), ("agent", .left), ("scored", .right), ("best", .right), ("mean", .right),
        ("improvement", .right),
      ])
      for row in group {
        table.add([
          row.rank.map(String.init) ?? "–", row.agent, "\(row.scored)/\(row.trials)", number(row.best),
          number(row.mean), number(row.improvement, sign: true),
        ])
      }
      out += table.text + "\n"
    }
    if !unscored.isEmpty { out += "unscored\n" }
    for trial in unscored {
      let detail = trial.detail.isEmpty ? "" : ": \(String(line: trial.detail.utf8, limit: 500))"
      out += "  \(trial.trial)  \(trial.task) × \(trial.agent) #\(trial.number)  "
      out += "cause \(trial.cause?.rawValue ?? "–"), \(trial.reason)\(detail)\n"
    }
    return out
  }

  private func heading(_ row: Row) -> String {
    "\(row.task): \(row.metric) \(row.direction == .higher ? "↑" : "↓"), "
      + "baseline \(number(row.baseline)), reference \(number(row.reference))\n"
  }
}

private func ranked(_ rows: [Leaderboard.Row], by metric: MetricSpec) -> [Leaderboard.Row] {
  var out = rows.map { row in
    var row = row
    row.rank = row.mean.map { mean in
      1 + rows.count { $0.mean.map { metric.isBetter($0, than: mean) } ?? false }
    }
    return row
  }
  out.sort { ($0.rank ?? .max, $0.agent) < ($1.rank ?? .max, $1.agent) }
  return out
}

private func number(_ value: Double?, sign: Bool = false) -> String {
  guard let value else { return "–" }
  return String(format: sign ? "%+.4f" : "%.4f", value)
}

extension Leaderboard.Unscored {
  fileprivate init?(_ cell: Cell, _ trial: StoredTrial?) {
    guard trial?.ending?.score == nil else { return nil }
    self.init(
      trial: trial?.record.id ?? "–", task: cell.task, agent: cell.agent, number: cell.number,
      cause: trial?.ending?.end.cause,
      reason: trial == nil ? "not-begun" : trial?.ending?.end.reason ?? "not-over",
      detail: trial?.ending?.end.detail ?? "")
  }
}
