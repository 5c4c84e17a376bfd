// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// The part of the hidden data that a grade was measured on.
public enum Split: String, Codable, Sendable, Hashable { case validation, test }

/// What a grader measured.
public struct Grade: Codable, Sendable, Hashable {
  public enum Outcome: Codable, Sendable, Hashable {
    /// Every declared metric has a finite value inside its range.
    case scored(metrics: [String: Double])
    /// The submission is not one; the reason is for the agent.
    case refused(reason: String)
    /// Nothing was measured, for a reason that is not the submission's.
    case unscored(cause: Cause, reason: String)
  }

  public var split: Split
  public var outcome: Outcome
  /// JSON object with what else the grader has to say; empty when nothing.
  public var details: String

  public init(split: Split, outcome: Outcome, details: String = "") {
    self.split = split
    self.outcome = outcome
    self.details = details
  }

  public var metrics: [String: Double]? {
    if case .scored(let metrics) = outcome { metrics } else { nil }
  }
}
