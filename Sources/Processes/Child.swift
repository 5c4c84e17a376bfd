// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CSupport
internal import Glibc

/// How a process ended, and what it used.
public struct ProcessExit: Sendable, Hashable {
  /// Exit status; nil when a signal ended it.
  public let code: Int32?
  /// The signal that ended it.
  public let signal: Int32?
  /// User and system time of the process and the children it waited for, microseconds.
  public let cpuMicroseconds: UInt64
  /// Largest resident set, KiB.
  public let peakKB: UInt64

  public var succeeded: Bool { code == 0 }
}

/// A process to start: exactly these descriptors, this environment, this identity.
public struct Launch: Sendable {
  public var path: String
  public var arguments: [String]
  public var environment: [String: String] = [:]
  public var directory: String?
  /// Descriptor of the caller → number in the child. All others are closed.
  public var descriptors: [(parent: Int32, child: Int32)] = []
  /// `RLIMIT_…` → soft and hard value.
  public var limits: [(resource: Int32, value: UInt64)] = []
  /// Writable descriptors of `cgroup.procs` files to join.
  public var cgroups: [Int32] = []
  /// User and group to become; needs root.
  public var user: UInt32?
  public var newSession = false
  public var diesWithParent = true

  /// `arguments` begin with what the program is to see as its own name.
  public init(_ path: String, _ arguments: [String]) {
    self.path = path
    self.arguments = arguments
  }
}

/// A child process. Whoever owns it must wait for it; if the owner goes first, the process is killed and reaped.
public struct Child: ~Copyable, Sendable {
  public let pid: Int32
  /// Readable once the process has ended.
  public let pidfd: Descriptor
  private var reaped = false

  /// Starts a process from the permanent spawning thread (see `lyc_spawn`).
  public init(_ launch: Launch) throws(SystemError) {
    var pid: pid_t = 0
    var pidfd: Int32 = -1
    var what: UnsafePointer<CChar>? = nil
    let maps = launch.descriptors.map { lyc_fd_map(parent: $0.parent, child: $0.child) }
    let limits = launch.limits.map { lyc_rlimit(resource: $0.resource, value: $0.value) }
    let environment = launch.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let code = unsafe withCStrings(launch.arguments) { argv in
      unsafe withCStrings(environment) { envp in
        unsafe launch.path.withCString { path in
          unsafe withOptionalCString(launch.directory) { cwd in
            unsafe maps.withUnsafeBufferPointer { maps in
              unsafe limits.withUnsafeBufferPointer { limits in
                unsafe launch.cgroups.withUnsafeBufferPointer { cgroups in
                  var options = unsafe lyc_spawn_options()
                  unsafe options.path = path
                  unsafe options.argv = argv
                  unsafe options.envp = envp
                  unsafe options.cwd = cwd
                  unsafe options.fds = maps.baseAddress
                  unsafe options.fd_count = maps.count
                  unsafe options.limits = limits.baseAddress
                  unsafe options.limit_count = limits.count
                  unsafe options.cgroups = cgroups.baseAddress
                  unsafe options.cgroup_count = cgroups.count
                  unsafe options.uid = launch.user.map { Int64($0) } ?? -1
                  unsafe options.gid = launch.user.map { Int64($0) } ?? -1
                  unsafe options.new_session = launch.newSession ? 1 : 0
                  unsafe options.die_with_parent = launch.diesWithParent ? 1 : 0
                  return unsafe lyc_spawn(&options, &pid, &pidfd, &what)
                }
              }
            }
          }
        }
      }
    }
    guard code == 0 else {
      let call = unsafe what.map { unsafe String(cString: $0) } ?? "spawn"
      throw SystemError("\(call) (\(launch.path))", code: code)
    }
    self.pid = pid
    self.pidfd = Descriptor(owning: pidfd)
  }

  deinit {
    guard !reaped else { return }
    _ = lyc_pidfd_kill(pidfd.raw, SIGKILL)
    _ = reap(pid, flags: 0)
  }

  /// Sends SIGKILL; nothing happens when the process has ended.
  public borrowing func kill() { send(SIGKILL) }

  /// Sends a signal; nothing happens when the process has ended.
  public borrowing func send(_ signal: Int32) { _ = lyc_pidfd_kill(pidfd.raw, signal) }

  /// Waits for the end and reaps it; nil, with the child still owned, when `deadline` passes first.
  public mutating func wait(until deadline: Deadline = .never) throws(SystemError) -> ProcessExit? {
    guard try waitReadable([pidfd.raw], until: deadline)[0] else { return nil }
    guard !reaped, let exit = reap(pid, flags: 0) else { throw SystemError("wait4", code: ECHILD) }
    reaped = true
    return exit
  }
}

private func reap(_ pid: pid_t, flags: Int32) -> ProcessExit? {
  var status: Int32 = 0
  var usage = rusage()
  var got: Int32
  repeat { got = unsafe wait4(pid, &status, flags, &usage) } while got < 0 && errno == EINTR
  guard got == pid else { return nil }
  let micros = { (t: timeval) in UInt64(t.tv_sec) * 1_000_000 + UInt64(t.tv_usec) }
  let signal = status & 0x7f
  return ProcessExit(
    code: signal == 0 ? (status >> 8) & 0xff : nil, signal: signal == 0 ? nil : signal,
    cpuMicroseconds: micros(usage.ru_utime) + micros(usage.ru_stime), peakKB: UInt64(max(0, usage.ru_maxrss)))
}

private func withCStrings<R>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> R
) -> R {
  var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
  unsafe pointers.append(nil)
  defer { unsafe pointers.forEach { unsafe free($0) } }
  return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
}

private func withOptionalCString<R>(_ string: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
  guard let string else { return body(nil) }
  return unsafe string.withCString(body)
}
