// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// What an action led to, as the agent sees it.
public struct Observation: Sendable, Hashable {
  /// Output, standard output and error as they came; head and tail when it was longer than the limit.
  public var output: Bytes
  /// Bytes that are missing between head and tail; 0 when all is there.
  public var elided: UInt64
  /// Exit status of the command, or nil when a signal ended it or no command ran.
  public var exitCode: Int32?
  /// Signal that ended the command.
  public var signal: Int32?
  /// Whether the step's time ran out.
  public var timedOut: Bool
  /// Why the action could not be carried out, when the agent asked for something that cannot be.
  public var refusal: String?
  /// What `validate` or `submit` measured.
  public var grade: Grade?
  /// Cost of the command.
  public var usage: StepUsage

  public init(
    output: Bytes = [], elided: UInt64 = 0, exitCode: Int32? = nil, signal: Int32? = nil,
    timedOut: Bool = false,
    refusal: String? = nil, grade: Grade? = nil, usage: StepUsage = StepUsage()
  ) {
    self.output = output
    self.elided = elided
    self.exitCode = exitCode
    self.signal = signal
    self.timedOut = timedOut
    self.refusal = refusal
    self.grade = grade
    self.usage = usage
  }
}

/// Times are microseconds; all are measured by the host, outside the box.
public struct StepUsage: Codable, Sendable, Hashable {
  public var wallMicroseconds: UInt64
  /// User and system time of the command and its children that were waited for.
  public var cpuMicroseconds: UInt64
  /// Largest resident set of one process, KiB.
  public var peakKB: UInt64
  /// Processes that were still alive after the command and were killed.
  public var leftovers: UInt32

  public init(
    wallMicroseconds: UInt64 = 0, cpuMicroseconds: UInt64 = 0, peakKB: UInt64 = 0, leftovers: UInt32 = 0
  ) {
    self.wallMicroseconds = wallMicroseconds
    self.cpuMicroseconds = cpuMicroseconds
    self.peakKB = peakKB
    self.leftovers = leftovers
  }
}
