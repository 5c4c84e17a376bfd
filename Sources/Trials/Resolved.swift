// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import LyceumCore
public import PluginHost
public import Sandbox

/// A task folder where the user of a box can reach it, with the digests of its content.
public struct StagedFolder: Codable, Sendable {
  /// The folder itself or a copy of it.
  public let path: String
  public let digest: Digest
  /// Digest of everything that prepared data depends on.
  public let prepareDigest: Digest
}

/// A task that was found, loaded and checked.
public struct ResolvedTask: Codable, Sendable {
  public let choice: TaskChoice
  public let spec: TaskSpec
  public let plugin: PluginManifest
  /// Id within the plugin, and the text for its `create`.
  public let id: String
  public let config: String
  public let folder: StagedFolder?
  /// Sandbox profile of the agent's box, as it was when the task was loaded.
  public let profile: Profile
  /// What the task is, as far as its score depends on it: two runs with equal digests are comparable.
  public let digest: Digest
}

/// An agent that was found.
public struct ResolvedAgent: Codable, Sendable {
  public let choice: RunSpec.AgentChoice
  public let plugin: PluginManifest
  public let id: String
  /// Digest of the plugin and the configuration.
  public let digest: Digest
}
