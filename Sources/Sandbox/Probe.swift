// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// One thing that boxes need, as it was found by trying it.
public struct Probe: Codable, Sendable, Hashable {
  public enum State: String, Codable, Sendable, Hashable {
    case ok
    /// Boxes work, with a weaker limit.
    case degraded
    /// Boxes do not work without it.
    case missing
  }

  /// One word that scripts can rely on.
  public var id: String
  public var state: State
  /// What was seen.
  public var seen: String
  /// What to do about it, as a command where there is one; empty when `state` is ok.
  public var advice: String

  public init(_ id: String, _ state: State, _ seen: String, advice: String = "") {
    self.id = id
    self.state = state
    self.seen = seen
    self.advice = state == .ok ? "" : advice
  }
}
