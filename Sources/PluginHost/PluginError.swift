// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Frames
public import LyceumCore
internal import Processes

/// Why a plugin could not do what it was asked. A plugin that lies, crashes or hangs gives one of these and
/// nothing else.
public struct PluginError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// No such file, agent or task.
    case notFound
    /// The file is no plugin: not a library, no entry symbol, or a wrong magic.
    case notAPlugin
    /// The dynamic linker cannot load it.
    case unloadable
    /// It does not want to live with this host, or its init() failed.
    case refused
    /// Another major version of the ABI, or structs shorter than in 1.0.
    case wrongABI
    /// Two plugins offer the same agent or task.
    case duplicate
    case crashed(signal: Int32)
    /// It ended by itself in the middle of a call.
    case exited(code: Int32)
    /// It did not answer by the deadline and was killed.
    case hung
    /// It answered with a status other than LYC_OK.
    case failed(status: Int32)
    /// It broke a rule of the ABI or of the frames; the detail names the field.
    case protocolViolation
    /// The trial was cancelled while it worked.
    case cancelled
    /// Its process could not be started, or this host's own system calls failed: not the plugin's doing.
    case launch
  }

  public var kind: Kind
  /// One line for a person; what a plugin wrote is escaped.
  public var detail: String

  public init(_ kind: Kind, _ detail: some StringProtocol) {
    self.kind = kind
    self.detail = String(line: Array(detail.utf8), limit: 1000)
  }

  public var description: String {
    let what =
      switch kind {
      case .notFound: "not found"
      case .notAPlugin: "not a plugin"
      case .unloadable: "cannot be loaded"
      case .refused: "refused"
      case .wrongABI: "wrong ABI"
      case .duplicate: "offered twice"
      case .crashed(let signal): "crashed with signal \(signal)"
      case .exited(let code): "exited with status \(code)"
      case .hung: "hung"
      case .failed(let status): "failed with status \(status)"
      case .protocolViolation: "broke the plugin rules"
      case .cancelled: "cancelled"
      case .launch: "could not be started"
      }
    return detail.isEmpty ? what : "\(what): \(detail)"
  }

  /// Who is to blame, given whose plugin it was (`agent`, `task` or `grader`).
  public func cause(of owner: Cause) -> Cause {
    switch kind {
    case .launch: .host
    default: owner
    }
  }

  /// From the status and words of a reply to `call`.
  init(status: Int32, words: String, call: String) {
    let kind: Kind =
      switch status {
      case FrameStatus.cancelled: .cancelled
      case FrameStatus.unloadable: .unloadable
      case FrameStatus.noEntry, FrameStatus.wrongMagic: .notAPlugin
      case FrameStatus.wrongABI, FrameStatus.shortStruct: .wrongABI
      case FrameStatus.refused: .refused
      case FrameStatus.violation: .protocolViolation
      default: .failed(status: status)
      }
    self.init(kind, words.isEmpty ? "\(call) gave no reason" : "\(call): \(words)")
  }

  init(_ error: FrameError, call: String) { self.init(.protocolViolation, "\(call): \(error)") }

  init(_ error: SystemError) { self.init(.launch, "\(error)") }
}
