// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
internal import Glibc
public import LyceumCore

/// The git repository of one trajectory store: bare, outside every workspace, shared by all trials. Several
/// processes may write to it at once; one value belongs to one thread.
///
/// Only libgit2 touches it, and only as a store of objects: no attributes, ignore files, filters, hooks or
/// configuration play a part.
public final class Repository {
  /// Directory of the repository.
  public let path: String
  let handle: RepositoryHandle
  /// Deepest tree that is read.
  static let depth = 1000
  let objects: ObjectDatabase
  /// For large blobs, whose compression costs more than the space is worth.
  let uncompressed: ObjectDatabase

  /// Opens the bare repository at `path`, which is created when missing; several processes may do that at once.
  public init(at path: String) throws(WorkspaceError) {
    try GitLibrary.start()
    if unsafe access("\(path)/HEAD", F_OK) != 0 { try Repository.create(at: path) }
    self.path = path
    handle = try RepositoryHandle(opening: path)
    objects = try ObjectDatabase(objects: "\(path)/objects", level: 1)
    uncompressed = try ObjectDatabase(objects: "\(path)/objects", level: 0)
    try objects.serve(handle)
  }

  /// The new repository takes its name only once it is whole.
  private static func create(at path: String) throws(WorkspaceError) {
    var template = Array("\(path).XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw .system("mkdtemp", path: path, code: errno) }
    let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do throws(WorkspaceError) {
      _ = try RepositoryHandle(creating: temporary)
      if unsafe rename(temporary, path) == 0 { return }
      let code = errno
      guard [EEXIST, ENOTEMPTY].contains(code), unsafe access("\(path)/HEAD", F_OK) == 0 else {
        throw .system("rename", path: path, code: code)
      }
      try Removal.remove(temporary)
    } catch {
      try? Removal.remove(temporary)
      throw error
    }
  }

  /// The content of a regular file in a tree; nil when the path names no regular file there or the content was too
  /// large to be stored. Throws when it has more than `limit` bytes.
  public func readFile(_ path: Bytes, in tree: TreeID, limit: Int) throws(WorkspaceError) -> Bytes? {
    guard let entry = try find(path, in: tree), entry.kind == .file || entry.kind == .executable else {
      return nil
    }
    return try objects.read(entry.id, as: GIT_OBJECT_BLOB, limit: UInt64(max(0, limit)))
  }

  /// What `tree` has at `path`; nil when it has nothing there.
  public func entry(_ path: Bytes, in tree: TreeID) throws(WorkspaceError) -> ListedEntry? {
    guard let found = try find(path, in: tree) else { return nil }
    return ListedEntry(path: path, kind: found.kind, size: try size(of: found), id: found.id)
  }

  /// Follows `path` through the tree by its components, never through a link.
  func find(_ path: Bytes, in tree: TreeID) throws(WorkspaceError) -> TreeEntry? {
    var found = TreeEntry(name: [], kind: .directory, id: tree.object)
    for component in path.split(separator: UInt8(ascii: "/")) where component != [UInt8(ascii: ".")] {
      guard found.kind == .directory else { return nil }
      guard let next = try entries(of: found.id).first(where: { $0.name.elementsEqual(component) }) else {
        return nil
      }
      found = next
    }
    return found
  }

  /// The entries of one tree, in git's order.
  func entries(of id: ObjectID) throws(WorkspaceError) -> [TreeEntry] {
    try TreeObject.parse(objects.read(id, as: GIT_OBJECT_TREE, limit: 256 << 20), id: id)
  }
}
