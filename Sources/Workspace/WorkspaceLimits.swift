// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// How much of a workspace is recorded. What is above a limit is left out and said in the ``Snapshot``.
public struct WorkspaceLimits: Sendable, Hashable {
  /// Directories below the workspace's own; deeper ones are not looked into.
  public var depth: Int
  /// Names in all directories together; the walk ends there.
  public var entries: Int
  /// Bytes of one file; of a larger one its size and a fingerprint are recorded.
  public var fileBytes: UInt64
  /// Lengths of all files together, sparse ones too; what comes after keeps its last recorded version.
  public var totalBytes: UInt64

  public init(
    depth: Int = 100, entries: Int = 200_000, fileBytes: UInt64 = 50 << 20, totalBytes: UInt64 = 4 << 30
  ) {
    self.depth = depth
    self.entries = entries
    self.fileBytes = fileBytes
    self.totalBytes = totalBytes
  }
}
