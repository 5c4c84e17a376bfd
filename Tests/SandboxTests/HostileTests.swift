// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import Sandbox
import Testing

/// The conformance suite: what every tier that exists must stand. After each case the box runs the next command,
/// and closes with all its processes dead.
@Suite struct HostileTests {
  static let tier = Tier.bwrap

  @Test(arguments: hostileResources) func resources(_ hostile: HostileCase) throws { try run(hostile) }

  @Test(arguments: hostileLifecycle) func lifecycle(_ hostile: HostileCase) throws { try run(hostile) }

  @Test(arguments: hostileFiles) func files(_ hostile: HostileCase) throws {
    setenv("LYCEUM_TEST_SECRET", "hunter2", 1)
    let host = Scratch()
    mkdir("\(host.path)/data", 0o755)
    mkdir("\(host.path)/grader", 0o755)
    host.write("data/train", "train\n", mode: 0o666)
    host.write("grader/answers", "answers\n")
    // A descriptor that is not close-on-exec must not reach the box either.
    let leak = open("\(host.path)/grader/answers", O_RDONLY)
    defer { close(leak) }
    try run(hostile, binds: [Bind(host: "\(host.path)/data", box: "/data")])
  }

  private func run(_ hostile: HostileCase, binds: [Bind] = []) throws {
    let box = try TestBox(hostile.profile, binds: binds, tier: Self.tier)
    hostile.check(try box.run(hostile.script, seconds: hostile.seconds))
    let next = try box.run("echo next", state: true)
    #expect(next.text.hasSuffix("next\n"))
    #expect(next.exitCode == 0)
    try box.box.close()
    #expect(throws: SandboxError.self) { try box.run("echo closed") }
  }
}
