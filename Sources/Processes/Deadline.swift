// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc

/// A moment on the monotonic clock by which something must have happened.
public struct Deadline: Sendable, Comparable {
  /// Nanoseconds of CLOCK_MONOTONIC; `UInt64.max` is never.
  public let nanoseconds: UInt64

  public static let never = Deadline(nanoseconds: .max)

  public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// `seconds` from now; negative is now, not finite is never.
  public static func after(seconds: Double) -> Deadline {
    guard seconds.isFinite, seconds < 1e9 else { return .never }
    return Deadline(nanoseconds: Clock.now &+ UInt64(max(0, seconds) * 1e9))
  }

  public static func < (a: Deadline, b: Deadline) -> Bool { a.nanoseconds < b.nanoseconds }

  public var hasPassed: Bool { self != .never && Clock.now >= nanoseconds }

  /// Seconds that are left: 0 when passed, infinity when never.
  public var secondsLeft: Double {
    guard self != .never else { return .infinity }
    let now = Clock.now
    return now >= nanoseconds ? 0 : Double(nanoseconds - now) / 1e9
  }

  /// What is left as poll(2) wants it: rounded up, -1 for never.
  public var pollMilliseconds: Int32 {
    let left = secondsLeft
    return left.isFinite ? Int32(min((left * 1000).rounded(.up), 2e9)) : -1
  }
}

/// The host's monotonic clock: what happens inside a box cannot move it.
public enum Clock {
  /// Nanoseconds since some fixed moment before this process started.
  public static var now: UInt64 {
    var t = timespec()
    unsafe _ = clock_gettime(CLOCK_MONOTONIC, &t)
    return UInt64(t.tv_sec) * 1_000_000_000 + UInt64(t.tv_nsec)
  }

  /// Microseconds since `start`, a value of ``now``.
  public static func microseconds(since start: UInt64) -> UInt64 { (now &- start) / 1000 }
}

/// Waits until one of `descriptors` is readable, at its end or broken, or until `deadline`.
/// Returns for each whether it is ready; all false means that the deadline passed.
public func waitReadable(_ descriptors: [Int32], until deadline: Deadline) throws(SystemError) -> [Bool] {
  var set = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  while true {
    let n = unsafe poll(&set, nfds_t(set.count), deadline.pollMilliseconds)
    if n > 0 || (n == 0 && deadline.hasPassed) { return set.map { $0.revents != 0 } }
    if n < 0 && errno != EINTR { throw SystemError("poll") }
  }
}
