// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
internal import Glibc
public import LyceumCore
internal import Processes

/// Fills an empty directory from a tree or a template, and notes what it made so that the first snapshot need not
/// read it again. Everything is made relative to open directories and must not exist before.
struct Materializer: ~Copyable {
  let repository: Repository
  let path: String
  let owner: UInt32?
  let limits: WorkspaceLimits
  var entries = 0
  /// Paths of large files, whose content no tree has.
  private(set) var missing: [Bytes] = []
  private var prefix: Bytes = []

  init(_ repository: Repository, path: String, owner: UInt32?, limits: WorkspaceLimits) {
    self.repository = repository
    self.path = path
    self.owner = owner
    self.limits = limits
  }

  /// Opens the directory at `path`, which is made when missing; throws when it is not empty.
  static func makeEmptyDirectory(_ path: String) throws(WorkspaceError) -> Descriptor {
    if unsafe mkdir(path, 0o755) != 0 && errno != EEXIST { throw .system("mkdir", path: path, code: errno) }
    let directory = try openDirectory(path)
    let copy = At.openDirectory(directory.raw, Component([0x2E]))
    guard copy >= 0, var names = DirectoryStream(owning: copy) else {
      throw .system("opendir", path: path, code: errno)
    }
    guard !names.advance() else { throw .notEmpty(path) }
    return directory
  }

  /// Opens the directory at `path`, which must not be a symbolic link.
  static func openDirectory(_ path: String) throws(WorkspaceError) -> Descriptor {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open", path: path, code: errno) }
    return Descriptor(owning: descriptor)
  }

  /// Makes the content of `tree` in the open, empty directory.
  mutating func restore(_ tree: ObjectID, into directory: Int32) throws(WorkspaceError) -> DirectoryRecord {
    let record = try restore(tree, into: directory, depth: 0)
    record.markRacy(after: Scan.now - 10_000_000)
    return record
  }

  private mutating func restore(
    _ tree: ObjectID, into directory: Int32, depth: Int
  ) throws(WorkspaceError) -> DirectoryRecord {
    guard depth <= limits.depth else { throw .limit("levels of directories", limit: UInt64(limits.depth)) }
    let record = DirectoryRecord()
    record.tree = tree
    for entry in try repository.entries(of: tree) {
      try count()
      let name = Component(entry.name)
      var made = DirectoryRecord.Entry(
        name: name, kind: entry.kind, key: StatKey(modified: 0, changed: 0, size: 0, inode: 0), id: entry.id)
      switch entry.kind {
      case .directory:
        let child = try makeDirectory(name, in: directory)
        prefix += entry.name + [0x2F]
        made.directory = try restore(entry.id, into: child.raw, depth: depth + 1)
        prefix.removeLast(entry.name.count + 1)
      case .file, .executable:
        let content = try repository.objects.read(entry.id, as: GIT_OBJECT_BLOB, limit: 1 << 40)
        made.key = try makeFile(name, content, isExecutable: entry.kind == .executable, in: directory)
      case .symlink:
        let target = try repository.objects.read(entry.id, as: GIT_OBJECT_BLOB, limit: 4096)
        made.key = try makeSymlink(name, target, in: directory)
      case .largeFile:
        missing.append(prefix + entry.name)
        record.tree = nil
        continue
      }
      if made.directory.map({ $0.tree == nil }) ?? false { record.tree = nil }
      record.entries.append(made)
    }
    try finish(directory)
    return record
  }

  mutating func count() throws(WorkspaceError) {
    entries += 1
    guard entries <= limits.entries else { throw .limit("entries", limit: UInt64(limits.entries)) }
  }

  /// A new directory, open.
  func makeDirectory(_ name: Component, in parent: Int32) throws(WorkspaceError) -> Descriptor {
    guard At.makeDirectory(parent, name) == 0 else { throw failed("mkdirat", name) }
    let descriptor = At.openDirectory(parent, name)
    guard descriptor >= 0 else { throw failed("openat", name) }
    return Descriptor(owning: descriptor)
  }

  /// Gives a finished directory its mode and owner.
  func finish(_ directory: Int32) throws(WorkspaceError) {
    guard fchmod(directory, 0o755) == 0 else { throw failed("fchmod", Component([0x2E])) }
    if let owner, fchown(directory, owner, owner) != 0 { throw failed("fchown", Component([0x2E])) }
  }

  /// A new file with the given content.
  func makeFile(
    _ name: Component, _ content: Bytes, isExecutable: Bool, in parent: Int32
  ) throws(WorkspaceError) -> StatKey {
    let file = try openNewFile(name, in: parent)
    do throws(SystemError) { try file.write(content) } catch {
      throw .system(error, path: "\(path): \(name.text)")
    }
    return try finish(file.raw, name, isExecutable: isExecutable)
  }

  func openNewFile(_ name: Component, in parent: Int32) throws(WorkspaceError) -> Descriptor {
    let descriptor = At.open(parent, name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    guard descriptor >= 0 else { throw failed("openat", name) }
    return Descriptor(owning: descriptor)
  }

  /// Gives a finished file its mode and owner.
  func finish(_ file: Int32, _ name: Component, isExecutable: Bool) throws(WorkspaceError) -> StatKey {
    guard fchmod(file, isExecutable ? 0o755 : 0o644) == 0 else { throw failed("fchmod", name) }
    if let owner, fchown(file, owner, owner) != 0 { throw failed("fchown", name) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw failed("fstat", name) }
    return StatKey(status)
  }

  func makeSymlink(_ name: Component, _ target: Bytes, in parent: Int32) throws(WorkspaceError) -> StatKey {
    guard !target.isEmpty, !target.contains(0) else { throw .damaged("the symbolic link \(name.text)") }
    guard At.makeSymlink(parent, name, target: target) == 0 else { throw failed("symlinkat", name) }
    if let owner, At.changeOwner(parent, name, to: owner) != 0 { throw failed("fchownat", name) }
    var status = stat()
    guard At.status(parent, name, &status) == 0 else { throw failed("fstatat", name) }
    return StatKey(status)
  }

  func failed(_ call: String, _ name: Component) -> WorkspaceError {
    let code = errno
    return .system(call, path: "\(path): \(name.text)", code: code)
  }
}

extension Repository {
  /// Makes the content of `tree` in `directory`, which must be missing or empty; bytes and names are what was
  /// recorded, modes 0644 and 0755. Symbolic links are made, never followed.
  ///
  /// - Parameter owner: user and group that get everything; needs root. Nil keeps the caller's.
  /// - Returns: the paths of large files, whose content was not recorded and which are therefore missing.
  @discardableResult
  public func restore(
    _ tree: TreeID, into directory: String, owner: UInt32? = nil
  ) throws(WorkspaceError) -> [Bytes] {
    let root = try Materializer.makeEmptyDirectory(directory)
    var limits = WorkspaceLimits()
    limits.entries = .max
    limits.depth = Repository.depth
    var maker = Materializer(self, path: directory, owner: owner, limits: limits)
    _ = try maker.restore(tree.object, into: root.raw)
    return maker.missing
  }
}
