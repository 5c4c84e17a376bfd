// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Frames
import Glibc
import Synchronization

/// The socket to the host. Requests come one at a time; while one is open, the plugin may ask the host
/// something, also one at a time, and its logs may go out from any thread.
///
/// The process ends when the host has gone (status 0) or breaks the protocol (status 70): there is nobody
/// left to tell.
final class Channel: Sendable {
  /// Whoever holds it may read from the socket.
  private struct Turn {
    var buffer = FrameBuffer()
    /// A request of the host's waits for its reply.
    var isOpen = false
    var calls: UInt64 = 0
  }

  private let socket: Int32
  private let turn = Mutex(Turn())
  private let writing = Mutex(())
  private let cancelled = Atomic(false)
  private let lastAsked = Atomic<UInt64>(0)

  init(socket: Int32) { self.socket = socket }

  /// Waits for the next request.
  func nextRequest() -> Frame {
    turn.withLock { turn in
      let frame = receive(&turn.buffer)
      guard !frame.isReply, !frame.kind.isFromPlugin else { Channel.end(70) }
      turn.isOpen = true
      return frame
    }
  }

  /// Answers `request`. No question of the plugin's is on its way afterwards.
  func answer(_ request: Frame, _ payload: [UInt8]) {
    turn.withLock { turn in
      turn.isOpen = false
      send(Frame(request.kind, isReply: true, call: request.call, payload: payload))
    }
  }

  /// Asks the host; nil when no request of its own is open.
  func ask<Result: Message>(_ kind: FrameKind, _ message: some Message, for: Result.Type) -> Reply<Result>? {
    turn.withLock { ask(&$0, kind, message) }
  }

  /// What the host said last; asks again at most once a millisecond and never waits for another thread.
  func isCancelled() -> Bool {
    if cancelled.load(ordering: .relaxed) { return true }
    let now = Channel.nanoseconds
    if now &- lastAsked.load(ordering: .relaxed) < 1_000_000 { return false }
    let reply = turn.withLockIfAvailable { turn -> Reply<CancelledMessage>? in
      lastAsked.store(now, ordering: .relaxed)
      return ask(&turn, .isCancelled, NoFields())
    }
    if case .some(.some(.done(let message))) = reply, message.isCancelled {
      cancelled.store(true, ordering: .relaxed)
      return true
    }
    return false
  }

  /// One line for the host's log, from any thread.
  func log(level: Int32, _ message: [UInt8]) {
    let line = LogMessage(level: level, message: Array(message.prefix(LogMessage.limit)))
    send(Frame(.log, call: 0, payload: line.payload))
  }

  private func ask<Result: Message>(
    _ turn: inout Turn, _ kind: FrameKind, _ message: some Message
  ) -> Reply<Result>? {
    guard turn.isOpen else { return nil }
    turn.calls += 1
    send(Frame(kind, call: turn.calls, payload: message.payload))
    let frame = receive(&turn.buffer)
    guard frame.isReply, frame.kind == kind, frame.call == turn.calls,
      let reply = try? Reply<Result>(payload: frame.payload)
    else { Channel.end(70) }
    return reply
  }

  private func receive(_ buffer: inout FrameBuffer) -> Frame {
    while true {
      do throws(FrameError) {
        if let frame = try buffer.next() { return frame }
      } catch {
        Channel.end(70)
      }
      var gone: Int32?
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { space, count in
        var n: Int
        repeat { n = unsafe read(socket, space.baseAddress, space.count) } while n < 0 && errno == EINTR
        if n <= 0 { gone = n == 0 ? 0 : 70 }
        count = max(n, 0)
      }
      if let gone { Channel.end(gone) }
      buffer.append(bytes)
    }
  }

  private func send(_ frame: Frame) {
    let bytes = frame.bytes
    writing.withLock { _ in
      var done = 0
      while done < bytes.count {
        let n = unsafe bytes.withUnsafeBytes {
          unsafe Glibc.send(socket, $0.baseAddress?.advanced(by: done), $0.count - done, Int32(MSG_NOSIGNAL))
        }
        if n >= 0 {
          done += n
        } else if errno != EINTR {
          Channel.end(0)
        }
      }
    }
  }

  private static func end(_ status: Int32) -> Never { _exit(status) }

  private static var nanoseconds: UInt64 {
    var t = timespec()
    unsafe _ = clock_gettime(CLOCK_MONOTONIC, &t)
    return UInt64(t.tv_sec) * 1_000_000_000 + UInt64(t.tv_nsec)
  }
}
