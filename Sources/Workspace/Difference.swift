// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
public import LyceumCore

/// One path that differs between two trees. A directory differs by the files in it.
public struct FileChange: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case added, deleted
    /// The content is another one, and perhaps the kind too.
    case modified
    /// Only the permission to execute.
    case mode
  }

  /// Unescaped; the caller escapes it for whoever reads it.
  public let path: Bytes
  public let kind: Kind
  /// Nil when the path was not there; a directory only when it is empty.
  public let old: EntryKind?
  public let new: EntryKind?
  /// Bytes; 0 when the path was not there.
  public let oldSize: UInt64
  public let newSize: UInt64
  /// A unified text patch without its file header; nil when none was asked for, the content is not text, or a
  /// limit was met. Bytes of the agent's making.
  public let patch: Bytes?
}

/// What differs between two trees, in the order of paths.
public struct TreeDifference: Sendable, Hashable {
  public let changes: [FileChange]
  /// False when there are more than the limit.
  public let isComplete: Bool
}

/// How much a comparison may produce.
public struct DiffLimits: Sendable, Hashable {
  /// Changed paths.
  public var changes: Int
  /// Bytes of all patches together; 0 makes none.
  public var patchBytes: Int
  /// Bytes of the largest file that is compared by lines.
  public var fileBytes: Int

  public init(changes: Int = 10_000, patchBytes: Int = 0, fileBytes: Int = 512 << 10) {
    self.changes = changes
    self.patchBytes = patchBytes
    self.fileBytes = fileBytes
  }
}

extension Repository {
  /// What differs between two trees. Equal subtrees cost nothing.
  public func diff(
    from old: TreeID, to new: TreeID, limits: DiffLimits = DiffLimits()
  ) throws(WorkspaceError) -> TreeDifference {
    var comparison = Comparison(self, limits)
    try comparison.compare(old.object, new.object, prefix: [], depth: 0)
    return TreeDifference(changes: comparison.changes, isComplete: comparison.isComplete)
  }
}

private struct Comparison {
  private let repository: Repository
  private let limits: DiffLimits
  private var patchBytes = 0
  var changes: [FileChange] = []
  var isComplete = true

  init(_ repository: Repository, _ limits: DiffLimits) {
    self.repository = repository
    self.limits = limits
  }

  /// Nil stands for no tree at all.
  mutating func compare(_ old: ObjectID?, _ new: ObjectID?, prefix: Bytes, depth: Int) throws(WorkspaceError)
  {
    guard old != new, isComplete else { return }
    guard depth <= Repository.depth else {
      throw .limit("levels of directories", limit: UInt64(Repository.depth))
    }
    let before = try sorted(old)
    let after = try sorted(new)
    var (i, j) = (0, 0)
    while i < before.count || j < after.count {
      let a = i < before.count ? before[i] : nil
      let b = j < after.count ? after[j] : nil
      if let a, let b, a.name == b.name {
        try compare(a, b, prefix, depth)
        (i, j) = (i + 1, j + 1)
      } else if let a, b.map({ a.name.lexicographicallyPrecedes($0.name) }) ?? true {
        try compare(a, nil, prefix, depth)
        i += 1
      } else {
        try compare(nil, b, prefix, depth)
        j += 1
      }
    }
  }

  private mutating func compare(
    _ old: TreeEntry?, _ new: TreeEntry?, _ prefix: Bytes, _ depth: Int
  ) throws(WorkspaceError) {
    guard let name = (old ?? new)?.name, old?.id != new?.id || old?.kind != new?.kind, isComplete else {
      return
    }
    let path = prefix + name
    let oldTree = old?.kind == .directory ? old?.id : nil
    let newTree = new?.kind == .directory ? new?.id : nil
    let oldFile = try oldTree.map(isEmpty) ?? true ? old : nil
    let newFile = try newTree.map(isEmpty) ?? true ? new : nil
    // An empty directory that gets its first file, or loses its last, does not itself change.
    if (oldFile != nil || newFile != nil) && !(oldTree != nil && newTree != nil) {
      try add(path, oldFile, newFile)
    }
    if oldTree != nil || newTree != nil {
      try compare(oldTree, newTree, prefix: path + [0x2F], depth: depth + 1)
    }
  }

  private func isEmpty(_ tree: ObjectID) throws(WorkspaceError) -> Bool {
    try repository.entries(of: tree).isEmpty
  }

  private func sorted(_ tree: ObjectID?) throws(WorkspaceError) -> [TreeEntry] {
    guard let tree else { return [] }
    return try repository.entries(of: tree).sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  private mutating func add(_ path: Bytes, _ old: TreeEntry?, _ new: TreeEntry?) throws(WorkspaceError) {
    guard changes.count < limits.changes else {
      isComplete = false
      return
    }
    let kind: FileChange.Kind =
      switch (old, new) {
      case (nil, _): .added
      case (_, nil): .deleted
      case (let old?, let new?):
        old.id == new.id && old.kind != .symlink && new.kind != .symlink ? .mode : .modified
      }
    let oldSize = try old.map { entry throws(WorkspaceError) in try repository.size(of: entry) } ?? 0
    let newSize = try new.map { entry throws(WorkspaceError) in try repository.size(of: entry) } ?? 0
    var patch: Bytes?
    if kind != .mode && patchBytes < limits.patchBytes && isText(old, oldSize) && isText(new, newSize) {
      patch = try self.patch(old?.id, new?.id)
      if let made = patch {
        if patchBytes + made.count > limits.patchBytes { patch = nil } else { patchBytes += made.count }
      }
    }
    changes.append(
      FileChange(
        path: path, kind: kind, old: old?.kind, new: new?.kind, oldSize: oldSize, newSize: newSize,
        patch: patch))
  }

  private func isText(_ entry: TreeEntry?, _ size: UInt64) -> Bool {
    guard let entry else { return true }
    return (entry.kind == .file || entry.kind == .executable) && size <= UInt64(limits.fileBytes)
  }

  private func patch(_ old: ObjectID?, _ new: ObjectID?) throws(WorkspaceError) -> Bytes? {
    let limit = UInt64(limits.fileBytes)
    let before =
      if let old { try repository.objects.read(old, as: GIT_OBJECT_BLOB, limit: limit) } else { Bytes() }
    let after =
      if let new { try repository.objects.read(new, as: GIT_OBJECT_BLOB, limit: limit) } else { Bytes() }
    return try GitLibrary.patch(from: before, to: after)
  }
}
