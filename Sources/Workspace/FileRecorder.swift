// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
internal import Glibc
internal import LyceumCore
internal import Processes

/// Puts the content of single files into a repository. One value serves a whole walk, with one buffer.
struct FileRecorder: ~Copyable {
  private static let block = 1 << 20
  /// Grows to what the walk needs: most walks read no file, or a small one.
  private var buffer = Bytes()

  /// What became of a file.
  enum Outcome {
    case recorded(EntryKind, ObjectID)
    case skipped(Snapshot.SkipReason)
  }

  /// Records the open regular file, whose `fstat` was `status`.
  mutating func record(
    _ file: Int32, _ status: stat, limit: UInt64, in repository: Repository
  ) throws(WorkspaceError) -> Outcome {
    let size = UInt64(max(0, status.st_size))
    let kind: EntryKind = status.st_mode & S_IXUSR != 0 ? .executable : .file
    if size > limit {
      guard let pointer = largeFilePointer(file, size: size) else {
        return .skipped(.unreadable(code: errno))
      }
      return .recorded(.largeFile, try repository.objects.write(pointer))
    }
    if size < UInt64(Self.block) {
      // One byte more than announced tells whether the file has grown; what was read is what is recorded.
      guard let count = fill(file, at: 0, count: Int(size) + 1) else {
        return .skipped(.unreadable(code: errno))
      }
      guard UInt64(count) == size else { return .skipped(.changedWhileRead) }
      return .recorded(kind, try repository.objects.write(buffer, count: count))
    }
    let stream = try repository.uncompressed.stream(size: size)
    var offset: UInt64 = 0
    while offset < size {
      guard let count = fill(file, at: offset, count: Int(min(UInt64(Self.block), size - offset))) else {
        return .skipped(.unreadable(code: errno))
      }
      guard count > 0 else { return .skipped(.changedWhileRead) }
      try stream.write(buffer, count: count)
      offset += UInt64(count)
    }
    return .recorded(kind, try stream.finish())
  }

  /// Reads up to `count` bytes into the buffer, fewer only at the end of the file; nil with `errno` on failure.
  private mutating func fill(_ file: Int32, at offset: UInt64, count: Int) -> Int? {
    if buffer.count < count { buffer = Bytes(repeating: 0, count: count) }
    var done = 0
    while done < count {
      let n = unsafe buffer.withUnsafeMutableBytes {
        unsafe pread(file, $0.baseAddress?.advanced(by: done), count - done, off_t(offset) + off_t(done))
      }
      if n < 0 && errno == EINTR { continue }
      guard n >= 0 else { return nil }
      if n == 0 { break }
      done += n
    }
    return done
  }

  /// What stands for a file that is too large to be stored: its size, and the SHA-256 of its first and last 64 KiB
  /// and of 62 blocks spread evenly between, with their offsets.
  private mutating func largeFilePointer(_ file: Int32, size: UInt64) -> Bytes? {
    let block: UInt64 = 65536
    var sample = Bytes()
    for i in 0..<UInt64(64) {
      let offset = size > block ? (size - block) / 63 * i + (i == 63 ? (size - block) % 63 : 0) : 0
      guard let count = fill(file, at: offset, count: Int(min(block, size))) else { return nil }
      sample += Digest(of: buffer[..<count]).bytes
    }
    return LargeFile(size: size, fingerprint: Digest(of: sample)).encoded
  }
}

/// The recorded form of a file that is too large to be stored.
struct LargeFile: Equatable {
  let size: UInt64
  let fingerprint: Digest

  init(size: UInt64, fingerprint: Digest) {
    self.size = size
    self.fingerprint = fingerprint
  }

  var encoded: Bytes { Array("lyceum large file 1\nsize \(size)\nsample-sha256 \(fingerprint)\n".utf8) }

  /// Nil for anything that ``encoded`` could not have made.
  init?(_ bytes: Bytes) {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard lines.count == 3, lines[1].hasPrefix("size "), lines[2].hasPrefix("sample-sha256 "),
      let size = UInt64(lines[1].dropFirst(5)), let fingerprint = Digest(hex: String(lines[2].dropFirst(14)))
    else { return nil }
    self.init(size: size, fingerprint: fingerprint)
    guard encoded == bytes else { return nil }
  }
}
