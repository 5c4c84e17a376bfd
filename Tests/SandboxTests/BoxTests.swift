// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import Sandbox
import Testing

@Suite struct BoxTests {
  @Test func runsACommand() throws {
    let box = try TestBox()
    let result = try box.run("echo hello; echo error >&2; pwd; id -u; exit 3")
    #expect(result.text == "hello\nerror\n/home/agent/work\n1000\n")
    #expect(result.exitCode == 3)
    #expect(result.signal == nil)
    try box.box.close()
  }
}
