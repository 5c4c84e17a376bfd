// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CSupport
internal import Glibc
internal import LyceumCore
internal import Processes

/// One name in a directory, NUL-terminated for system calls; never a path.
struct Component: Hashable {
  let terminated: Bytes

  /// `name` has no NUL and no slash.
  init(_ name: some Sequence<UInt8>) { terminated = Bytes(name) + [0] }

  /// `terminated` ends with its only NUL.
  init(terminated: Bytes) { self.terminated = terminated }

  var bytes: ArraySlice<UInt8> { terminated.dropLast() }

  /// As part of a path of the host, for messages.
  var text: String { String(line: bytes) }
}

/// System calls relative to an open directory; each gives what the call gives and leaves `errno`.
/// None follows a symbolic link.
enum At {
  static func open(_ directory: Int32, _ name: Component, _ flags: Int32, mode: mode_t = 0) -> Int32 {
    unsafe name.terminated.withUnsafeBytes {
      unsafe openat(
        directory, $0.baseAddress!.assumingMemoryBound(to: CChar.self),
        flags | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, mode)
    }
  }

  /// A directory open for reading.
  static func openDirectory(_ directory: Int32, _ name: Component) -> Int32 {
    open(directory, name, O_RDONLY | O_DIRECTORY)
  }

  static func status(_ directory: Int32, _ name: Component, _ status: inout stat) -> Int32 {
    unsafe name.terminated.withUnsafeBytes {
      unsafe fstatat(
        directory, $0.baseAddress!.assumingMemoryBound(to: CChar.self), &status, AT_SYMLINK_NOFOLLOW)
    }
  }

  static func makeDirectory(_ directory: Int32, _ name: Component, mode: mode_t = 0o755) -> Int32 {
    unsafe name.terminated.withUnsafeBytes {
      unsafe mkdirat(directory, $0.baseAddress!.assumingMemoryBound(to: CChar.self), mode)
    }
  }

  /// Sets both times to now.
  static func touch(_ directory: Int32, _ name: Component) -> Int32 {
    unsafe name.terminated.withUnsafeBytes {
      unsafe utimensat(
        directory, $0.baseAddress!.assumingMemoryBound(to: CChar.self), nil, AT_SYMLINK_NOFOLLOW)
    }
  }

  static func unlink(_ directory: Int32, _ name: Component, isDirectory: Bool) -> Int32 {
    unsafe name.terminated.withUnsafeBytes {
      unsafe unlinkat(
        directory, $0.baseAddress!.assumingMemoryBound(to: CChar.self), isDirectory ? AT_REMOVEDIR : 0)
    }
  }

  static func rename(_ from: Int32, _ name: Component, to: Int32, _ newName: Component) -> Int32 {
    unsafe name.terminated.withUnsafeBytes { old in
      unsafe newName.terminated.withUnsafeBytes { new in
        unsafe renameat(
          from, old.baseAddress!.assumingMemoryBound(to: CChar.self), to,
          new.baseAddress!.assumingMemoryBound(to: CChar.self))
      }
    }
  }

  /// `target` has no NUL.
  static func makeSymlink(_ directory: Int32, _ name: Component, target: Bytes) -> Int32 {
    let target = target + [0]
    return unsafe target.withUnsafeBytes { to in
      unsafe name.terminated.withUnsafeBytes { name in
        unsafe symlinkat(
          to.baseAddress!.assumingMemoryBound(to: CChar.self), directory,
          name.baseAddress!.assumingMemoryBound(to: CChar.self))
      }
    }
  }

  /// The target of a symbolic link; nil when it cannot be read.
  static func readLink(_ directory: Int32, _ name: Component) -> Bytes? {
    var target = Bytes(repeating: 0, count: 4097)
    let count = unsafe target.withUnsafeMutableBytes { out in
      unsafe name.terminated.withUnsafeBytes { name in
        unsafe readlinkat(
          directory, name.baseAddress!.assumingMemoryBound(to: CChar.self),
          out.baseAddress!.assumingMemoryBound(to: CChar.self), 4097)
      }
    }
    guard count > 0, count <= 4096 else { return nil }
    return Bytes(target.prefix(count))
  }

  static func changeMode(_ directory: Int32, _ name: Component, to mode: UInt32) -> Int32 {
    unsafe name.terminated.withUnsafeBytes {
      unsafe lyc_chmod_nofollow(directory, $0.baseAddress!.assumingMemoryBound(to: CChar.self), mode)
    }
  }

  static func changeOwner(_ directory: Int32, _ name: Component, to owner: UInt32) -> Int32 {
    unsafe name.terminated.withUnsafeBytes {
      unsafe fchownat(
        directory, $0.baseAddress!.assumingMemoryBound(to: CChar.self), owner, owner, AT_SYMLINK_NOFOLLOW)
    }
  }
}
