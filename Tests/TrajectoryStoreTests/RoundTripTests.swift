// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Testing
import TrajectoryStore

@Suite struct RoundTripTests {
  let folder: Folder
  let store: Store

  init() throws {
    folder = try Folder()
    store = try Store.open(at: folder.store)
    try store.addRun(run())
  }

  @Test func everythingComesBackAsItWent() throws {
    let writer = try store.beginTrial(trial("one"))
    var odd = step(1)
    odd.decision = Decision(
      thought: [0, 0xff, 0xc0, 10],
      action: Action(
        name: "na\0me\u{FFFD}", path: [0x2e, 0x2e, 0xfe], input: [0, 0, 0], arguments: "{\"a\":\"\0\"}"))
    odd.observation = Observation(
      output: [0x80, 0, 0x81], elided: 1 << 40, signal: 9, timedOut: true, refusal: "no \0 such",
      usage: StepUsage(wallMicroseconds: UInt64(Int64.max), cpuMicroseconds: 2, peakKB: 3, leftovers: .max))
    odd.skipped = ["socket s", "a/\"b\""]
    try writer.append(odd)
    var empty = step(2, bytes: 0)
    empty.decision = Decision(action: .validate)
    empty.observation.grade = Grade(
      split: .validation, outcome: .scored(metrics: ["accuracy": 0.1 + 0.2, "loss": -1e-300]), details: "{}")
    try writer.append(empty)
    let refused = Grade(split: .validation, outcome: .refused(reason: "no file\n"))
    try writer.append(refused, afterStep: 3, wallMicroseconds: 77)
    var third = step(3)
    third.observation.grade = refused
    try writer.append(third)
    try writer.log(.warning, "agent", [1, 0, 2])
    let unscored = Grade(split: .test, outcome: .unscored(cause: .grader, reason: "crashed"))
    try writer.append(unscored, afterStep: 3, wallMicroseconds: 5)
    let head = try writer.end(submitted, score: nil)

    #expect(try store.allSteps("one") == [odd, empty, third])
    #expect(try store.allSteps("one", 2...2) == [empty])
    #expect(try store.step("one", 3) == third)
    #expect(try store.step("one", 4) == nil)
    let grades = try store.grades("one")
    #expect(grades.map(\.grade) == [empty.observation.grade, refused, unscored])
    #expect(grades.map(\.step) == [2, 3, 3])
    #expect(grades.map(\.sequence) == [2, 4, 7])
    #expect(grades.map(\.wallMicroseconds) == [1002, 77, 5])
    let log = try #require(try store.logs("one").first)
    #expect(log.message == [1, 0, 2] && log.level == .warning && log.source == "agent" && log.sequence == 6)
    let stored = try store.trial("on")
    #expect(stored.record == trial("one"))
    #expect(stored.ending?.end == submitted)
    #expect(stored.ending?.chainHead == head)
    #expect(stored.ending?.steps == 3)
    #expect(try store.runs() == [run()])
  }
}
