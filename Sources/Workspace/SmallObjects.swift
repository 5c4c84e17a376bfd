// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
internal import Glibc
internal import LyceumCore
internal import Processes

/// Writes objects of less than a disk block into a repository's `objects` directory, uncompressed, in git's own form.
///
/// A step of an agent makes three such objects or so: a blob, a tree, a commit. libgit2 looks for each in all packs,
/// compresses it and links and unlinks it, at twice the cost. As there, a file takes its name only once it is whole,
/// so that any number of processes may write at once, and an object that is there already is only touched.
struct SmallObjects: ~Copyable {
  /// Bytes of the largest content.
  static let limit = 4000

  private let directory: Descriptor
  private let temporary = Component("tmp_obj_\(getpid())_\(Clock.now)".utf8)

  /// Opens the `objects` directory of a repository.
  init(_ path: String) throws(WorkspaceError) {
    let raw = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard raw >= 0 else { throw .system("open", path: path, code: errno) }
    directory = Descriptor(owning: raw)
  }

  /// Stores the first `count` bytes of `content`, at most ``limit``.
  borrowing func write(_ content: Bytes, count: Int, as type: git_object_t) throws(WorkspaceError) -> ObjectID
  {
    var oid = git_oid()
    try unsafe GitLibrary.check(git_odb_hash(&oid, content, count, type), "name an object")
    let id = ObjectID(oid)
    let hex = id.hex
    let name = Component("\(hex.prefix(2))/\(hex.dropFirst(2))".utf8)
    if At.touch(directory.raw, name) == 0 || errno != ENOENT { return id }
    let word = unsafe String(cString: git_object_type2string(type))
    try place(SmallObjects.deflated(Bytes("\(word) \(count)\0".utf8) + content[..<count]), as: name, hex)
    return id
  }

  private borrowing func place(_ file: Bytes, as name: Component, _ hex: String) throws(WorkspaceError) {
    let raw = At.open(directory.raw, temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o444)
    guard raw >= 0 else { throw .system("openat", path: temporary.text, code: errno) }
    do throws(SystemError) {
      let open = Descriptor(owning: raw)
      try open.write(file)
    } catch {
      _ = At.unlink(directory.raw, temporary, isDirectory: false)
      throw .system("write", path: temporary.text, code: error.code)
    }
    var status = At.rename(directory.raw, temporary, to: directory.raw, name)
    if status != 0 && errno == ENOENT {
      _ = At.makeDirectory(directory.raw, Component(hex.utf8.prefix(2)))
      status = At.rename(directory.raw, temporary, to: directory.raw, name)
    }
    guard status == 0 else {
      let code = errno
      _ = At.unlink(directory.raw, temporary, isDirectory: false)
      throw .system("rename", path: name.text, code: code)
    }
  }

  /// `bytes`, at most 5,000, as a zlib stream that holds them as they are (RFC 1950 and 1951).
  static func deflated(_ bytes: Bytes) -> Bytes {
    let size = UInt16(bytes.count)
    var (low, high) = (UInt32(1), UInt32(0))
    for byte in bytes {
      low += UInt32(byte)
      high += low
    }
    let sum = (high % 65521) << 16 | (low % 65521)
    var out: Bytes = [0x78, 0x01, 0x01]
    out.reserveCapacity(bytes.count + 11)
    for word in [size, ~size] { out += [UInt8(word & 0xFF), UInt8(word >> 8)] }
    out += bytes
    for shift in [24, 16, 8, 0] as [UInt32] { out.append(UInt8(truncatingIfNeeded: sum >> shift)) }
    return out
  }
}
