// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import Sandbox
import Testing

@Suite struct DoctorTests {
  @Test func everythingIsProbed() throws {
    let probes = Doctor.probe()
    let ids = probes.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(
      Set(ids).isSuperset(of: [
        "bwrap", "lyceum-box", "box", "namespaces", "seccomp", "leaks", "user", "processes", "cgroup-memory",
        "cgroup-pids", "cgroup-cpu", "landlock",
      ]))
    for probe in probes {
      #expect(probe.state != .missing, "\(probe)")
      #expect(!probe.seen.isEmpty)
      #expect(probe.advice.isEmpty == (probe.state == .ok))
    }
    let json = try JSONEncoder().encode(probes)
    #expect(try JSONDecoder().decode([Probe].self, from: json) == probes)
  }

  @Test func isolationIsNamed() {
    #expect(
      ["bwrap+seccomp+cgroup1", "bwrap+seccomp+cgroup2", "bwrap+seccomp+rlimits"].contains(Doctor.isolation())
    )
  }
}
