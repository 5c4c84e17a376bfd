// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
public import LyceumCore

/// One trial: all that a worker must know, as JSON on its standard input.
public struct TrialPlan: Codable, Sendable {
  public var run: String
  public var trial: String
  public var task: ResolvedTask
  public var agent: ResolvedAgent
  /// Number of the trial among those of its task and agent, from 1.
  public var number: Int
  /// Which try at this trial it is, from 1.
  public var attempt: Int
  public var seed: Seed
  public var limits: RunSpec.LimitOverrides
  public var store: String
  /// What separates boxes from this host, as `Doctor.isolation` found it.
  public var isolation: String
  /// Number of this worker among those that run at once; names the user of its boxes.
  public var slot: Int

  public init(
    run: String, trial: String, task: ResolvedTask, agent: ResolvedAgent, number: Int, attempt: Int,
    seed: Seed,
    limits: RunSpec.LimitOverrides, store: String, isolation: String, slot: Int
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
    self.isolation = isolation
    self.slot = slot
  }
}

/// Where a task comes from.
public enum TaskChoice: Codable, Sendable, Hashable {
  /// A folder with a `task.yaml`, by absolute path.
  case folder(String)
  /// A task of a plugin: path of the library and id of the task.
  case plugin(path: String, id: String)
}

/// What a worker tells its coordinator, one JSON object a line on its standard output.
public enum Progress: Codable, Sendable {
  case step(index: Int, action: String, exitCode: Int32?, score: Double?)
  case ended(TrialEnd, score: Double?)
  /// The trial could not be recorded; `kind` is the raw value of a ``RunError/Kind``.
  case failed(kind: Int32, message: String)

  /// One line of JSON, its line feed included. That of a step is put together by hand: the encoder would take a tenth
  /// of what the host may spend on a step.
  public func line() throws -> Bytes {
    if case .step(let index, let action, let exitCode, let score) = self,
      action.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }), score?.isFinite ?? true
    {
      let code = exitCode.map { ",\"exitCode\":\($0)" } ?? ""
      let value = score.map { ",\"score\":\($0)" } ?? ""
      return Bytes("{\"step\":{\"index\":\(index),\"action\":\"\(action)\"\(code)\(value)}}\n".utf8)
    }
    return try Bytes(JSONEncoder().encode(self)) + "\n".utf8
  }
}
