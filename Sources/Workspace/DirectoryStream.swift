// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import LyceumCore

/// The names in an open directory, in the system's order, `.` and `..` left out.
@safe struct DirectoryStream: ~Copyable {
  private let raw: OpaquePointer
  /// The name that ``advance()`` found, NUL-terminated.
  private(set) var name: Bytes = []
  /// Its type as the directory says: `DT_UNKNOWN` is possible.
  private(set) var type: Int32 = 0

  /// Takes ownership of `descriptor`, an open directory at its start; nil with `errno` when it is none.
  init?(owning descriptor: Int32) {
    guard let raw = unsafe fdopendir(descriptor) else {
      let code = errno
      close(descriptor)
      errno = code
      return nil
    }
    unsafe self.raw = unsafe raw
    name.reserveCapacity(256)
  }

  deinit { unsafe closedir(raw) }

  var descriptor: Int32 { unsafe dirfd(raw) }

  /// Moves to the next name; false at the end, or when the directory cannot be read on.
  mutating func advance() -> Bool {
    while let entry = unsafe readdir(raw) {
      type = Int32(unsafe entry.pointee.d_type)
      name.removeAll(keepingCapacity: true)
      unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        let length = unsafe strnlen(bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count - 1)
        unsafe name.append(contentsOf: bytes[0...length])
      }
      if name == [0x2E, 0] || name == [0x2E, 0x2E, 0] { continue }
      return true
    }
    return false
  }
}
