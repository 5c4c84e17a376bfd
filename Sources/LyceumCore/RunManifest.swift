// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// Everything that determines a run, as its row in the store keeps it.
public struct RunManifest: Codable, Sendable, Hashable {
  public var tasks: [TaskEntry]
  public var agents: [AgentEntry]
  /// Trials of each task with each agent.
  public var trials: Int
  public var seed: Seed

  public struct TaskEntry: Codable, Sendable, Hashable {
    public var id: String
    public var version: Int
    public var title: String
    public var area: String
    public var digest: Digest
    public var metrics: [MetricSpec]
    /// Of everything that prepared data depend on; nil for a task that is code alone.
    public var data: Digest?
    /// What serves the task.
    public var plugin: PluginEntry
    /// Digest of the sandbox profile's content.
    public var profile: Digest
    /// As the run applied them.
    public var limits: Limits

    public init(
      _ spec: TaskSpec, digest: Digest, data: Digest?, plugin: PluginEntry, profile: Digest, limits: Limits
    ) {
      id = spec.id
      version = spec.version
      title = spec.title
      area = spec.area
      self.digest = digest
      self.data = data
      self.plugin = plugin
      self.profile = profile
      metrics = spec.metrics
      self.limits = limits
    }
  }

  public struct AgentEntry: Codable, Sendable, Hashable {
    /// What tables call it.
    public var label: String
    public var id: String
    public var config: String
    public var plugin: PluginEntry

    public init(label: String, id: String, config: String, plugin: PluginEntry) {
      self.label = label
      self.id = id
      self.config = config
      self.plugin = plugin
    }
  }

  public init(tasks: [TaskEntry], agents: [AgentEntry], trials: Int, seed: Seed) {
    self.tasks = tasks
    self.agents = agents
    self.trials = trials
    self.seed = seed
  }
}

/// A plugin by what it is, not by where it lies.
public struct PluginEntry: Codable, Sendable, Hashable {
  public var name: String
  public var version: String
  public var toolchain: String
  /// Of the library's file.
  public var digest: Digest

  public init(name: String, version: String, toolchain: String, digest: Digest) {
    self.name = name
    self.version = version
    self.toolchain = toolchain
    self.digest = digest
  }
}

/// What one trial was played with, as its row in the store keeps it.
public struct TrialManifest: Codable, Sendable, Hashable {
  public var agent: PluginEntry
  public var task: PluginEntry
  public var profile: String
  /// What separated the box from the host, such as `bwrap+seccomp+cgroup1`.
  public var isolation: String
  public var limits: Limits

  public init(agent: PluginEntry, task: PluginEntry, profile: String, isolation: String, limits: Limits) {
    self.agent = agent
    self.task = task
    self.profile = profile
    self.isolation = isolation
    self.limits = limits
  }
}
