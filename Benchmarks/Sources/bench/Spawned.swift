// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation

/// What it costs to start a program by `posix_spawn` and to wait for its end.
struct Spawned {
  /// Median, milliseconds.
  let wall: Double
  /// User and system time of the program, mean, milliseconds.
  let cpu: Double

  init(_ command: [String], times: Int) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for fd in 0...2 as ClosedRange<Int32> {
      posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0)
    }
    var arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var environment = [strdup("PATH=/usr/bin:/bin"), nil]
    defer { for variable in environment { free(variable) } }

    var walls: [Double] = []
    var cpu = 0.0
    for _ in 0..<times {
      var pid: pid_t = 0
      var status: Int32 = 0
      var usage = rusage()
      let start = Moment.now
      let code = posix_spawn(&pid, command[0], &actions, nil, &arguments, &environment)
      guard code == 0, wait4(pid, &status, 0, &usage) == pid, status == 0 else {
        throw Failure("\(command.joined(separator: " ")) cannot be run, or fails")
      }
      walls.append(Moment.now - start)
      for part in [usage.ru_utime, usage.ru_stime] {
        cpu += Double(part.tv_sec) * 1e3 + Double(part.tv_usec) / 1e3
      }
    }
    wall = walls.median
    self.cpu = cpu / Double(times)
  }
}

/// Why nothing could be measured.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Milliseconds.
enum Moment {
  /// On the monotonic clock.
  static var now: Double { read(CLOCK_MONOTONIC) }

  /// User and system time that all threads of a process have had; without its children. Nil when it is gone.
  static func cpu(of process: pid_t) -> Double? {
    var clock = clockid_t()
    guard clock_getcpuclockid(process, &clock) == 0 else { return nil }
    return read(clock)
  }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
  }
}

extension [Double] {
  var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}
