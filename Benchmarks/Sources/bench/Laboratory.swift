// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import TrajectoryStore
import Trials

/// Plays trials of the empty task with the scripted agent.
struct Laboratory {
  /// What every step of a trial does.
  enum Work: String {
    case nothing = ":"
    case change = "echo $RANDOM $RANDOM $RANDOM >file1.txt"
  }

  private let folder: String
  private let catalog: Catalog
  private let task: ResolvedTask
  private let bin: String

  init(_ bin: String) throws {
    self.bin = bin
    folder = "\(NSTemporaryDirectory())/lyceum-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    catalog = Catalog(.current())
    task = try catalog.task("Benchmarks/Tasks/empty")
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  /// What a trial leaves on disk for each step.
  struct Stored {
    /// Bytes of the store, without the content of the steps.
    let rows: Double
    /// Bytes of the git objects, file contents included.
    let objects: Double
  }

  /// Plays a trial in a store of its own.
  func play(steps: Int, _ work: Work = .nothing) throws -> (trial: PlayedTrial, stored: Stored) {
    let plan = try plan(steps: steps, work, attempt: 1, store: makeStore())
    let played = try PlayedTrial(plan, lyceum: "\(bin)/lyceum")
    let rows = try rows(plan) / Double(steps)
    return (played, Stored(rows: rows, objects: try objects(plan) / Double(steps)))
  }

  /// Milliseconds to the end of the first step, of `count` short trials in one store.
  func starts(_ count: Int) throws -> [Double] {
    let store = try makeStore()
    return try (1...count).map { attempt in
      let plan = try plan(steps: 3, .nothing, attempt: attempt, store: store)
      return try PlayedTrial(plan, lyceum: "\(bin)/lyceum").start
    }
  }

  private func makeStore() throws -> String {
    let path = "\(folder)/\(UUID().uuidString).db"
    let store = try Store.open(at: path)
    try store.addRun(RunRecord(id: "bench", name: "bench", createdMicroseconds: 0, spec: "{}", seed: Seed(1)))
    try store.close()
    return path
  }

  private func plan(steps: Int, _ work: Work, attempt: Int, store: String) throws -> TrialPlan {
    let script =
      "bash: echo done > answer.txt\n" + String(repeating: "bash: \(work.rawValue)\n", count: steps - 2)
      + "submit\n"
    return TrialPlan(
      run: "bench", trial: "bench-\(attempt)", task: task,
      agent: try catalog.agent(RunSpec.AgentChoice(agent: "scripted", config: script)), number: 1,
      attempt: attempt, seed: Seed(1), limits: .init(), store: store, isolation: "benchmark", slot: 0)
  }

  private func rows(_ plan: TrialPlan) throws -> Double {
    let store = try Store.open(at: plan.store)
    var content = 0
    try store.steps(plan.trial) { step in
      content +=
        step.decision.thought.count + step.decision.action.input.count + step.observation.output.count
    }
    try store.close()
    let size = try FileManager.default.attributesOfItem(atPath: plan.store)[.size] as? Int ?? 0
    return Double(size - content)
  }

  private func objects(_ plan: TrialPlan) throws -> Double {
    let folder = repositoryPath(store: plan.store) + "/objects"
    return try FileManager.default.subpathsOfDirectory(atPath: folder).reduce(0) { sum, name in
      let file = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
      return sum + (file[.type] as? FileAttributeType == .typeRegular ? file[.size] as? Double ?? 0 : 0)
    }
  }
}
