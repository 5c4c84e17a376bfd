// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CLyceum

/// A command for a box of the task's own, away from the agent.
public struct BoxCommand: Sendable, Hashable {
  public enum Box: UInt32, Sendable {
    /// `/data` and `/private` are empty and writable. Only while the task prepares.
    case prepare = 1
    /// `/data`, `/private` and `/submission` are read-only. Only while the task grades.
    case grade = 2
  }

  public var box: Box
  /// For bash; starts in the task's folder, `/task`.
  public var script: String
  /// In a grading box only: a script for a second box that holds the submission and neither answers nor
  /// grader. Its standard input reads what `script` writes to descriptor 4; its standard output is
  /// descriptor 5 there.
  public var submissionScript = ""
  /// Added to the box's own; neither names nor values may hold a line feed.
  public var environment: [String: String] = [:]
  /// Wall clock; 0 is the host's own limit.
  public var milliseconds: UInt64 = 0

  public init(_ box: Box, script: String) {
    self.box = box
    self.script = script
  }

  var environmentLines: String {
    environment.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "\n")
  }
}

/// How a box's command ended.
public struct BoxResult: Sendable, Hashable {
  /// Nil when a signal ended the command.
  public var exitCode: Int32?
  public var signal: Int32?
  public var timedOut = false
  /// Standard output and error, head and tail of at most 64 KiB.
  public var output: [UInt8] = []
  /// What the command wrote to descriptor 3, at most 1 MiB.
  public var result: [UInt8] = []
  /// Whether it wrote more than that; `result` is empty then.
  public var resultTooLong = false

  public init() {}
}

/// Services for tasks alone. Each throws ``PluginError/Status/unsupported`` where the host does not offer it.
extension HostServices {
  /// Runs a command in a fresh box and kills what is left of it. Throws when the box could not be had.
  public func run(_ command: BoxCommand) throws(PluginError) -> BoxResult {
    guard let table = unsafe service(LYC_HOST_TASK_BOX, lyc_host_task_box.self),
      let run = unsafe table.pointee.run
    else { throw PluginError("the host offers no boxes to this plugin", status: .unsupported) }
    if command.environment.contains(where: { ($0.key + $0.value).utf8.contains(10) || $0.key.contains("=") })
    {
      throw PluginError("a variable of the box holds a line feed, or '=' in its name", status: .invalid)
    }
    var result = unsafe lyc_box_result()
    unsafe result.struct_size = UInt32(MemoryLayout<lyc_box_result>.size)
    let status = unsafe withView(of: command.script) { script in
      unsafe withView(of: command.submissionScript) { submission in
        unsafe withView(of: command.environmentLines) { environment in
          var raw = unsafe lyc_box_command(
            struct_size: UInt32(MemoryLayout<lyc_box_command>.size), box: command.box.rawValue,
            script: script,
            submission_script: submission, environment: environment, milliseconds: command.milliseconds)
          return unsafe run(pointer, &raw, &result)
        }
      }
    }
    guard status == LYC_OK else { throw failure(status, "run a command in a box") }
    let flags = unsafe result.flags
    var out = BoxResult()
    if flags & LYC_BOX_EXITED != 0 {
      unsafe out.exitCode = result.exit_code
    } else {
      unsafe out.signal = result.term_signal
    }
    out.timedOut = flags & LYC_BOX_TIMED_OUT != 0
    out.resultTooLong = flags & LYC_BOX_RESULT_TOO_LONG != 0
    unsafe out.output = copy(result.output)
    unsafe out.result = copy(result.result)
    return out
  }

  /// Adds a file to the workspace that the agent will find; only while the task prepares. `path` is relative,
  /// without `.` or `..`; at most 64 MiB a file.
  public func putFile(_ path: String, _ content: [UInt8], executable: Bool = false) throws(PluginError) {
    let put = unsafe try submission().put_file
    let status = unsafe withView(of: Array(path.utf8)) { path in
      unsafe withView(of: content) { unsafe put?(pointer, path, $0, executable ? 1 : 0) ?? LYC_UNSUPPORTED }
    }
    if status != LYC_OK { throw failure(status, "add \(path) to the workspace") }
  }

  /// Content of a declared submission file; only while the task grades. Nil when it was not submitted or is
  /// not a regular file. Throws ``PluginError/Status/limit`` when it is larger than `limit` bytes.
  public func readFile(_ path: String, limit: UInt64) throws(PluginError) -> [UInt8]? {
    let read = unsafe try submission().read_file
    var content = unsafe lyc_bytes()
    let status = unsafe withView(of: Array(path.utf8)) {
      unsafe read?(pointer, $0, limit, &content) ?? LYC_UNSUPPORTED
    }
    if status == LYC_NOT_FOUND { return nil }
    if status != LYC_OK { throw failure(status, "read the submitted file \(path)") }
    return unsafe copy(content)
  }

  private func submission() throws(PluginError) -> lyc_host_submission {
    guard let table = unsafe service(LYC_HOST_SUBMISSION, lyc_host_submission.self)
    else { throw PluginError("the host offers no submission files to this plugin", status: .unsupported) }
    return unsafe table.pointee
  }

  private func failure(_ status: lyc_status, _ what: String) -> PluginError {
    let status = PluginError.Status(rawValue: status)
    let why =
      switch status {
      case .cancelled: "the trial is cancelled"
      case .unsupported: "this host does not do that"
      case .invalid: "an argument breaks the rules of the call"
      case .notFound: "it does not exist"
      case .denied: "not allowed at this moment"
      case .limit: "it is too large"
      case .timedOut: "time is up"
      default: "the host failed (status \(status.rawValue)); its log says more"
      }
    return PluginError("cannot \(what): \(why)", status: status)
  }
}
