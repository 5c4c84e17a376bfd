// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// One turn of a trial: thought, action, observation, and the workspace after it.
public struct Step: Sendable, Hashable {
  /// 1 for the first action.
  public var index: Int
  public var decision: Decision
  public var observation: Observation
  /// Git tree of the workspace after the action, 40 hexadecimal digits.
  public var tree: String
  /// Paths that the snapshot could not keep as they are, with the reason; at most a few dozen.
  public var skipped: [String]
  /// Microseconds since the trial began, when the action was received.
  public var startedMicroseconds: UInt64
  /// Microseconds that the agent took to decide.
  public var thinkingMicroseconds: UInt64

  public init(
    index: Int, decision: Decision, observation: Observation, tree: String, skipped: [String] = [],
    startedMicroseconds: UInt64, thinkingMicroseconds: UInt64
  ) {
    self.index = index
    self.decision = decision
    self.observation = observation
    self.tree = tree
    self.skipped = skipped
    self.startedMicroseconds = startedMicroseconds
    self.thinkingMicroseconds = thinkingMicroseconds
  }
}

/// How a trial ended.
public struct TrialEnd: Codable, Sendable, Hashable {
  public enum Kind: String, Codable, Sendable, Hashable {
    /// The agent said that it was done.
    case terminated
    /// A limit ended it; the last valid submission was graded.
    case truncated
    /// Something broke; `cause` says whose it was.
    case failed
  }

  public var kind: Kind
  /// One word: `submitted`, `stopped`, `step-limit`, `time-limit`, `agent-crashed`, `agent-hung`, …
  public var reason: String
  /// Set when the trial has no score, or was not ended by the agent's own choice.
  public var cause: Cause?
  /// One line for a person; escaped.
  public var detail: String

  public init(kind: Kind, reason: String, cause: Cause? = nil, detail: String = "") {
    self.kind = kind
    self.reason = reason
    self.cause = cause
    self.detail = detail
  }
}
