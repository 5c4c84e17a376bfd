// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// Why a run, a check or a trial could not be done at all; never the fault of an agent.
public struct RunError: Error, Sendable, CustomStringConvertible {
  /// What kind of fault, which is also the exit code of the program.
  public enum Kind: Int32, Sendable {
    case usage = 2
    case environment = 3
    case damagedStore = 4
    case interrupted = 130
  }

  public let kind: Kind
  /// One line: what failed, why, what to do next.
  public let description: String

  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
