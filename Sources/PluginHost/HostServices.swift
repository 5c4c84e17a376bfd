// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Frames
public import LyceumCore

/// How urgent a log line is.
public enum LogLevel: Int32, Sendable, Comparable {
  case debug, info, warning, error

  public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }
}

/// Where a log line came from.
public enum LogSource: String, Sendable {
  /// The plugin called the host's log.
  case plugin
  /// The plugin printed to its standard output or error.
  case printed
  /// The host has something to say about the plugin.
  case host
}

/// Why a service could not be given; becomes the status that the plugin sees.
public struct ServiceFailure: Error, Sendable, Hashable {
  public enum Status: Int32, Sendable {
    case failed = 1
    case cancelled = 2
    case unsupported = 3
    case invalid = 4
    case notFound = 5
    case denied = 6
    case limit = 7
    case timedOut = 8
  }

  public var status: Status
  /// One line; goes to the plugin.
  public var words: String

  public init(_ status: Status, _ words: String) {
    self.status = status
    self.words = words
  }
}

/// A command of a task's in a box of its own (`lyc_box_command`).
public struct TaskBoxCommand: Sendable, Hashable {
  public enum Box: UInt32, Sendable { case prepare = 1, grade = 2 }

  public var box: Box
  /// For bash.
  public var script: String
  /// Script of the submission box; empty when there is none.
  public var submissionScript: String
  /// Added to the box's own; names are letters, digits and `_`.
  public var environment: [String: String]
  /// Wall-clock seconds; nil: the host's own limit.
  public var seconds: Double?
}

/// How a ``TaskBoxCommand`` ended.
public struct TaskBoxResult: Sendable, Hashable {
  public var exitCode: Int32?
  public var signal: Int32?
  public var timedOut: Bool
  /// Standard output and error; at most 64 KiB are passed on.
  public var output: Bytes
  /// What came through descriptor 3; nil when it was more than 1 MiB.
  public var result: Bytes?

  public init(exitCode: Int32?, signal: Int32?, timedOut: Bool, output: Bytes, result: Bytes?) {
    self.exitCode = exitCode
    self.signal = signal
    self.timedOut = timedOut
    self.output = output
    self.result = result
  }
}

/// What the host offers to one agent or task. Every closure is called on the thread that called the session,
/// inside that call. Arguments come from a plugin: their size is bounded and their form checked, no more.
public struct HostServices {
  /// One line, at most 4 KiB, of bytes that nothing is known about; at most 10,000 lines a process.
  public var log: (LogLevel, LogSource, Bytes) -> Void
  /// Where the instance's random stream begins; nil: no random service.
  public var seed: Seed?
  /// Runs a command in a box; nil: no box service. Tasks only. The time it takes counts against the deadline
  /// of the session's call.
  public var taskBox: ((TaskBoxCommand) throws(ServiceFailure) -> TaskBoxResult)?
  /// Adds (path, content, executable) to the workspace; called during `prepare` only. The path is relative
  /// and stays inside.
  public var putFile: ((Bytes, Bytes, Bool) throws(ServiceFailure) -> Void)?
  /// Content of a submitted file of at most so many bytes; called during `grade` only.
  public var readSubmission: ((Bytes, UInt64) throws(ServiceFailure) -> Bytes)?
  /// Whether the trial is cancelled or out of time. Called at least ten times a second while a plugin works;
  /// once it is true the plugin has two seconds to return.
  public var isCancelled: () -> Bool

  public init(
    log: @escaping (LogLevel, LogSource, Bytes) -> Void = { _, _, _ in }, seed: Seed? = nil,
    taskBox: ((TaskBoxCommand) throws(ServiceFailure) -> TaskBoxResult)? = nil,
    putFile: ((Bytes, Bytes, Bool) throws(ServiceFailure) -> Void)? = nil,
    readSubmission: ((Bytes, UInt64) throws(ServiceFailure) -> Bytes)? = nil,
    isCancelled: @escaping () -> Bool = { false }
  ) {
    self.log = log
    self.seed = seed
    self.taskBox = taskBox
    self.putFile = putFile
    self.readSubmission = readSubmission
    self.isCancelled = isCancelled
  }

  /// As `create_agent` and `create_task` announce them.
  var offered: UInt32 {
    (seed == nil ? 0 : CreateMessage.offersRandom) | (taskBox == nil ? 0 : CreateMessage.offersTaskBox)
      | (putFile == nil && readSubmission == nil ? 0 : CreateMessage.offersSubmission)
  }
}
