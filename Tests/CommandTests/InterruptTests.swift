// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import LyceumTesting
import Processes
import Testing
import TrajectoryStore

/// Ctrl-C ends a run at once, and the same command goes on.
@Suite struct InterruptTests {
  @Test(arguments: [SIGINT, SIGTERM]) func anInterruptedRunResumes(signal: Int32) throws {
    let ground = try playground()
    let spec = try ground.specify([
      Player("base", agent: "baseline", ""),
      Player("slow", "bash: echo 42 > answer.txt; sleep 1.5\nsubmit\n"),
    ])
    let run = try ground.start(["run", spec])
    try #require(try run.waitForErrors { $0.contains("tiny × slow #1 begins") })
    // Into the step, for the record; earlier is tried by the kill tests.
    usleep(500_000)
    run.send(signal)
    let sent = Clock.now
    let end = try run.end(within: 20)
    #expect(Clock.now - sent < 3_000_000_000)
    #expect(end.code == 130, "\(end.errors)")
    #expect(end.output.contains("68.0000"), "the table has what was played: \(end.output)")
    #expect(end.output.contains("interrupted"), "\(end.output)")
    #expect(ground.leftovers().isEmpty)
    #expect(ground.workFolders.isEmpty)

    let stopped = try #require(try ground.trials()["slow"]?.ending)
    #expect(stopped.score == nil)
    #expect(stopped.end.kind == .failed && stopped.end.reason == "interrupted" && stopped.end.cause == .host)
    try ground.verify()

    let again = try ground.lyceum("run", spec)
    #expect(again.code == 0, "\(again.errors)")
    #expect(!again.errors.contains("base #1 begins"))
    let slow = try #require(try ground.trials()["slow"])
    #expect(slow.ending?.score == 100 && slow.record.attempt == 2)
  }
}
