// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import Processes
import TrajectoryStore
import Trials

/// Plays trials of the empty task with the scripted agent and weighs them.
struct Laboratory {
  struct Run {
    let steps: Int
    /// Microseconds of this process alone, trial start and end taken off.
    let cpuPerStep: Double
    let wallPerStep: Double
    /// Microseconds from the plan to the end of the first action.
    let start: Double
    let storedPerStep: Double
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

  func play(steps: Int) throws -> Run {
    let plan = try plan(steps: steps)
    let begin = Clock.now
    var marks: [(index: Int, wall: UInt64, cpu: Double)] = []
    marks.reserveCapacity(steps)
    try TrialWorker.run(plan) { event in
      if case .step(let index, _, _, _) = event { marks.append((index, Clock.now, ownCPU())) }
    }
    guard let first = marks.first, let last = marks.dropLast().last ?? marks.last else {
      throw CocoaError(.featureUnsupported)
    }
    let count = Double(max(1, last.index - first.index))
    return Run(
      steps: steps, cpuPerStep: (last.cpu - first.cpu) / count,
      wallPerStep: Double(last.wall - first.wall) / 1000 / count,
      start: Double(first.wall - begin) / 1000, storedPerStep: try stored(plan.store) / Double(steps))
  }

  /// Largest resident set of a worker in a process of its own.
  func peakKB(steps: Int) throws -> Double {
    let input = try Processes.Descriptor.memory("plan", Bytes(JSONEncoder().encode(try plan(steps: steps))))
    let null = try Processes.Descriptor.open("/dev/null", 2)
    var launch = Launch("\(bin)/lyceum", ["lyceum", "trial", "work"])
    launch.descriptors = [(input.raw, 0), (null.raw, 1), (null.raw, 2)]
    launch.environment = ProcessInfo.processInfo.environment
    var child = try Child(launch)
    return Double(try child.wait()?.peakKB ?? 0)
  }

  private func plan(steps: Int) throws -> TrialPlan {
    let script =
      "bash: echo done > answer.txt\n" + String(repeating: "bash: :\n", count: max(0, steps - 2)) + "submit\n"
    let choice = RunSpec.AgentChoice(agent: "scripted", config: script)
    let agent = try catalog.agent(choice)
    let store = "\(folder)/\(UUID().uuidString).db"
    let run = RunRecord(id: "bench", name: "bench", createdMicroseconds: 0, spec: "{}", seed: Seed(1))
    try Store.open(at: store).addRun(run)
    return TrialPlan(
      run: "bench", trial: "bench-\(steps)-1", task: task, agent: agent, number: 1, attempt: 1, seed: Seed(1),
      limits: .init(), store: store, isolation: "benchmark", slot: 0)
  }

  /// Bytes of the store without the content of its steps.
  private func stored(_ path: String) throws -> Double {
    let store = try Store.open(at: path)
    var content = 0
    try store.steps("bench") { step in
      content +=
        step.decision.thought.count + step.decision.action.input.count + step.observation.output.count
    }
    try store.close()
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    return Double(size - content)
  }
}

private func ownCPU() -> Double {
  var usage = rusage()
  getrusage(RUSAGE_SELF, &usage)
  let micros = { (t: timeval) in Double(t.tv_sec) * 1e6 + Double(t.tv_usec) }
  return micros(usage.ru_utime) + micros(usage.ru_stime)
}
