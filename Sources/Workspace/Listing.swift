// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
public import LyceumCore

/// Something in a recorded tree.
public struct ListedEntry: Sendable, Hashable {
  /// Relative to the tree's root, unescaped.
  public let path: Bytes
  public let kind: EntryKind
  /// Bytes of the file or of the link's target; 0 for a directory; for a large file its length on disk.
  public let size: UInt64
  /// Name of the object; that of a large file names its fingerprint.
  public let id: ObjectID
}

extension Repository {
  /// Everything below the root of `tree`, directories before what is in them, each in git's order of names.
  /// Throws when there are more than `limit` entries.
  public func list(_ tree: TreeID, limit: Int = 200_000) throws(WorkspaceError) -> [ListedEntry] {
    var all: [ListedEntry] = []
    try list(tree.object, prefix: [], depth: 0, limit: limit, into: &all)
    return all
  }

  private func list(
    _ tree: ObjectID, prefix: Bytes, depth: Int, limit: Int, into all: inout [ListedEntry]
  ) throws(WorkspaceError) {
    guard depth <= Repository.depth else {
      throw .limit("levels of directories", limit: UInt64(Repository.depth))
    }
    for entry in try entries(of: tree) {
      guard all.count < limit else { throw .limit("entries", limit: UInt64(max(0, limit))) }
      let path = prefix + entry.name
      all.append(ListedEntry(path: path, kind: entry.kind, size: try size(of: entry), id: entry.id))
      if entry.kind == .directory {
        try list(entry.id, prefix: path + [0x2F], depth: depth + 1, limit: limit, into: &all)
      }
    }
  }

  func size(of entry: TreeEntry) throws(WorkspaceError) -> UInt64 {
    switch entry.kind {
    case .directory: 0
    case .file, .executable, .symlink: try objects.size(of: entry.id)
    case .largeFile:
      if let file = LargeFile(try objects.read(entry.id, as: GIT_OBJECT_BLOB, limit: 1024)) {
        file.size
      } else {
        throw .damaged("large file \(entry.id)")
      }
    }
  }
}
