// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
internal import Glibc
internal import LyceumCore

/// What tells that a file was not touched since it was recorded. An agent can set the modification time, but not
/// the change time.
struct StatKey: Equatable {
  var modified: Int64
  var changed: Int64
  var size: Int64
  var inode: UInt64

  init(_ status: stat) {
    modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
    size = Int64(status.st_size)
    inode = UInt64(status.st_ino)
  }

  init(modified: Int64, changed: Int64, size: Int64, inode: UInt64) {
    self.modified = modified
    self.changed = changed
    self.size = size
    self.inode = inode
  }
}

/// Everything that is known of one directory of a workspace: its names in the system's order, and their objects.
final class DirectoryRecord {
  struct Entry {
    let name: Component
    /// Nil when nothing is recorded under this name.
    var kind: EntryKind?
    var key: StatKey
    var id: ObjectID?
    /// Touched so shortly before it was recorded that a later change may not show in `key`.
    var isRacy = false
    var directory: DirectoryRecord?
  }

  var entries: [Entry] = []
  var tree: ObjectID?

  /// The tree object of the recorded entries, written unless it is there already. Git has no empty directories, so
  /// that one which is not a workspace's own gets a placeholder.
  func writeTree(to objects: borrowing ObjectDatabase, isRoot: Bool) throws(WorkspaceError) -> ObjectID {
    var recorded: [(name: Bytes, kind: EntryKind, id: ObjectID)] = []
    recorded.reserveCapacity(entries.count)
    for entry in entries {
      guard let kind = entry.kind, let id = entry.id else { continue }
      recorded.append((RecordedName.encode(entry.name.bytes, isLarge: kind == .largeFile), kind, id))
    }
    if recorded.isEmpty && !isRoot {
      recorded.append((RecordedName.placeholder, .file, try objects.write([])))
    }
    return try objects.write(TreeObject.encode(recorded), as: GIT_OBJECT_TREE)
  }

  /// Marks what was touched after `moment` as ``Entry/isRacy``, in all directories below.
  func markRacy(after moment: Int64) {
    for i in entries.indices {
      if let directory = entries[i].directory {
        directory.markRacy(after: moment)
      } else {
        entries[i].isRacy = entries[i].key.changed >= moment
      }
    }
  }
}
