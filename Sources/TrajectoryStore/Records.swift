// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import LyceumCore

/// A benchmark: what its trials have in common. Never changes once it is stored.
public struct RunRecord: Sendable, Hashable {
  public var id: String
  /// What a person calls it.
  public var name: String
  /// Microseconds since 1970, UTC.
  public var createdMicroseconds: Int64
  /// JSON of everything that determines the run; every trial's hash chain starts from its digest.
  public var spec: String
  /// Root of all other seeds.
  public var seed: Seed
  /// JSON of where it was started: host, kernel, versions.
  public var host: String

  public init(
    id: String, name: String, createdMicroseconds: Int64, spec: String, seed: Seed, host: String = "{}"
  ) {
    self.id = id
    self.name = name
    self.createdMicroseconds = createdMicroseconds
    self.spec = spec
    self.seed = seed
    self.host = host
  }
}

/// A place in a run that one trial has to fill: an agent on a task for the n-th time.
public struct Cell: Sendable, Hashable {
  public var task: String
  public var agent: String
  /// Which of the run's repetitions; the first is 1.
  public var number: Int

  public init(task: String, agent: String, number: Int) {
    self.task = task
    self.agent = agent
    self.number = number
  }
}

/// What is known when a trial begins. Never changes once it is stored.
public struct TrialRecord: Sendable, Hashable {
  public var id: String
  /// Identifier of a run that is stored.
  public var run: String
  public var cell: Cell
  /// 1 for the first try at the cell; each try is a trial of its own.
  public var attempt: Int
  public var taskVersion: Int
  /// Digest of all that the task is made of.
  public var taskDigest: Digest
  /// Digest of the agent's plugin and configuration.
  public var agentDigest: Digest
  public var seed: Seed
  /// Name of the metric that the score is a value of.
  public var metric: String
  /// Which way the score is better.
  public var direction: MetricSpec.Direction
  /// Microseconds since 1970, UTC.
  public var startedMicroseconds: Int64
  /// JSON with plugin digests, profile, isolation and limits.
  public var manifest: String

  public init(
    id: String, run: String, cell: Cell, attempt: Int = 1, taskVersion: Int, taskDigest: Digest,
    agentDigest: Digest, seed: Seed, metric: String, direction: MetricSpec.Direction,
    startedMicroseconds: Int64 = Store.now, manifest: String = "{}"
  ) {
    self.id = id
    self.run = run
    self.cell = cell
    self.attempt = attempt
    self.taskVersion = taskVersion
    self.taskDigest = taskDigest
    self.agentDigest = agentDigest
    self.seed = seed
    self.metric = metric
    self.direction = direction
    self.startedMicroseconds = startedMicroseconds
    self.manifest = manifest
  }
}

/// A trial as it is stored.
public struct StoredTrial: Sendable, Hashable {
  public var record: TrialRecord
  /// Nil while it runs, and for ever when its worker died.
  public var ending: Ending?

  /// What is known when a trial has ended.
  public struct Ending: Sendable, Hashable {
    public var end: TrialEnd
    /// Microseconds since 1970, UTC.
    public var endedMicroseconds: Int64
    /// Value of the record's metric on the test split; nil when unscored.
    public var score: Double?
    /// Number of steps.
    public var steps: Int
    /// Last link of the trial's hash chain: it covers every event of the trial.
    public var chainHead: Digest
  }
}

/// A grade as it is stored.
public struct StoredGrade: Sendable, Hashable {
  /// Place among the trial's events.
  public var sequence: Int
  /// Index of the last step before it, or of the step whose observation shows it; 0 before the first.
  public var step: Int
  public var grade: Grade
  /// Microseconds that the grading took.
  public var wallMicroseconds: UInt64
}

/// How much a log line matters.
public enum LogLevel: String, Sendable, Hashable, CaseIterable { case debug, info, warning, error }

/// A line that a plugin or the host logged.
public struct LogLine: Sendable, Hashable {
  /// Place among the trial's events.
  public var sequence: Int
  /// Microseconds since 1970, UTC.
  public var atMicroseconds: Int64
  public var level: LogLevel
  /// `agent`, `task` or `host`.
  public var source: String
  public var message: Bytes
}
