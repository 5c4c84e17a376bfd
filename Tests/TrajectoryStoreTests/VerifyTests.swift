// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import GRDB
import LyceumCore
import Testing

@testable import TrajectoryStore

/// What `verify` finds in a store that somebody changed behind its back.
@Suite struct VerifyTests {
  let folder: Folder
  let store: Store

  init() throws {
    folder = try Folder()
    store = try Store.open(at: folder.store)
    try store.addRun(run())
    for id in ["one", "two"] {
      let writer = try store.beginTrial(trial(id, number: id == "one" ? 1 : 2))
      for index in 1...5 {
        try writer.append(step(index, bytes: 40))
        try writer.log(.info, "agent", Bytes("line \(index)".utf8))
      }
      let grade = Grade(split: .test, outcome: .scored(metrics: ["accuracy": 0.5]))
      try writer.append(grade, afterStep: 5, wallMicroseconds: 9)
      try writer.end(submitted, score: 0.5)
    }
    let running = try store.beginTrial(trial("three", number: 3))
    try running.append(step(1))
  }

  func edit(_ sql: String) throws {
    let all = "PRAGMA foreign_keys = OFF; \(sql); PRAGMA foreign_keys = ON"
    try store.write { db in try db.execute(sql: all) }
  }

  @Test func anUntouchedStoreIsClean() throws {
    let report = try store.verify()
    #expect(report.isClean, "\(report.findings)")
    #expect(report.runs == 1 && report.trials == 3 && report.events == 13 * 2 + 2)
    #expect(try store.verify(trial: "tw").trials == 1)
  }

  @Test(arguments: [
    ("UPDATE steps SET output = x'00' WHERE trial = 'two' AND idx = 3", "steps", "two", 5),
    ("UPDATE steps SET action_name = 'bash ' WHERE trial = 'one' AND idx = 1", "steps", "one", 1),
    ("UPDATE steps SET exit_code = NULL WHERE trial = 'one' AND idx = 2", "steps", "one", 3),
    ("UPDATE steps SET hash = zeroblob(32) WHERE trial = 'three'", "steps", "three", 1),
    ("DELETE FROM steps WHERE trial = 'one' AND idx = 3", nil, "one", 5),
    ("DELETE FROM logs WHERE trial = 'one' AND seq = 2", nil, "one", 2),
    ("DELETE FROM grades WHERE trial = 'one'", "trials", "one", 11),
    ("UPDATE grades SET metrics = '{\"accuracy\":0.6}' WHERE trial = 'one'", "grades", "one", 11),
    ("UPDATE logs SET message = x'41' WHERE trial = 'two' AND seq = 4", "logs", "two", 4),
    ("UPDATE trials SET score = 0.75 WHERE id = 'two'", "trials", "two", 12),
    ("UPDATE trials SET end_seq = 99 WHERE id = 'two'", "trials", "two", 12),
    ("UPDATE trials SET seed = 1 WHERE id = 'three'", "trials", "three", 0),
    ("UPDATE steps SET trial = 'three', idx = 2 WHERE trial = 'one' AND idx = 5", nil, "one", 9),
    (
      "UPDATE steps SET idx = 9 WHERE trial = 'one' AND idx = 2; "
        + "UPDATE steps SET idx = 2 WHERE trial = 'one' AND idx = 3; "
        + "UPDATE steps SET idx = 3 WHERE trial = 'one' AND idx = 9", nil, "one", 3
    ),
  ])
  func aChangedRowIsNamed(sql: String, table: String?, trial: String, sequence: Int) throws {
    try edit(sql)
    var heard: [VerifyReport.Finding] = []
    let report = try store.verify { heard.append($0) }
    let first = try #require(report.findings.first { $0.trial == trial })
    #expect(first.table == table && first.trial == trial && first.sequence == sequence, "\(first)")
    #expect(heard == report.findings)
    #expect(try store.verify(trial: trial).findings.first == first)
  }

  @Test func aChangedRunIsNamedAndBreaksItsTrials() throws {
    try edit("UPDATE runs SET spec = '{}'")
    let report = try store.verify()
    #expect(report.findings.map(\.table) == ["runs", "trials", "trials", "trials"])
    #expect(report.findings.first?.run == "run-1")
  }

  @Test func theDeletionOfAParentIsNamed() throws {
    try edit("DELETE FROM trials WHERE id = 'two'")
    let findings = try store.verify().findings
    #expect(findings.contains { $0.table == "steps" && $0.trial == "two" && $0.reason.contains("not there") })
  }

  @Test func aChangedSchemaIsNamed() throws {
    try edit("CREATE TRIGGER t AFTER INSERT ON steps BEGIN SELECT 1; END")
    let findings = try store.verify().findings
    #expect(findings.count == 1 && findings[0].reason.contains("trigger t"), "\(findings)")
  }

  /// Replacement characters are where a decoder that repairs text would hide a change.
  @Test func brokenTextIsNotRepairedBeforeItIsHashed() throws {
    let writer = try store.beginTrial(trial("four", number: 4))
    var odd = step(1)
    odd.decision.action.name = "\u{FFFD}"
    try writer.append(odd)
    try edit("UPDATE steps SET action_name = CAST(x'F3BFBD' AS TEXT) WHERE trial = 'four'")
    #expect(try store.verify(trial: "four").findings.first?.table == "steps")
  }
}
