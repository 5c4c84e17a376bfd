// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import Testing

@testable import Sandbox

@Suite struct ProfileTests {
  @Test func everyKey() throws {
    let text = """
      network: loopback
      mounts: [/opt/tool, /usr/share/dict]
      environment: {A: "1", B: two}
      tmp_mb: 1
      home_mb: 2
      shm_mb: 3
      leftovers: keep
      """
    #expect(
      try Profile(name: "p", yaml: text, path: "p.yaml")
        == Profile(
          name: "p", network: .loopback, mounts: ["/opt/tool", "/usr/share/dict"],
          environment: ["A": "1", "B": "two"],
          tmpMB: 1, homeMB: 2, shmMB: 3, leftovers: .keep))
    #expect(try Profile(name: "p", yaml: "", path: "p.yaml") == Profile(name: "p"))
  }

  @Test(arguments: [
    ("network: none\nnetwrk: none", "p.yaml:2: unknown key \"netwrk\""),
    ("network: host", "p.yaml:1: network is one of"),
    ("tmp_mb: 1\nhome_mb: many", "p.yaml:2: home_mb"), ("tmp_mb: 0", "p.yaml:1: tmp_mb"),
    ("tmp_mb: 1.5", "tmp_mb"),
    ("mounts: /opt", "p.yaml:1: mounts"), ("mounts:\n - opt", "p.yaml:2: a mount"),
    ("mounts: [/]", "a mount"),
    ("mounts: [/a/../b]", "a mount"), ("environment: [A]", "p.yaml:1: environment"),
    ("environment:\n  A-B: x", "p.yaml:2: the name"), ("environment:\n  A: [x]", "p.yaml:2: A must"),
    ("- network", "p.yaml:1: a profile"), ("network: none\nnetwork: none", "p.yaml"),
    ("a: [", "p.yaml: not YAML"),
  ])
  func mistakes(_ text: String, _ message: String) {
    let error = #expect(throws: SandboxError.self) { try Profile(name: "p", yaml: text, path: "p.yaml") }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("\n") == false)
  }

  @Test func isFoundByName() throws {
    let first = Scratch()
    let second = Scratch()
    second.write("p.yaml", "tmp_mb: 9\n")
    #expect(try Profile.load(named: "p", searching: [first.path, second.path]).tmpMB == 9)
    for name in ["", "../p", "q", "p.yaml"] {
      #expect(throws: SandboxError.self) { try Profile.load(named: name, searching: [second.path]) }
    }
  }

  @Test func shippedProfilesLoad() throws {
    let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    for name in ["default", "loopback"] {
      _ = try Profile.load(named: name, searching: ["/\(folder)/Sandboxes"])
    }
  }
}
