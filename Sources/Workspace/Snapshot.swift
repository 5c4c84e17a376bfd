// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import LyceumCore

/// A workspace as it was recorded.
public struct Snapshot: Sendable {
  /// Why something in the workspace is not, or not newly, in the tree.
  public enum SkipReason: Sendable, Hashable {
    /// A FIFO, a socket or a device.
    case special
    case tooDeep
    /// The walk ended here; more may be missing.
    case entryLimit
    /// The last recorded version, if any, is kept.
    case totalBytes
    /// Permission denied, or a failing disk; the last recorded version, if any, is kept.
    case unreadable(code: Int32)
    /// The last recorded version, if any, is kept.
    case changedWhileRead
    /// Only its size and a fingerprint are recorded.
    case largeFile
  }

  public struct Skipped: Sendable, Hashable {
    /// Relative to the workspace.
    public let path: Bytes
    public let reason: SkipReason
  }

  public let tree: TreeID
  /// The first of what is not in the tree, at most ``skippedListed``, in the order of the walk.
  public let skipped: [Skipped]
  /// How many there are.
  public let skippedCount: Int
  /// Names in all directories.
  public let entries: Int
  /// Lengths of all regular files together, recorded or not; a sparse file counts with its length.
  public let bytes: UInt64
  /// What all files occupy on disk.
  public let diskBytes: UInt64
  /// Lengths of the files that were read because they may have changed.
  public let newBytes: UInt64

  public static let skippedListed = 100

  /// There are directories deeper than the limit; nothing in them was looked at.
  public let isTooDeep: Bool

  /// Nothing was left out but special files and the content of large ones.
  public var isComplete: Bool
}

extension Snapshot.SkipReason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .special: "special file"
    case .tooDeep: "too deep"
    case .entryLimit: "too many entries"
    case .totalBytes: "too many bytes in all"
    case .unreadable(let code): "unreadable (errno \(code))"
    case .changedWhileRead: "changed while it was read"
    case .largeFile: "large file: only size and fingerprint"
    }
  }
}
