// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// What a trial may use. A task states them; a run may only lower them.
public struct Limits: Codable, Sendable, Hashable {
  /// Actions that the agent may take, `submit` included.
  public var steps: Int
  /// Wall-clock seconds of one action.
  public var stepSeconds: Double
  /// Wall-clock seconds of the whole trial, `validate` included, the last grading excluded.
  public var trialSeconds: Double
  /// Wall-clock seconds that the agent may take for one decision.
  public var decisionSeconds: Double
  /// Bytes of output that an observation keeps, head and tail together.
  public var outputBytes: Int
  /// MiB of memory of everything in the box together.
  public var memoryMB: Int
  /// Processes and threads in the box at one time.
  public var processes: Int
  /// Cores.
  public var cpus: Double
  /// MiB of the largest file that the box may write.
  public var fileMB: Int
  /// MiB on disk of the whole workspace; a trial that goes beyond is ended.
  public var workspaceMB: Int

  public init(
    steps: Int = 50, stepSeconds: Double = 120, trialSeconds: Double = 3600, decisionSeconds: Double = 600,
    outputBytes: Int = 65536, memoryMB: Int = 2048, processes: Int = 256, cpus: Double = 2,
    fileMB: Int = 1024,
    workspaceMB: Int = 4096
  ) {
    self.steps = steps
    self.stepSeconds = stepSeconds
    self.trialSeconds = trialSeconds
    self.decisionSeconds = decisionSeconds
    self.outputBytes = outputBytes
    self.memoryMB = memoryMB
    self.processes = processes
    self.cpus = cpus
    self.fileMB = fileMB
    self.workspaceMB = workspaceMB
  }

  private enum CodingKeys: String, CodingKey {
    case steps, processes, cpus
    case stepSeconds = "step_seconds"
    case trialSeconds = "trial_seconds"
    case decisionSeconds = "decision_seconds"
    case outputBytes = "output_bytes"
    case memoryMB = "memory_mb"
    case fileMB = "file_mb"
    case workspaceMB = "workspace_mb"
  }

  /// A limit that is not given has its default.
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    let d = Limits()
    steps = try c.decodeIfPresent(Int.self, forKey: .steps) ?? d.steps
    stepSeconds = try c.decodeIfPresent(Double.self, forKey: .stepSeconds) ?? d.stepSeconds
    trialSeconds = try c.decodeIfPresent(Double.self, forKey: .trialSeconds) ?? d.trialSeconds
    decisionSeconds = try c.decodeIfPresent(Double.self, forKey: .decisionSeconds) ?? d.decisionSeconds
    outputBytes = try c.decodeIfPresent(Int.self, forKey: .outputBytes) ?? d.outputBytes
    memoryMB = try c.decodeIfPresent(Int.self, forKey: .memoryMB) ?? d.memoryMB
    processes = try c.decodeIfPresent(Int.self, forKey: .processes) ?? d.processes
    cpus = try c.decodeIfPresent(Double.self, forKey: .cpus) ?? d.cpus
    fileMB = try c.decodeIfPresent(Int.self, forKey: .fileMB) ?? d.fileMB
    workspaceMB = try c.decodeIfPresent(Int.self, forKey: .workspaceMB) ?? d.workspaceMB
  }
}
