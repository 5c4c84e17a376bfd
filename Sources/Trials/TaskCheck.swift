// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
public import LyceumCore
internal import TrajectoryStore
internal import Workspace

/// Proves in boxes that a task measures what it says: the reference beats the baseline, nothing and garbage do not
/// score, grades repeat, and no agent can see what is private.
public struct TaskCheck: Codable, Sendable {
  /// One promise, whether it holds, and what was seen.
  public struct Finding: Codable, Sendable {
    public var name: String
    public var passed: Bool
    public var detail: String
  }

  public var task: String
  public var digest: Digest
  public var findings: [Finding]

  public var passed: Bool { findings.allSatisfy(\.passed) }

  /// Plays the trials that the proof needs, in a store of its own that is thrown away.
  public init(_ task: ResolvedTask, catalog: Catalog, seed: UInt64 = 1, onEvent: (RunEvent) -> Void)
    throws(RunError)
  {
    self.task = task.spec.id
    digest = task.digest
    let folder = "\(catalog.installation.cache)/check/\(task.spec.id)-\(getpid())"
    do {
      try makeFolder(folder)
      defer { try? Workspace.removeTree(at: folder) }
      let evidence = try Evidence(
        task, catalog: catalog, store: "\(folder)/check.db", seed: seed, onEvent: onEvent)
      findings = try evidence.findings()
    } catch let error as RunError {
      throw error
    } catch let error as StoreError {
      throw RunError(error)
    } catch {
      throw RunError(.environment, "the check of \(task.spec.id) could not be done: \(error)")
    }
  }
}

/// The trials of a check, and what they show.
private struct Evidence {
  let task: ResolvedTask
  let metric: MetricSpec
  let store: Store
  let trials: [String: StoredTrial]
  let secrets: Secrets?

  init(
    _ task: ResolvedTask, catalog: Catalog, store path: String, seed: UInt64, onEvent: (RunEvent) -> Void
  ) throws {
    guard let metric = task.spec.primaryMetric else {
      throw RunError(.usage, "the task has no primary metric")
    }
    self.task = task
    self.metric = metric
    var trials: [String: StoredTrial] = [:]
    let coordinator = RunCoordinator(installation: catalog.installation, store: path, jobs: 2)
    func play(_ choices: [RunSpec.AgentChoice]) throws {
      let agents = try choices.map { try catalog.agent($0) }
      let spec = RunSpec(tasks: [task.spec.id], agents: choices, seed: seed)
      let run = try coordinator.run(spec, tasks: [task], agents: agents, onEvent: onEvent)
      guard !run.interrupted else { throw RunError(.interrupted, "interrupted") }
      for trial in try Store.openReadOnly(at: path).trials(run: run.run) {
        trials[trial.record.cell.agent] = trial
      }
    }
    try play(CheckAgents.all(for: task))
    // Private data exists once a trial has prepared it.
    secrets = try task.folder.map { try Secrets(task, folder: $0, cache: catalog.installation.cache) }
    if let secrets { try play([CheckAgents.search(for: secrets)]) }
    store = try Store.openReadOnly(at: path)
    self.trials = trials
  }

  func findings() throws -> [TaskCheck.Finding] {
    var out = [referenceBeatsBaseline]
    out.append(reproduces("baseline", metric.baseline))
    out.append(reproduces("reference", metric.reference))
    out.append(nothing)
    out += try CheckAgents.garbage(for: task).map { try refused($0.label) }
    out.append(try gradesAgree())
    if let secrets { out.append(try hidden(secrets)) }
    return out
  }

  private func score(_ label: String) -> Double? { trials[label]?.ending?.score }

  private func why(_ label: String) -> String {
    guard let end = trials[label]?.ending?.end else { return "did not end" }
    return "\(end.reason)\(end.cause.map { ", cause \($0.rawValue)" } ?? ""): \(end.detail)"
  }

