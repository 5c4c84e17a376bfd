// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import LyceumCore

/// One task with one agent once: all that a worker must know, as JSON on its standard input.
public struct TrialPlan: Codable, Sendable {
  public var run: String
  public var trial: String
  public var task: TaskChoice
  public var agent: RunSpec.AgentChoice
  /// Number of the trial within its cell's task and agent, from 1.
  public var number: Int
  /// Which try at this trial it is, from 1.
  public var attempt: Int
  public var seed: Seed
  public var limits: RunSpec.LimitOverrides
  public var store: String
  /// Number of this worker among those that run at once; names the user of its boxes.
  public var slot: Int
  /// Whether the reference solution may be played: `task check` alone sets it.
  public var allowsOracle: Bool

  public init(
    run: String, trial: String, task: TaskChoice, agent: RunSpec.AgentChoice, number: Int, attempt: Int, seed: Seed,
    limits: RunSpec.LimitOverrides, store: String, slot: Int, allowsOracle: Bool
  ) {
    self.run = run
    self.trial = trial
    self.task = task
    self.agent = agent
    self.number = number
    self.attempt = attempt
    self.seed = seed
    self.limits = limits
    self.store = store
    self.slot = slot
    self.allowsOracle = allowsOracle
  }
}

/// Where a task comes from.
public enum TaskChoice: Codable, Sendable, Hashable {
  /// A folder with a `task.yaml`, by absolute path.
  case folder(String)
  /// A task of a plugin: path of the library and id of the task.
  case plugin(path: String, id: String)
}

/// What a worker tells its coordinator, one JSON object a line.
public enum Progress: Codable, Sendable {
  case began(trial: String)
  case step(index: Int, action: String, exitCode: Int32?, score: Double?)
  case ended(TrialEnd, score: Double?)
  /// The trial could not be begun, and nothing of it is in the store.
  case failed(kind: Int32, message: String)
}
