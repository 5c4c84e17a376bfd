// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// Who is to blame for a trial that ended without a score, or was cut short.
///
/// The agent answers for `agent` alone; every other cause leaves the trial *unscored*, never zero.
public enum Cause: String, Codable, Sendable, Hashable, CaseIterable {
  case agent, task, grader, sandbox, model, host

  /// Whether running the same trial again may end differently through no change of anybody's code.
  /// The next `lyceum run` tries these again; the others are final.
  public var isInfrastructure: Bool {
    switch self {
    case .sandbox, .model, .host: true
    case .agent, .task, .grader: false
    }
  }
}
