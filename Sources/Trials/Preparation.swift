// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import LyceumCore
internal import PluginHost
internal import Sandbox
public import TrajectoryStore

/// Everything that must be true before a run may begin, checked before anything is written.
public struct Preparation {
  public let catalog: Catalog

  public init(_ installation: Installation) { catalog = Catalog(installation) }

  /// Finds the tasks and agents of a run. Throws the first thing that is missing.
  public func resolve(_ spec: RunSpec) throws(RunError) -> (tasks: [ResolvedTask], agents: [ResolvedAgent]) {
    try checkIsolation()
    var tasks: [ResolvedTask] = []
    for name in spec.tasks {
      let task = try catalog.task(name)
      if let missing = Packages.missing(for: task.spec) { throw RunError(.environment, missing) }
      tasks.append(task)
    }
    if Set(tasks.map(\.spec.id)).count < tasks.count { throw RunError(.usage, "two tasks have one id") }
    var agents: [ResolvedAgent] = []
    for choice in spec.agents { agents.append(try catalog.agent(choice)) }
    return (tasks, agents)
  }

  private func checkIsolation() throws(RunError) {
    guard Doctor.isolation() == "unavailable" else { return }
    guard let broken = Doctor.probe().first(where: { $0.state == .missing }) else {
      throw RunError(.environment, "no box could be opened: `lyceum doctor` says what is missing")
    }
    throw RunError(.environment, "\(broken.id): \(broken.seen); \(broken.advice)")
  }
}

extension RunError {
  /// What a store's error means for the program.
  public init(_ error: StoreError) {
    switch error {
    case .damaged, .notAStore: self.init(.damagedStore, error.description)
    case .unknown, .missing: self.init(.usage, error.description)
    default: self.init(.environment, error.description)
    }
  }
}
