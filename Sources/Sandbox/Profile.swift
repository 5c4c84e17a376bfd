// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// What a box looks like apart from the task: network, sizes, environment, extra read-only mounts.
///
/// Read from `NAME.yaml`; the keys are in `docs/sandbox.md`.
public struct Profile: Codable, Sendable, Hashable {
  public enum Network: String, Codable, Sendable, Hashable, CaseIterable {
    /// Unix sockets inside the box alone.
    case none
    /// Also TCP and UDP on the box's own 127.0.0.1 and ::1. Nothing else can be reached.
    case loopback
  }

  /// What happens to processes that a command leaves behind.
  public enum Leftovers: String, Codable, Sendable, Hashable, CaseIterable { case kill, keep }

  public var name: String
  public var network: Network
  /// Host paths shown read-only, at the same path, when they exist.
  public var mounts: [String]
  /// Added to the environment of every command, over the standard variables.
  public var environment: [String: String]
  /// MiB of `/tmp`, of `/home/agent` outside the workspace and of `/dev/shm`; all are memory, and
  /// are scaled down where they are more than three quarters of the box's memory limit together.
  public var tmpMB: Int
  public var homeMB: Int
  public var shmMB: Int
  public var leftovers: Leftovers

  public init(
    name: String = "default", network: Network = .none, mounts: [String] = [],
    environment: [String: String] = [:],
    tmpMB: Int = 256, homeMB: Int = 64, shmMB: Int = 64, leftovers: Leftovers = .kill
  ) {
    self.name = name
    self.network = network
    self.mounts = mounts
    self.environment = environment
    self.tmpMB = tmpMB
    self.homeMB = homeMB
    self.shmMB = shmMB
    self.leftovers = leftovers
  }

  private enum CodingKeys: String, CodingKey {
    case name, network, mounts, environment, leftovers
    case tmpMB = "tmp_mb"
    case homeMB = "home_mb"
    case shmMB = "shm_mb"
  }
}
