// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import PluginHost
internal import Processes
internal import Sandbox
internal import TrajectoryStore
internal import Workspace

/// Plays one trial in this process, from the plan to the end that is on record.
public enum TrialWorker {
  /// Throws only what kept the trial from being recorded; everything else is the trial's own end.
  /// Blocks until the trial is over. Must be called once a process.
  public static func run(_ plan: TrialPlan, report: @escaping (Progress) -> Void) throws(RunError) {
    Signals.ignoreBrokenPipes()
    let installation = Installation.current()
    try makeFolder("\(installation.cache)/work")
    let folder = workFolder(of: plan.trial, store: plan.store, installation)
    do {
      // Says that the folder is in use: what a killed worker leaves has no holder, and the next run removes it.
      let lock = try FileLock(waitingFor: folder + ".lock")
      defer { withExtendedLifetime(lock) {} }
      try Workspace.removeTree(at: folder)
      try makeFolder(folder)
      defer { try? Workspace.removeTree(at: folder) }
      try play(plan, installation, folder, report)
    } catch let error as RunError {
      throw error
    } catch let error as StoreError {
      throw RunError(error)
    } catch {
      throw RunError(.environment, "trial \(plan.trial) could not begin: \(error)")
    }
  }

  private static func play(
    _ plan: TrialPlan, _ installation: Installation, _ folder: String, _ report: @escaping (Progress) -> Void
  ) throws {
    let store = try Store.open(at: plan.store)
    let limits = plan.limits.applied(to: plan.task.spec.limits)
    let writer = try store.beginTrial(TrialRecord(plan, limits: limits))
    let stage = Stage(
      plan: plan, installation: installation, writer: writer, limits: limits, folder: folder)
    do {
      let (end, score) = try stage.run(report: report)
      report(.ended(end, score: score))
    } catch let error as StoreError {
      throw error
    } catch  where stage.isOver {
      throw RunError(
        .environment,
        "trial \(plan.trial) is on record, but its last commit could not be written: \(error)")
    } catch {
      let end = TrialEnd(failure: error, blame: stage.blame)
      _ = try writer.end(end, score: nil)
      report(.ended(end, score: nil))
    }
  }
}

/// The folder that a trial works in; its name says nothing about the trial to who is inside a box.
func workFolder(of trial: String, store: String, _ installation: Installation) -> String {
  "\(installation.cache)/work/\(Digest(of: Array("\(store)\0\(trial)".utf8)).hex.prefix(20))"
}

/// The bare repository that belongs to a store: `runs.db` has `runs.git` beside it.
public func repositoryPath(store: String) -> String {
  (store.hasSuffix(".db") ? String(store.dropLast(3)) : store) + ".git"
}

extension TrialRecord {
  fileprivate init(_ plan: TrialPlan, limits: Limits) {
    let manifest = TrialManifest(
      agent: PluginEntry(plan.agent.plugin), task: PluginEntry(plan.task.plugin),
      profile: plan.task.spec.profile,
      isolation: plan.isolation, limits: limits)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let metric = plan.task.spec.primaryMetric
    self.init(
      id: plan.trial, run: plan.run, cell: plan.cell, attempt: plan.attempt,
      taskVersion: plan.task.spec.version,
      taskDigest: plan.task.digest, agentDigest: plan.agent.digest, seed: plan.seed,
      metric: metric?.name ?? "",
      direction: metric?.direction ?? .higher,
      manifest: (try? encoder.encode(manifest)).map { String(decoding: $0, as: UTF8.self) } ?? "{}")
  }
}

extension TrialEnd {
  /// The end of a trial that could not be played.
  fileprivate init(failure: any Error, blame: Cause) {
    let detail = String(line: "\(failure)".utf8, limit: 500)
    switch failure {
    case is SandboxError: self.init(kind: .failed, reason: "sandbox-failed", cause: .sandbox, detail: detail)
    case let error as PluginError:
      self.init(
        kind: .failed, reason: "\(blame.rawValue)-\(error.word)", cause: error.cause(of: blame),
        detail: error.story)
    case is WorkspaceError: self.init(kind: .failed, reason: "workspace-failed", cause: .host, detail: detail)
    default: self.init(kind: .failed, reason: "\(blame.rawValue)-failed", cause: blame, detail: detail)
    }
  }
}
