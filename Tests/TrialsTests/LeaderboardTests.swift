// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import LyceumTesting
import Reporting
import Testing
import TrajectoryStore

@Suite struct LeaderboardTests {
  private let folder: TemporaryFolder
  private let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = try Store.open(at: folder("runs.db"))
  }

  /// A run of two tasks, one for each direction, with these agents.
  private func begin(_ agents: [String], trials: Int) throws {
    let plugin = PluginEntry(name: "p", version: "1", toolchain: "cc", digest: Digest(of: []))
    let tasks = [("up", MetricSpec.Direction.higher), ("down", .lower)].map { id, direction in
      let metrics = [
        MetricSpec(name: "side", direction: .higher, primary: false),
        MetricSpec(name: "m", direction: direction, primary: true, baseline: 5, reference: 7),
      ]
      return RunManifest.TaskEntry(
        TaskSpec(
          id: id, version: 1, title: id, area: "a", definition: "d", metrics: metrics, submission: ["f"]),
        digest: Digest(of: [1]), data: nil, plugin: plugin, profile: Digest(of: [3]), limits: Limits())
    }
    let manifest = RunManifest(
      tasks: tasks,
      agents: agents.map { RunManifest.AgentEntry(label: $0, id: $0, config: "", plugin: plugin) },
      trials: trials, seed: Seed(1))
    let spec = String(decoding: try JSONEncoder().encode(manifest), as: UTF8.self)
    try store.addRun(RunRecord(id: "run", name: "run", createdMicroseconds: 0, spec: spec, seed: Seed(1)))
  }

  private func add(
    _ task: String, _ agent: String, _ number: Int = 1, attempt: Int = 1, score: Double? = nil,
    cause: Cause? = nil, ends: Bool = true
  ) throws {
    let record = TrialRecord(
      id: "\(task)-\(agent)-\(number)-\(attempt)", run: "run",
      cell: Cell(task: task, agent: agent, number: number), attempt: attempt, taskVersion: 1,
      taskDigest: Digest(of: [1]), agentDigest: Digest(of: [2]), seed: Seed(1), metric: "m",
      direction: task == "up" ? .higher : .lower)
    let writer = try store.beginTrial(record)
    let end = TrialEnd(
      kind: .terminated, reason: "submitted", cause: cause, detail: cause == nil ? "" : "why")
    if ends { try writer.end(end, score: score) }
  }

  private func board() throws -> Leaderboard { try Leaderboard(run: "run", in: store) }

  @Test func ranksFollowTheDirectionAndTiesShareThem() throws {
    try begin(["a", "b", "c", "d"], trials: 1)
    for task in ["up", "down"] {
      try add(task, "a", score: 1)
      try add(task, "b", score: 9)
      try add(task, "c", score: 9)
      try add(task, "d", score: 3)
    }
    let board = try board()
    let up = board.rows.filter { $0.task == "up" }
    #expect(up.map(\.agent) == ["b", "c", "d", "a"])
    #expect(up.map(\.rank) == [1, 1, 3, 4])
    #expect(up.map(\.improvement) == [4, 4, -2, -4])
    let down = board.rows.filter { $0.task == "down" }
    #expect(down.map(\.agent) == ["a", "d", "b", "c"])
    #expect(down.map(\.rank) == [1, 2, 3, 3])
    #expect(down.map(\.improvement) == [4, 2, -4, -4])
    #expect(board.rows.allSatisfy { $0.metric == "m" && $0.baseline == 5 && $0.reference == 7 })
  }

  @Test func unscoredTrialsAreNoZeros() throws {
    try begin(["a", "none"], trials: 3)
    try add("up", "a", 1, score: 4)
    try add("up", "a", 2, cause: .grader)
    try add("up", "a", 3, score: 8)
    for number in 1...2 { try add("up", "none", number, cause: .agent) }
    try add("up", "none", 3, ends: false)
    let board = try board()
    let rows = board.rows.filter { $0.task == "up" }
    #expect(rows.map(\.agent) == ["a", "none"])
    #expect(rows[0].scored == 2 && rows[0].trials == 3)
    #expect(rows[0].mean == 6 && rows[0].best == 8 && rows[0].rank == 1)
    #expect(rows[1].scored == 0 && rows[1].mean == nil && rows[1].best == nil && rows[1].rank == nil)
    #expect(rows[1].improvement == nil)
    let up = board.unscored.filter { $0.task == "up" }
    #expect(up.map(\.cause) == [.grader, .agent, .agent, nil])
    #expect(up.last?.reason == "not-over")
    let down = board.unscored.filter { $0.task == "down" }
    #expect(down.count == 6 && down.allSatisfy { $0.reason == "not-begun" && $0.trial == "–" })
    #expect(board.text.contains("not-begun"))
  }

  @Test func theLastAttemptCounts() throws {
    try begin(["a"], trials: 1)
    try add("up", "a", attempt: 1, cause: .host)
    try add("up", "a", attempt: 2, score: 6)
    try add("down", "a", attempt: 1, cause: .host)
    let board = try board()
    #expect(board.rows.map(\.mean) == [6, nil])
    #expect(board.unscored.map(\.trial) == ["down-a-1-1"])
  }

  @Test func anUnknownRunIsAnError() throws {
    #expect(throws: StoreError.self) { try Leaderboard(run: "other", in: store) }
  }
}
