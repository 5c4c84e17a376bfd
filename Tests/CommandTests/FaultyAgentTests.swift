// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import LyceumTesting
import Testing
import TrajectoryStore

/// An agent that goes wrong costs its own trial and nothing else.
@Suite struct FaultyAgentTests {
  @Test func eachFaultIsItsOwnTrialsAlone() throws {
    let ground = try playground()
    let library = try Fixture.agent("faulty", in: ground.folder)
    let modes = [
      "good", "segv-act", "segv-begin", "loop", "exit-act", "exit-create", "null-create", "long-name",
      "long-path",
      "unknown", "late-segv",
    ]
    let spec = try ground.specify(modes.map { Player($0, agent: library, $0) })
    let result = try ground.lyceum("run", spec, "--decision-seconds", "1", "--jobs", "2")
    #expect(result.code == 1, "\(result.errors)")
    let trials = try ground.trials()
    try #require(trials.count == modes.count)

    for name in ["good", "unknown"] {
      let ending = try #require(trials[name]?.ending)
      #expect(ending.score == 100, "\(name): \(ending.end)")
      #expect(ending.end.cause == nil)
    }
    let expected = [
      "segv-act": ("agent-crashed", "signal 11"), "segv-begin": ("agent-crashed", "signal 11"),
      "loop": ("agent-hung", "no answer by the deadline"), "exit-act": ("agent-exited", "status 0"),
      "exit-create": ("agent-exited", "status 7"),
      "null-create": ("agent-failed", "does not want to exist"), "long-name": ("agent-broke-rules", "action"),
      "long-path": ("agent-broke-rules", "path"),
    ]
    for (name, (reason, words)) in expected {
      let ending = try #require(trials[name]?.ending)
      #expect(ending.score == nil, "\(name)")
      #expect(ending.end.kind == .failed, "\(name)")
      #expect(ending.end.cause == .agent, "\(name): \(ending.end)")
      #expect(ending.end.reason == reason, "\(name): \(ending.end)")
      #expect(ending.end.detail.contains(words), "\(name): \(ending.end)")
    }
    // What validated before the crash is graded, and the crash stays on record.
    let late = try #require(trials["late-segv"]?.ending)
    #expect(late.score == 99)
    #expect(late.end.reason == "agent-crashed" && late.end.cause == .agent)

    // An unknown action is an observation.
    let unknown = try #require(trials["unknown"])
    let refused = try ground.step(unknown, 1)
    #expect((refused["refusal"] as? String)?.contains("there is no action `teleport`") == true)

    #expect(ground.leftovers().isEmpty)
    #expect(ground.workFolders.isEmpty)
    try ground.verify()

    // None of it is tried again.
    let again = try ground.lyceum("run", spec, "--decision-seconds", "1")
    #expect(again.output == result.output)
    #expect(!again.errors.contains("begins"))
  }

  @Test func megabytesOfPrintsAreBounded() throws {
    let ground = try playground()
    let library = try Fixture.agent("faulty", in: ground.folder)
    let result = try ground.lyceum("run", try ground.specify([Player("print", agent: library, "print")]))
    #expect(result.code == 0, "\(result.errors)")
    let printer = try #require(try ground.trials()["print"])
    let log = try ground.store().logs(printer.record.id)
    #expect(
      log.contains { String(decoding: $0.message, as: UTF8.self).hasPrefix("this is line 0 of very many") })
    #expect(
      log.contains { String(decoding: $0.message, as: UTF8.self).hasPrefix("and line 0 on standard error") })
    #expect(log.count > 1000 && log.count <= 10_002)
    #expect(log.reduce(0) { $0 + $1.message.count } <= 5 << 20)
    try ground.verify()
  }
}
