// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// Describes a research problem, prepares its workspace and grades what was submitted.
///
/// Calls come one at a time and always on the same thread.
public protocol ResearchTask {
  static var descriptor: TaskDescriptor { get }

  /// As ``Agent/init(config:host:)``.
  init(config: String, host: HostServices) throws

  /// The task as JSON in the form of `docs/tasks.md`; the same at every call.
  mutating func describe() throws -> String

  /// Makes data and workspace files through the host's services. Called before the first grade.
  /// `seed` derives from the trial's.
  mutating func prepare(seed: UInt64) throws

  /// Measures the submission. An error that is thrown is the grader's failure: the trial is then unscored.
  mutating func grade(_ split: Split, seed: UInt64) throws -> Grade
}

extension ResearchTask {
  public mutating func prepare(seed: UInt64) throws {}
}

/// The part of the hidden data that a grade is measured on.
public enum Split: String, Sendable, Hashable { case validation, test }

/// What a task measured.
public struct Grade: Sendable, Hashable {
  public enum Outcome: Sendable, Hashable {
    /// A finite value, inside its range, for every declared metric; at most 64.
    case scored([String: Double])
    /// The submission is not one; the reason is for the agent.
    case refused(String)
  }

  public var outcome: Outcome
  /// JSON object, at most 64 KiB; may be empty. The agent sees it after `validate`.
  public var details: String

  public init(_ outcome: Outcome, details: String = "") {
    self.outcome = outcome
    self.details = details
  }
}
