// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// Payload of `log`.
public struct LogMessage: Message, Hashable {
  /// Longer lines are cut.
  public static let limit = 4096
  /// Lines that a trial keeps.
  public static let lineLimit = 10_000

  /// 0 debug, 1 info, 2 warning, 3 error.
  public var level: Int32
  public var message: [UInt8]

  public init(level: Int32, message: [UInt8]) {
    self.level = level
    self.message = message
  }

  public init(from input: inout WireReader) throws(FrameError) {
    level = try input.i32("level")
    message = try input.bytes("message")
  }

  public func encode(to out: inout WireWriter) {
    out.put(level)
    out.put(message)
  }
}

/// Result of `is_cancelled`.
public struct CancelledMessage: Message, Hashable {
  public var isCancelled: Bool

  public init(isCancelled: Bool) { self.isCancelled = isCancelled }

  public init(from input: inout WireReader) throws(FrameError) { isCancelled = try input.flag("cancelled") }

  public func encode(to out: inout WireWriter) { out.put(Int32(isCancelled ? 1 : 0)) }
}

/// `lyc_box_command`: payload of `run_box`.
public struct BoxCommandMessage: Message, Hashable {
  public static let prepare: UInt32 = 1
  public static let grade: UInt32 = 2

  public var box: UInt32
  public var script, submissionScript, environment: String
  /// 0: the host's own limit.
  public var milliseconds: UInt64

  public init(
    box: UInt32, script: String, submissionScript: String, environment: String, milliseconds: UInt64
  ) {
    self.box = box
    self.script = script
    self.submissionScript = submissionScript
    self.environment = environment
    self.milliseconds = milliseconds
  }

  public init(from input: inout WireReader) throws(FrameError) {
    box = try input.u32("box")
    script = try input.text("script")
    submissionScript = try input.text("submission_script")
    environment = try input.text("environment")
    milliseconds = try input.u64("milliseconds")
  }

  public func encode(to out: inout WireWriter) {
    out.put(box)
    out.put(script)
    out.put(submissionScript)
    out.put(environment)
    out.put(milliseconds)
  }
}

/// `lyc_box_result`: result of `run_box`.
public struct BoxResultMessage: Message, Hashable {
  public static let timedOut: UInt32 = 1
  public static let exited: UInt32 = 2
  public static let resultTooLong: UInt32 = 4

  public var flags: UInt32
  public var exitCode, termSignal: Int32
  public var output, result: [UInt8]

  public init(flags: UInt32, exitCode: Int32, termSignal: Int32, output: [UInt8], result: [UInt8]) {
    self.flags = flags
    self.exitCode = exitCode
    self.termSignal = termSignal
    self.output = output
    self.result = result
  }

  public init(from input: inout WireReader) throws(FrameError) {
    flags = try input.u32("flags")
    exitCode = try input.i32("exit_code")
    termSignal = try input.i32("term_signal")
    output = try input.bytes("output")
    result = try input.bytes("result")
  }

  public func encode(to out: inout WireWriter) {
    out.put(flags)
    out.put(exitCode)
    out.put(termSignal)
    out.put(output)
    out.put(result)
  }
}

/// Payload of `put_file`.
public struct PutFileMessage: Message, Hashable {
  public var path, content: [UInt8]
  public var isExecutable: Bool

  public init(path: [UInt8], content: [UInt8], isExecutable: Bool) {
    self.path = path
    self.content = content
    self.isExecutable = isExecutable
  }

  public init(from input: inout WireReader) throws(FrameError) {
    path = try input.bytes("path")
    content = try input.bytes("content")
    isExecutable = try input.flag("executable")
  }

  public func encode(to out: inout WireWriter) {
    out.put(path)
    out.put(content)
    out.put(Int32(isExecutable ? 1 : 0))
  }
}

/// Payload of `read_file`.
public struct ReadFileMessage: Message, Hashable {
  /// No file that is put or read is larger.
  public static let fileLimit = 64 << 20

  public var path: [UInt8]
  /// Most bytes that the caller takes.
  public var limit: UInt64

  public init(path: [UInt8], limit: UInt64) {
    self.path = path
    self.limit = limit
  }

  public init(from input: inout WireReader) throws(FrameError) {
    path = try input.bytes("path")
    limit = try input.u64("limit")
  }

  public func encode(to out: inout WireWriter) {
    out.put(path)
    out.put(limit)
  }
}

/// Result of `read_file`.
public struct FileContentMessage: Message, Hashable {
  public var content: [UInt8]

  public init(content: [UInt8]) { self.content = content }

  public init(from input: inout WireReader) throws(FrameError) { content = try input.bytes("content") }

  public func encode(to out: inout WireWriter) { out.put(content) }
}
