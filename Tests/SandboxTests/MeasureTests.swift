// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import Processes
import Sandbox
import Testing

/// Prints what boxes cost, for a person; asserts nothing about time. Run with LYCEUM_MEASURE=1 and alone.
@Suite(.enabled(if: getenv("LYCEUM_MEASURE") != nil), .serialized) struct MeasureTests {
  @Test func costs() throws {
    var spans: [(name: String, milliseconds: [Double])] = []
    func measure(_ name: String, _ times: Int, _ body: () throws -> Void) rethrows {
      var list: [Double] = []
      for _ in 0..<times {
        let start = Clock.now
        try body()
        list.append(Double(Clock.microseconds(since: start)) / 1000)
      }
      spans.append((name, list.sorted()))
    }
    let libraries = Confinement.systemLibraries
    try measure("bare bash -c :", 100) { try bareBash() }
    try measure("open + first command + close", 20) {
      let box = try TestBox()
      try box.run(":")
      try box.box.close()
    }
    var boxes: [TestBox] = []
    try measure("open", 10) { boxes.append(try TestBox()) }
    try measure("first command", 1) { try boxes[0].run(":") }
    try measure("command", 200) { try boxes[0].run(":") }
    try measure("command with state", 200) { try boxes[0].run(":", state: true) }
    try measure("bare bash -c :", 100) { try bareBash() }
    try measure("close", 10) { try boxes.removeLast().box.close() }
    try measure("confined start to end of true", 50) {
      var child = try Confinement().wrap(
        Launch("/usr/bin/true", ["true"]), readOnly: ["/usr/bin/true"] + libraries, slot: 0
      ).start()
      _ = try child.wait()
    }
    try measure("bare true", 50) {
      var child = try Child(Launch("/usr/bin/true", ["true"]))
      _ = try child.wait()
    }
    measure("doctor", 1) { for probe in Doctor.probe() { print(probe) } }
    print(Doctor.isolation())
    for (name, list) in spans {
      let p = { (q: Double) in (list[Int(Double(list.count - 1) * q)] * 1000).rounded() / 1000 }
      print("\(name): min \(p(0)) p10 \(p(0.1)) median \(p(0.5)) p90 \(p(0.9)) ms")
    }
  }

  private func bareBash() throws {
    var launch = Launch("/usr/bin/bash", ["bash", "--noprofile", "--norc", "-c", ":"])
    launch.environment = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"]
    var child = try Child(launch)
    _ = try child.wait()
  }
}
