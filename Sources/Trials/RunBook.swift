// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import PluginHost
internal import Processes
internal import Sandbox
internal import TrajectoryStore
internal import Workspace

/// JSON with sorted keys: equal values give equal bytes.
func sortedJSON(_ value: some Encodable) throws -> Bytes {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return Bytes(try encoder.encode(value))
}

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
  private let lock: FileLock

  /// A trial that is yet to be played.
  struct Waiting {
    let task: ResolvedTask
    let agent: ResolvedAgent
    let number: Int
    let attempt: Int
    /// Place of the cell in the run, from 1.
    let index: Int

    var cell: Cell { Cell(task: task.spec.id, agent: agent.choice.label, number: number) }
  }

  var total: Int { tasks.count * agents.count * spec.trials }

  /// Opens or creates the store and enters the run.
  init(
    _ spec: RunSpec, tasks: [ResolvedTask], agents: [ResolvedAgent], store path: String,
    installation: Installation
  ) throws {
    let manifest = try RunManifest(spec, tasks: tasks, agents: agents)
    let text = String(decoding: try sortedJSON(manifest), as: UTF8.self)
    id = String(Digest(of: Array(text.utf8)).hex.prefix(10))
    self.spec = spec
    self.tasks = tasks
    self.agents = agents
    self.installation = installation
    // Two names of one store must not give two locks.
    storePath = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    try makeFolder("\(installation.cache)/work")
    try Self.checkFolder(of: storePath)
    guard let lock = try FileLock("\(storePath).\(id).lock") else {
      throw RunError(
        .environment, "run \(id) is being played by another process: wait for it, or use another --store")
    }
    self.lock = lock
    store = try Store.open(at: storePath)
    try store.addRun(
      RunRecord(
        id: id, name: id, createdMicroseconds: Store.now, spec: text, seed: Seed(spec.seed),
        host: Provenance.current().json))
    try closeAbandoned()
    try sweep()
  }

  /// Work folders of workers that were killed, of whatever run: nobody holds their locks.
  private func sweep() throws {
    let work = "\(installation.cache)/work"
    for name in try FileManager.default.contentsOfDirectory(atPath: work) {
      let folder = "\(work)/\(name.hasSuffix(".lock") ? String(name.dropLast(5)) : name)"
      guard let lock = try FileLock(folder + ".lock") else { continue }
      try Workspace.removeTree(at: folder)
      withExtendedLifetime(lock) {}
    }
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
    var index = 0
    for task in tasks {
      for agent in agents {
        for number in 1...spec.trials {
          index += 1
          var attempt = 1
          switch states[Cell(task: task.spec.id, agent: agent.choice.label, number: number)] {
          case nil, .missing: break
          case .retriable(_, let last, _): attempt = last + 1
          case .finished: continue
          }
          out.append(Waiting(task: task, agent: agent, number: number, attempt: attempt, index: index))
        }
      }
    }
    return out
  }

  func plan(_ waiting: Waiting, slot: Slot) -> TrialPlan {
    // The seed of a trial is the same for every agent, so that agents meet the same conditions.
    let seed = Seed(spec.seed).derive("task", waiting.task.spec.id, "trial", String(waiting.number))
    return TrialPlan(
      run: id, trial: "\(id)-\(waiting.index)-\(waiting.attempt)", task: waiting.task, agent: waiting.agent,
      number: waiting.number, attempt: waiting.attempt, seed: seed, limits: spec.limits, store: storePath,
      isolation: Doctor.isolation(), slot: slot.number)
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

  /// Ends trials that have no end although nobody plays them: their coordinator was killed.
  private func closeAbandoned() throws {
    for trial in try store.trials(run: id) where trial.ending == nil {
      try store.endTrial(
        trial.record.id,
        TrialEnd(
          kind: .failed, reason: "interrupted", cause: .host, detail: "the run was killed while it played"))
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
  init(_ spec: RunSpec, tasks: [ResolvedTask], agents: [ResolvedAgent]) throws {
    self.init(
      tasks: try tasks.map {
        TaskEntry(
          $0.spec, digest: $0.digest, data: $0.folder?.prepareDigest, plugin: PluginEntry($0.plugin),
          profile: Digest(of: try sortedJSON($0.profile)), limits: spec.limits.applied(to: $0.spec.limits))
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
