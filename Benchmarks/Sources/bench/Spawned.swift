// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Processes

/// What it costs to start a program and wait for its end, microseconds.
struct Spawned {
  let wall: Double
  let cpu: Double

  static func median(_ command: [String], times: Int) throws -> Spawned {
    let null = try Descriptor.open("/dev/null", 2)
    var walls: [Double] = []
    var cpus: [Double] = []
    for _ in 0..<times {
      var launch = Launch(command[0], command)
      launch.descriptors = [(null.raw, 0), (null.raw, 1), (null.raw, 2)]
      launch.environment = ["PATH": "/usr/bin:/bin"]
      let start = Clock.now
      var child = try Child(launch)
      guard let exit = try child.wait() else { continue }
      walls.append(Double(Clock.microseconds(since: start)))
      cpus.append(Double(exit.cpuMicroseconds))
    }
    return Spawned(wall: walls.sorted()[walls.count / 2], cpu: cpus.reduce(0, +) / Double(cpus.count))
  }
}
