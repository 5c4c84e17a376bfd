// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import TrajectoryStore
import Trials

/// Plays trials of the empty task with the scripted agent, each with a store of its own.
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

  /// Plays a trial; also gives the bytes of its store for each step, without the content of the steps.
  func play(steps: Int, _ work: Work = .nothing) throws -> (trial: PlayedTrial, storedPerStep: Double) {
    let plan = try plan(steps: steps, work)
    let played = try PlayedTrial(plan, lyceum: "\(bin)/lyceum")
    return (played, try stored(plan) / Double(steps))
  }

  private func plan(steps: Int, _ work: Work) throws -> TrialPlan {
    let script =
      "bash: echo done > answer.txt\n" + String(repeating: "bash: \(work.rawValue)\n", count: steps - 2)
      + "submit\n"
    let agent = try catalog.agent(RunSpec.AgentChoice(agent: "scripted", config: script))
    let path = "\(folder)/\(UUID().uuidString).db"
    let store = try Store.open(at: path)
    try store.addRun(RunRecord(id: "bench", name: "bench", createdMicroseconds: 0, spec: "{}", seed: Seed(1)))
    try store.close()
    return TrialPlan(
      run: "bench", trial: "bench-1", task: task, agent: agent, number: 1, attempt: 1, seed: Seed(1),
      limits: .init(), store: path, isolation: "benchmark", slot: 0)
  }

  private func stored(_ plan: TrialPlan) throws -> Double {
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
}
