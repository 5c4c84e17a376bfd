// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import LyceumCore

/// How strong the walls are. Only `bwrap` is built; the others are refused, never silently used instead.
public enum Tier: String, Codable, Sendable, Hashable, CaseIterable { case bwrap, landlock, none }

/// A host file or folder and where a box shows it.
public struct Bind: Codable, Sendable, Hashable {
  /// Absolute path on the host. The box's user (``uid(slot:)``) must be able to reach it.
  public var host: String
  /// Absolute path in the box; folders above it are made.
  public var box: String
  public var writable: Bool

  public init(host: String, box: String, writable: Bool = false) {
    self.host = host
    self.box = box
    self.writable = writable
  }
}

/// Everything that a box is made from.
public struct BoxSpec: Sendable {
  public var profile: Profile
  /// `memoryMB`, `processes`, `cpus` and `fileMB` apply; time and output are each command's own.
  public var limits: Limits
  /// In this order, later ones over earlier ones: the workspace, public data, …
  public var binds: [Bind]
  /// Paths, of the host or of the box, whose content must not be visible: left out, or covered by an empty
  /// read-only folder or file where they lie inside something that is shown.
  public var hidden: [String]
  /// Absolute path in the box where the first command starts.
  public var directory: String
  /// Added to the environment of every command, over the profile's.
  public var environment: [String: String]
  /// 0 to 9999; boxes that live at the same time on one machine have different slots, so that no two share a user.
  public var slot: Int

  public init(
    profile: Profile = Profile(), limits: Limits = Limits(), binds: [Bind] = [], hidden: [String] = [],
    directory: String = "/home/agent", environment: [String: String] = [:], slot: Int = 0
  ) {
    self.profile = profile
    self.limits = limits
    self.binds = binds
    self.hidden = hidden
    self.directory = directory
    self.environment = environment
    self.slot = slot
  }
}

extension BoxSpec {
  /// Refuses what cannot be built, before anything is started.
  func check() throws(SandboxError) {
    func refuse(_ message: String) -> SandboxError { SandboxError(.configuration, "box: \(message)") }
    for path in binds.flatMap({ [$0.host, $0.box] }) + hidden + [directory] + profile.mounts
    where !path.isPlainAbsolutePath {
      throw refuse("\(path.debugDescription) must be an absolute path without . and ..")
    }
    for bind in binds where bind.box == "/" || FileView.reserved.contains(where: { bind.box.isAtOrUnder($0) })
    {
      throw refuse("nothing can be bound at \(bind.box)")
    }
    for (name, value) in environment where !name.isVariableName || value.utf8.contains(0) {
      throw refuse("\(name.debugDescription) cannot be a variable")
    }
    guard (0..<10000).contains(slot) else { throw refuse("slot \(slot) is not from 0 to 9999") }
    guard limits.memoryMB > 0, limits.processes > 0, limits.fileMB > 0, limits.cpus > 0, limits.cpus.isFinite
    else {
      throw refuse("memory_mb, processes, cpus and file_mb must be above 0")
    }
  }
}
