// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CSupport
internal import Glibc

/// An open file descriptor; closed when its owner goes.
public struct Descriptor: ~Copyable, Sendable {
  /// Valid for as long as this value lives.
  public let raw: Int32

  /// Takes ownership of `raw`.
  public init(owning raw: Int32) { self.raw = raw }

  deinit { close(raw) }

  /// Gives the descriptor up: the caller closes it.
  public consuming func release() -> Int32 {
    let raw = raw
    discard self
    return raw
  }

  /// A second descriptor of the same open file, close-on-exec.
  public borrowing func duplicate() throws(SystemError) -> Descriptor {
    let copy = fcntl(raw, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw SystemError("fcntl") }
    return Descriptor(owning: copy)
  }

  /// Opens `path` close-on-exec.
  public static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0o644) throws(SystemError)
    -> Descriptor
  {
    let fd = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
    guard fd >= 0 else { throw SystemError("open \(path)") }
    return Descriptor(owning: fd)
  }

  /// A sealed memory file that holds `bytes`, positioned at its start.
  public static func memory(_ name: String, _ bytes: [UInt8]) throws(SystemError) -> Descriptor {
    let fd = unsafe lyc_memfd(name, bytes, bytes.count)
    guard fd >= 0 else { throw SystemError("memfd_create") }
    return Descriptor(owning: fd)
  }

  /// An empty memory file for another process to write and this one to read afterwards.
  public static func scratch(_ name: String) throws(SystemError) -> Descriptor {
    let fd = unsafe lyc_scratch(name)
    guard fd >= 0 else { throw SystemError("memfd_create") }
    return Descriptor(owning: fd)
  }

  /// A pidfd of an existing process, whether or not it is a child.
  public static func process(_ pid: Int32) throws(SystemError) -> Descriptor {
    let fd = lyc_pidfd_open(pid)
    guard fd >= 0 else { throw SystemError("pidfd_open") }
    return Descriptor(owning: fd)
  }

  /// Sets or clears O_NONBLOCK.
  public borrowing func setNonBlocking(_ on: Bool) {
    let flags = fcntl(raw, F_GETFL)
    _ = fcntl(raw, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK)
  }

  /// Writes all of `bytes`, however many calls that takes. The descriptor must be blocking.
  public borrowing func write(_ bytes: [UInt8]) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let n = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(raw, $0.baseAddress?.advanced(by: done), $0.count - done)
      }
      if n >= 0 {
        done += n
      } else if errno != EINTR {
        throw SystemError("write")
      }
    }
  }

  /// The first `limit` bytes of a file, wherever its position is.
  public borrowing func contents(upTo limit: Int) throws(SystemError) -> [UInt8] {
    var code: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      count = 0
      while count < limit {
        let n = unsafe pread(raw, buffer.baseAddress?.advanced(by: count), limit - count, count)
        if n > 0 { count += n }
        if n == 0 { break }
        if n < 0 && errno != EINTR {
          code = errno
          break
        }
      }
    }
    guard code == 0 else { throw SystemError("pread", code: code) }
    return bytes
  }

  /// Reads at most `limit` bytes in one call: empty at the end of the file, nil when nothing is there yet and the
  /// descriptor does not block.
  public borrowing func read(upTo limit: Int) throws(SystemError) -> [UInt8]? {
    var code: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      var n: Int
      repeat { n = unsafe Glibc.read(raw, buffer.baseAddress, limit) } while n < 0 && errno == EINTR
      if n < 0 { code = errno }
      count = max(n, 0)
    }
    if code == EAGAIN { return nil }
    if code != 0 { throw SystemError("read", code: code) }
    return bytes
  }
}

/// Both ends of a pipe; each can be taken over by an owner of its own.
@frozen public struct Pipe: ~Copyable, Sendable {
  public let reader: Descriptor
  public let writer: Descriptor

  public init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe lyc_pipe(&ends) == 0 else { throw SystemError("pipe2") }
    reader = Descriptor(owning: ends[0])
    writer = Descriptor(owning: ends[1])
  }
}

/// Both ends of a Unix socket pair; each can be taken over by an owner of its own.
@frozen public struct SocketPair: ~Copyable, Sendable {
  public enum Kind: Sendable { case stream, sequencedPackets }

  public let here: Descriptor
  public let there: Descriptor

  public init(_ kind: Kind) throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    let type = kind == .stream ? SOCK_STREAM : SOCK_SEQPACKET
    guard unsafe lyc_socketpair(Int32(type.rawValue), &ends) == 0 else { throw SystemError("socketpair") }
    here = Descriptor(owning: ends[0])
    there = Descriptor(owning: ends[1])
  }
}
