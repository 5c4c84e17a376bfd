// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import LyceumCore
public import Processes

/// What a workspace or its repository could not do.
public enum WorkspaceError: Error, Sendable, CustomStringConvertible {
  /// A system call failed on `path`, a path of the host.
  case system(SystemError, path: String)
  /// libgit2 refused; `message` is its own.
  case git(String, message: String)
  /// An object of the repository is missing, of another type than expected, or malformed.
  case damaged(String)
  /// The directory where a workspace is to be made is there already and not empty.
  case notEmpty(String)
  /// More than `limit` of something.
  case limit(String, limit: UInt64)
  /// A trial's identifier cannot be part of a reference's name.
  case invalidTrial(String)
  /// A trial's reference is not where the writer believed: another worker has the same trial.
  case trialMoved(String)
  /// A file that the agent named could not be read or written; fit to be shown to it.
  case file(Bytes, FileProblem)

  /// Why a file that an agent named could not be read or written.
  public enum FileProblem: Sendable, Hashable {
    /// Empty, a NUL byte, a `..`, or longer than the system allows.
    case invalidPath
    case missing
    /// The path, or a symbolic link on it, leads out of the workspace.
    case outside
    case isDirectory
    case notDirectory
    /// A FIFO, a socket or a device.
    case special
    case tooLarge(bytes: UInt64, limit: UInt64)
    case denied
    case other(code: Int32)
  }

  public var description: String {
    switch self {
    case .system(let error, let path): "\(path): \(error)"
    case .git(let what, let message): "git repository: cannot \(what): \(message)"
    case .damaged(let what): "git repository is damaged: \(what); check it with `git fsck`"
    case .notEmpty(let path): "\(path) is not empty; name a new directory"
    case .limit(let what, let limit): "workspace has more than \(limit) \(what)"
    case .invalidTrial(let id):
      "\(id.debugDescription) cannot name a trial; use letters, digits, '.', '_', '-'"
    case .trialMoved(let id):
      "the history of trial \(id) was moved by another process; run one worker per trial"
    case .file(let path, let problem): "\(String(line: path)): \(problem)"
    }
  }

  static func system(_ call: String, path: String, code: Int32) -> WorkspaceError {
    .system(SystemError(call, code: code), path: path)
  }
}

extension WorkspaceError.FileProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidPath: "not a valid path inside the workspace"
    case .missing: "no such file"
    case .outside: "leads out of the workspace"
    case .isDirectory: "is a directory"
    case .notDirectory: "a part of the path is not a directory"
    case .special: "is not a regular file"
    case .tooLarge(let bytes, let limit): "has \(bytes) bytes; at most \(limit) are allowed"
    case .denied: "permission denied"
    case .other(let code): "\(SystemError("failed", code: code))"
    }
  }
}
