// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import LyceumCore
internal import Processes

/// Removes a directory of an agent's making: any depth, any names, any permissions that its owner (or root) can
/// lift. Nothing outside is touched, since no path is longer than one name and no link is followed.
struct Removal {
  private let root: Int32
  private let path: String
  private var moved = 0

  /// Descriptors in use at once stay below this; deeper directories are first moved up.
  private static let depth = 64

  /// Removes the directory `path`; nothing happens when there is none.
  static func remove(_ path: String) throws(WorkspaceError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { return }
      guard errno == EACCES, unsafe chmod(path, 0o700) == 0 else {
        throw .system("open", path: path, code: errno)
      }
      return try remove(path, opened: unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
    }
    try remove(path, opened: descriptor)
  }

  private static func remove(_ path: String, opened: Int32) throws(WorkspaceError) {
    guard opened >= 0 else { throw .system("open", path: path, code: errno) }
    let root = Descriptor(owning: opened)
    var removal = Removal(root: root.raw, path: path)
    try removal.empty(root.raw, depth: 0)
    guard unsafe rmdir(path) == 0 else { throw .system("rmdir", path: path, code: errno) }
  }

  private init(root: Int32, path: String) {
    self.root = root
    self.path = path
  }

  /// Removes all that is in the open directory; that names appear meanwhile means another pass.
  private mutating func empty(_ directory: Int32, depth: Int) throws(WorkspaceError) {
    for _ in 0..<1000 {
      if try pass(directory, depth: depth) { return }
    }
    throw .system("unlinkat", path: path, code: ENOTEMPTY)
  }

  /// True when the directory was empty.
  private mutating func pass(_ directory: Int32, depth: Int) throws(WorkspaceError) -> Bool {
    var status = stat()
    if unsafe fstat(directory, &status) == 0 && status.st_mode & 0o700 != 0o700 { fchmod(directory, 0o700) }
    let copy = At.openDirectory(directory, Component([0x2E]))
    guard copy >= 0, var names = DirectoryStream(owning: copy) else {
      throw .system("openat", path: path, code: errno)
    }
    var wasEmpty = true
    while names.advance() {
      wasEmpty = false
      let name = Component(terminated: names.name)
      if At.unlink(directory, name, isDirectory: false) == 0 || errno == ENOENT { continue }
      guard errno == EISDIR || errno == EPERM else { throw .system("unlinkat", path: path, code: errno) }
      if At.unlink(directory, name, isDirectory: true) == 0 { continue }
      try removeDirectory(directory, name, depth: depth)
    }
    return wasEmpty
  }

  private mutating func removeDirectory(
    _ parent: Int32, _ name: Component, depth: Int
  ) throws(WorkspaceError) {
    var opened = At.openDirectory(parent, name)
    if opened < 0 && errno == EACCES {
      _ = At.changeMode(parent, name, to: 0o700)
      opened = At.openDirectory(parent, name)
    }
    guard opened >= 0 else { throw .system("openat", path: path, code: errno) }
    let directory = Descriptor(owning: opened)
    if depth >= Removal.depth {
      // A directory can be renamed only by one who may write into it, for the sake of its "..".
      fchmod(directory.raw, 0o700)
      moved += 1
      let target = Component("lyceum-removal-\(getpid())-\(moved)".utf8)
      guard At.rename(parent, name, to: root, target) == 0 else {
        throw .system("renameat", path: path, code: errno)
      }
      return
    }
    try empty(directory.raw, depth: depth + 1)
    guard At.unlink(parent, name, isDirectory: true) == 0 else {
      throw .system("unlinkat", path: path, code: errno)
    }
  }
}

extension Workspace {
  /// Removes the folder at `path` with all that is in it, whatever its permissions, depth and names; nothing happens
  /// when there is none. Links are not followed. Nothing may run in it any more.
  public static func removeTree(at path: String) throws(WorkspaceError) { try Removal.remove(path) }
}
