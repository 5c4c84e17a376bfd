// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CSupport
internal import Glibc
public import LyceumCore
internal import Processes

/// The host's file tools. Every path is resolved by the kernel beneath the workspace: a symbolic link in it may lead
/// anywhere inside, never out, even when the agent's processes change it meanwhile.
extension Workspace {
  /// The content of the regular file at `path`, relative to the workspace.
  /// Throws ``WorkspaceError/file(_:_:)`` when it has more than `limit` bytes or cannot be read.
  public func readFile(_ path: Bytes, limit: Int) throws(WorkspaceError) -> Bytes {
    guard let relative = RelativePath(path) else { throw .file(path, .invalidPath) }
    let opened = Workspace.open(beneath: root.raw, relative.prefix(relative.components.count), O_RDONLY)
    guard opened >= 0 else { throw .file(path, Workspace.problem(errno)) }
    let file = Descriptor(owning: opened)
    let size = try Workspace.sizeOfRegularFile(file, path)
    let limit = min(max(0, limit), Int.max - 1)
    guard size <= UInt64(limit) else { throw .file(path, .tooLarge(bytes: size, limit: UInt64(limit))) }
    var content = Bytes()
    do throws(SystemError) {
      while content.count <= limit, let chunk = try file.read(upTo: min(1 << 20, limit + 1 - content.count)),
        !chunk.isEmpty
      {
        content += chunk
      }
    } catch {
      throw .file(path, Workspace.problem(error.code))
    }
    guard content.count <= limit else {
      throw .file(path, .tooLarge(bytes: UInt64(content.count), limit: UInt64(limit)))
    }
    return content
  }

  /// Makes `content` the content of the regular file at `path`, relative to the workspace. A file that is there
  /// keeps its mode, owner and hard links; a new one gets mode 0644. Missing directories are made.
  ///
  /// - Parameters:
  ///   - owner: user and group of what is made new; needs root. Nil keeps the caller's.
  ///   - limit: bytes that `content` may have.
  public func writeFile(
    _ path: Bytes, _ content: Bytes, owner: UInt32? = nil, limit: Int = 16 << 20
  ) throws(WorkspaceError) {
    guard let relative = RelativePath(path), path.last != 0x2F else { throw .file(path, .invalidPath) }
    guard content.count <= limit else {
      throw .file(path, .tooLarge(bytes: UInt64(content.count), limit: UInt64(max(0, limit))))
    }
    try makeParents(of: relative, path, owner)
    let (opened, isNew) = Workspace.openForWriting(root.raw, relative.prefix(relative.components.count))
    guard opened >= 0 else { throw .file(path, Workspace.problem(errno)) }
    let file = Descriptor(owning: opened)
    _ = try Workspace.sizeOfRegularFile(file, path)
    if !isNew { Workspace.dropSetIDs(file) }
    if isNew {
      fchmod(file.raw, 0o644)
      if let owner, fchown(file.raw, owner, owner) != 0 { throw .file(path, Workspace.problem(errno)) }
    }
    guard ftruncate(file.raw, 0) == 0 else { throw .file(path, Workspace.problem(errno)) }
    do throws(SystemError) { try file.write(content) } catch {
      throw .file(path, Workspace.problem(error.code))
    }
  }

  /// A file that lends its owner's identity must not get content from the host.
  private static func dropSetIDs(_ file: borrowing Descriptor) {
    var status = stat()
    guard unsafe fstat(file.raw, &status) == 0, status.st_mode & 0o7000 != 0 else { return }
    fchmod(file.raw, status.st_mode & 0o777)
  }

  /// Only a file that is certainly new may get an owner and a mode.
  private static func openForWriting(_ root: Int32, _ path: Bytes) -> (descriptor: Int32, isNew: Bool) {
    for _ in 0..<10 {
      let new = open(beneath: root, path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
      if new >= 0 { return (new, true) }
      guard errno == EEXIST else { return (-1, false) }
      let existing = open(beneath: root, path, O_WRONLY)
      if existing >= 0 || errno != ENOENT { return (existing, false) }
    }
    return (-1, false)
  }

  private func makeParents(of path: RelativePath, _ name: Bytes, _ owner: UInt32?) throws(WorkspaceError) {
    for count in 1..<max(1, path.components.count) {
      let there = Workspace.open(beneath: root.raw, path.prefix(count), O_RDONLY | O_DIRECTORY)
      if there >= 0 {
        close(there)
        continue
      }
      guard errno == ENOENT else { throw .file(name, Workspace.problem(errno)) }
      let parent = Workspace.open(beneath: root.raw, path.prefix(count - 1), O_RDONLY | O_DIRECTORY)
      guard parent >= 0 else { throw .file(name, Workspace.problem(errno)) }
      let directory = Descriptor(owning: parent)
      let component = path.components[count - 1]
      if At.makeDirectory(directory.raw, component) == 0 {
        if let owner, At.changeOwner(directory.raw, component, to: owner) != 0 {
          throw .file(name, Workspace.problem(errno))
        }
      } else if errno != EEXIST {
        throw .file(name, Workspace.problem(errno))
      }
    }
  }

  private static func open(beneath root: Int32, _ path: Bytes, _ flags: Int32, mode: UInt32 = 0) -> Int32 {
    unsafe path.withUnsafeBytes {
      unsafe lyc_open_beneath(root, $0.baseAddress!.assumingMemoryBound(to: CChar.self), flags, mode, 0)
    }
  }

  private static func sizeOfRegularFile(
    _ file: borrowing Descriptor, _ path: Bytes
  ) throws(WorkspaceError) -> UInt64 {
    var status = stat()
    guard unsafe fstat(file.raw, &status) == 0 else { throw .file(path, problem(errno)) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return UInt64(max(0, status.st_size))
    case S_IFDIR: throw .file(path, .isDirectory)
    default: throw .file(path, .special)
    }
  }

  private static func problem(_ code: Int32) -> WorkspaceError.FileProblem {
    switch code {
    case ENOENT: .missing
    case EXDEV, ELOOP, EAGAIN: .outside
    case EISDIR: .isDirectory
    case ENOTDIR: .notDirectory
    case ENXIO, ENODEV: .special
    case EACCES, EPERM: .denied
    case ENAMETOOLONG: .invalidPath
    default: .other(code: code)
    }
  }
}
