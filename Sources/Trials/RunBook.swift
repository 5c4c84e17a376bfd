// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import PluginHost
internal import Processes
internal import Sandbox
internal import TrajectoryStore
internal import Workspace

/// The record of a run: which trials it has, which of them are done, and how each ends.
struct RunBook {
  /// Digest of everything that the run's scores depend on: the same command gives the same run.
  let id: String
  private let store: Store
  private let storePath: String
  private let spec: RunSpec
  private let tasks: [ResolvedTask]
  private let agents: [ResolvedAgent]
  private let installation: Installation
  /// Held while the run is played; a second coordinator of the same run is refused.
  private let lock: Held

  private final class Held {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
  }

  /// A trial that is yet to be played.
  struct Waiting {
    let cell: Cell
    let attempt: Int
  }

  var total: Int { tasks.count * agents.count * spec.trials }

  /// Opens or creates the store and enters the run.
  init(
    _ spec: RunSpec, tasks: [ResolvedTask], agents: [ResolvedAgent], store path: String,
    installation: Installation
  ) throws {
    let manifest = RunManifest(spec, tasks: tasks, agents: agents)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(manifest), as: UTF8.self)
    id = String(Digest(of: Array(text.utf8)).hex.prefix(10))
    self.spec = spec
    self.tasks = tasks
    self.agents = agents
    self.installation = installation
    storePath = URL(fileURLWithPath: path).standardizedFileURL.path
    try makeFolder("\(installation.cache)/work")
    let lockFile = workFolder(of: id, store: storePath, installation) + ".lock"
    lock = Held(try Descriptor.open(lockFile, O_RDWR | O_CREAT))
    guard flock(lock.descriptor.raw, LOCK_EX | LOCK_NB) == 0 else {
      throw RunError(
        .environment, "run \(id) is being played by another process: wait for it, or use another --store")
    }
    try Self.checkFolder(of: storePath)
    store = try Store.open(at: storePath)
    try store.addRun(
      RunRecord(
        id: id, name: id, createdMicroseconds: Store.now, spec: text, seed: Seed(spec.seed),
        host: Provenance.current().json))
    try closeAbandoned()
  }

  private static func checkFolder(of store: String) throws(RunError) {
    let folder = (store as NSString).deletingLastPathComponent
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw RunError(
        .environment,
        "cannot make the store \(store): \(folder) is no folder: make it, or name another --store")
    }
  }

  /// Trials without a final end, in the order of tasks, then agents, then numbers.
  func unfinished() throws -> [Waiting] {
    let states = try store.cells(run: id)
    var out: [Waiting] = []
    for task in tasks {
      for agent in agents {
        for number in 1...spec.trials {
          let cell = Cell(task: task.spec.id, agent: agent.choice.label, number: number)
          switch states[cell] {
          case nil, .missing: out.append(Waiting(cell: cell, attempt: 1))
          case .retriable(_, let attempt, _): out.append(Waiting(cell: cell, attempt: attempt + 1))
          case .finished: break
          }
        }
      }
    }
    return out
  }

  func plan(_ waiting: Waiting, slot: Int) -> TrialPlan {
    let cell = waiting.cell
    let t = tasks.firstIndex { $0.spec.id == cell.task } ?? 0
    let a = agents.firstIndex { $0.choice.label == cell.agent } ?? 0
    let index = (t * agents.count + a) * spec.trials + cell.number
    // The seed of a trial is the same for every agent, so that agents meet the same conditions.
    let seed = Seed(spec.seed).derive("task", cell.task, "trial", String(cell.number))
    return TrialPlan(
      run: id, trial: "\(id)-\(index)-\(waiting.attempt)", task: tasks[t], agent: agents[a],
      number: cell.number,
      attempt: waiting.attempt, seed: seed, limits: spec.limits, store: storePath,
      isolation: Doctor.isolation(), slot: slot)
  }

  /// The end of a worker's trial: as the worker reported it, or what its death means.
  func settle(_ worker: WorkerProcess, exit: ProcessExit, interrupted: Bool) throws -> (
    TrialEnd, score: Double?
  ) {
    switch worker.outcome {
    case .ended(let end, let score): return (end, score)
    case .failed(let kind, let message):
      throw RunError(RunError.Kind(rawValue: kind) ?? .environment, message)
    default: break
    }
    let how = exit.signal.map { "ended by signal \($0)" } ?? "exited with \(exit.code ?? -1)"
    let words = worker.lastWords.isEmpty ? "" : ": " + String(line: worker.lastWords.suffix(300))
    let end =
      interrupted
      ? TrialEnd(kind: .failed, reason: "interrupted", cause: .host, detail: "the run was interrupted")
      : TrialEnd(kind: .failed, reason: "worker-died", cause: .host, detail: "the worker \(how)\(words)")
    let stored = try store.trials(run: id).first { $0.record.id == worker.plan.trial }
    if let stored, stored.ending == nil { try store.endTrial(stored.record.id, end) }
    try removeWork(of: worker.plan.trial)
    return (stored?.ending?.end ?? end, stored?.ending?.score)
  }

  /// Ends trials that have no end although nobody plays them, because their coordinator was killed, and removes what
  /// was left of any: it may have been killed after a trial's end and before its folder was gone.
  private func closeAbandoned() throws {
    for trial in try store.trials(run: id) {
      if trial.ending == nil {
        try store.endTrial(
          trial.record.id,
          TrialEnd(
            kind: .failed, reason: "interrupted", cause: .host, detail: "the run was killed while it played"))
      }
      try removeWork(of: trial.record.id)
    }
  }

  private func removeWork(of trial: String) throws {
    try Workspace.removeTree(at: workFolder(of: trial, store: storePath, installation))
  }
}

extension TrialPlan {
  var cell: Cell { Cell(task: task.spec.id, agent: agent.choice.label, number: number) }
}

extension RunManifest {
  init(_ spec: RunSpec, tasks: [ResolvedTask], agents: [ResolvedAgent]) {
    self.init(
      tasks: tasks.map {
        TaskEntry($0.spec, digest: $0.digest, limits: spec.limits.applied(to: $0.spec.limits))
      },
      agents: agents.map {
        AgentEntry(
          label: $0.choice.label, id: $0.id, config: $0.choice.config, plugin: PluginEntry($0.plugin))
      }, trials: spec.trials, seed: Seed(spec.seed))
  }
}

extension PluginEntry {
  init(_ manifest: PluginManifest) {
    self.init(
      name: manifest.name, version: manifest.version, toolchain: manifest.toolchain, digest: manifest.digest)
  }
}