  private var referenceBeatsBaseline: TaskCheck.Finding {
    let name = "the reference beats the baseline on the test split"
    guard let reference = score("reference") else {
      return .init(name: name, passed: false, detail: "reference: \(why("reference"))")
    }
    guard let baseline = score("baseline") else {
      return .init(name: name, passed: false, detail: "baseline: \(why("baseline"))")
    }
    return .init(
      name: name, passed: metric.isBetter(reference, than: baseline),
      detail: "\(metric.name) \(reference) against \(baseline)")
  }

  private func reproduces(_ label: String, _ stated: Double?) -> TaskCheck.Finding {
    let name = "the \(label) reproduces its stated score"
    guard let stated else { return .init(name: name, passed: false, detail: "task.yaml states none") }
    guard let score = score(label) else { return .init(name: name, passed: false, detail: why(label)) }
    return .init(
      name: name, passed: abs(score - stated) <= metric.tolerance + 1e-9 * abs(stated),
      detail: "\(score), stated \(stated) ± \(metric.tolerance)")
  }

  private var nothing: TaskCheck.Finding {
    let name = "doing nothing does not score better than the baseline"
    guard trials["nothing"]?.ending != nil else {
      return .init(name: name, passed: false, detail: why("nothing"))
    }
    guard let score = score("nothing") else {
      return .init(name: name, passed: true, detail: "unscored: \(why("nothing"))")
    }
    let baseline = self.score("baseline")
    return .init(
      name: name, passed: baseline.map { !metric.isBetter(score, than: $0) } ?? false,
      detail: "\(score), baseline \(baseline.map { "\($0)" } ?? "unscored")")
  }

  private func refused(_ label: String) throws -> TaskCheck.Finding {
    let name = "a submission of \(label) is refused with a reason"
    guard let trial = trials[label], let last = try store.grades(trial.record.id).last else {
      return .init(name: name, passed: false, detail: why(label))
    }
    guard case .refused(let reason) = last.grade.outcome else {
      return .init(name: name, passed: false, detail: "\(last.grade.outcome)")
    }
    return .init(name: name, passed: !reason.isEmpty && trial.ending?.score == nil, detail: reason)
  }

  private func gradesAgree() throws -> TaskCheck.Finding {
    let name = "five grades of one submission agree"
    guard let trial = trials["repeated"] else {
      return .init(name: name, passed: false, detail: why("repeated"))
    }
    let values = try store.grades(trial.record.id).filter { $0.grade.split == .validation }.compactMap {
      $0.grade.metrics
    }
    guard values.count == 5 else {
      return .init(name: name, passed: false, detail: "\(values.count) of 5 were scored; \(why("repeated"))")
    }
    let spreads = task.spec.metrics.map { spec in
      let seen = values.compactMap { $0[spec.name] }
      return (spec, seen, (seen.max() ?? 0) - (seen.min() ?? 0))
    }
    return .init(
      name: name, passed: spreads.allSatisfy { $2 <= $0.tolerance },
      detail: spreads.map { "\($0.name) spread \($2)" }.joined(separator: ", "))
  }

  private func hidden(_ secrets: Secrets) throws -> TaskCheck.Finding {
    let name = "no private file is visible to an agent"
    guard let trial = trials[CheckAgents.searchLabel], let step = try store.step(trial.record.id, 1) else {
      return .init(name: name, passed: false, detail: why(CheckAgents.searchLabel))
    }
    let seen = String(decoding: step.observation.output, as: UTF8.self)
    guard seen.contains(Secrets.complete), step.observation.elided == 0 else {
      return .init(
        name: name, passed: false,
        detail: "the search did not finish: \(String(line: step.observation.output))")
    }
    let found = secrets.files.filter { seen.contains($0.digest.hex) }
    return .init(
      name: name, passed: found.isEmpty,
      detail: found.isEmpty
        ? "\(secrets.files.count) private files looked for"
        : found.map(\.name).joined(separator: ", ") + " can be read in the agent's box")
  }
}
