// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import GRDB
import LyceumCore
import Testing

@testable import TrajectoryStore

/// The rules that writers are held to.
@Suite struct WritingTests {
  let folder: Folder
  let store: Store

  init() throws {
    folder = try Folder()
    store = try Store.open(at: folder.store)
    try store.addRun(run())
  }

  @Test func aRunIsStoredOnce() throws {
    var again = run()
    again.createdMicroseconds += 1
    try store.addRun(again)
    #expect(try store.runs() == [run()])
    again.spec = "{}"
    #expect(throws: StoreError.self) { try store.addRun(again) }
    #expect(try store.run("run-2") == nil)
  }

  @Test func aTrialNeedsItsRunAndAPlaceOfItsOwn() throws {
    var stray = trial("stray")
    stray.run = "nowhere"
    #expect(throws: StoreError.self) { try store.beginTrial(stray) }
    _ = try store.beginTrial(trial("one"))
    #expect(throws: StoreError.self) { try store.beginTrial(trial("one", number: 2)) }
    #expect(throws: StoreError.self) { try store.beginTrial(trial("other")) }
    #expect(throws: StoreError.self) { try store.beginTrial(trial("a b", number: 2)) }
    _ = try store.beginTrial(trial("other", attempt: 2))
    #expect(try store.trials(run: "run-1").map(\.record.id) == ["one", "other"])
  }

  @Test func stepsComeInOrder() throws {
    let writer = try store.beginTrial(trial("one"))
    #expect(throws: StoreError.self) { try writer.append(step(2)) }
    try writer.append(step(1))
    #expect(throws: StoreError.self) { try writer.append(step(1)) }
    try writer.append(step(2))
    #expect(try store.verify().isClean)
  }

  @Test func aTrialEndsOnce() throws {
    let writer = try store.beginTrial(trial("one"))
    #expect(throws: StoreError.self) { try writer.end(submitted, score: .nan) }
    try writer.end(submitted, score: -0.0)
    let ended = StoreError.ended(trial: "one")
    #expect(throws: ended) { try writer.append(step(1)) }
    #expect(throws: ended) { try writer.log(.info, "host", []) }
    #expect(throws: ended) { try writer.end(submitted, score: 1) }
    #expect(throws: ended) { try store.endTrial("one", submitted) }
    #expect(try store.trial("one").ending?.score == 0)
    #expect(try store.verify().isClean)
  }

  @Test func theTrialOfADeadWorkerIsEndedFromItsLastEvent() throws {
    let writer = try store.beginTrial(trial("one"))
    try writer.append(step(1))
    try writer.log(.info, "agent", [65])
    let lost = TrialEnd(kind: .failed, reason: "worker-died", cause: .host, detail: "signal 9")
    let head = try store.endTrial("one", lost)
    let stored = try store.trial("one")
    #expect(stored.ending?.end == lost && stored.ending?.chainHead == head && stored.ending?.steps == 1)
    #expect(try store.verify().isClean)
    #expect(throws: StoreError.ended(trial: "one")) { try writer.append(step(2)) }
    #expect(throws: StoreError.self) { try store.endTrial("nobody", lost) }
  }

  @Test func cellsTellWhatIsLeftToDo() throws {
    let lost = TrialEnd(kind: .failed, reason: "box-lost", cause: .sandbox)
    let crashed = TrialEnd(kind: .failed, reason: "agent-crashed", cause: .agent)
    try store.beginTrial(trial("a1", number: 1)).end(lost, score: nil)
    try store.beginTrial(trial("a2", number: 1, attempt: 2)).end(submitted, score: 0.5)
    try store.beginTrial(trial("b1", number: 2)).end(lost, score: nil)
    try store.beginTrial(trial("c1", number: 3)).end(crashed, score: nil)
    _ = try store.beginTrial(trial("d1", number: 4))
    func cell(_ number: Int) -> Cell { Cell(task: "t", agent: "a", number: number) }
    let cells = try store.cells(run: "run-1", planned: (1...5).map(cell))
    #expect(cells[cell(1)] == .finished(trial: "a2", score: 0.5, cause: nil))
    #expect(cells[cell(2)] == .retriable(trial: "b1", attempt: 1, cause: .sandbox))
    #expect(cells[cell(3)] == .finished(trial: "c1", score: nil, cause: .agent))
    #expect(cells[cell(4)] == .retriable(trial: "d1", attempt: 1, cause: nil))
    #expect(cells[cell(5)] == .missing)
    #expect(cells.count == 5)
  }

  @Test func aPrefixNamesATrialWhenItIsTheOnlyOne() throws {
    for (number, id) in ["ab1", "ab2", "ab", "c%1"].enumerated() {
      _ = try store.beginTrial(trial(id, number: number + 1))
    }
    #expect(try store.trial("ab").record.id == "ab")
    #expect(try store.trial("ab2").record.id == "ab2")
    #expect(try store.trial("c").record.id == "c%1")
    for name in ["a", "", "%", "zz"] { #expect(throws: StoreError.self) { try store.trial(name) } }
  }

  @Test func logsAreBounded() throws {
    let writer = try store.beginTrial(trial("one"))
    let line = Bytes(repeating: 66, count: 2 * TrialWriter.logLineBytes)
    let most = TrialWriter.logBytes / TrialWriter.logLineBytes
    for _ in 0..<most + 5 { try writer.log(.info, "agent", line) }
    let logs = try store.logs("one")
    #expect(logs.count == most)
    #expect(logs[0].message.count == TrialWriter.logLineBytes)
    #expect(logs.last?.source == "host")
    #expect(try store.verify().isClean)
  }

  @Test func aFullDiskStoresNothingOfTheStepThatDidNotFit() throws {
    let writer = try store.beginTrial(trial("one"))
    try writer.append(step(1))
    let pages = try store.write { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 3)")
      return pages
    }
    var graded = step(2, bytes: 100_000)
    graded.observation.grade = Grade(split: .validation, outcome: .refused(reason: "none"))
    #expect(throws: StoreError.full(path: folder.store)) { try writer.append(graded) }
    #expect(throws: StoreError.full(path: folder.store)) { try writer.append(step(2, bytes: 100_000)) }
    #expect(try store.verify().isClean && store.grades("one").isEmpty && writer.steps == 1)
    try store.write { db in try db.execute(sql: "PRAGMA max_page_count = \(pages + 1000)") }
    try writer.append(graded)
    try writer.end(submitted, score: nil)
    #expect(try store.allSteps("one") == [step(1), graded])
    #expect(try store.verify().isClean)
  }

  /// A disk of 512 KiB. Needs the right to mount; the test above covers the same without.
  @Test(.enabled(if: SmallDisk.available)) func aDiskThatFillsUpLosesNothing() throws {
    let disk = try #require(SmallDisk())
    let path = disk.path + "/trials.db"
    let store = try Store.open(at: path)
    try store.addRun(run())
    let writer = try store.beginTrial(trial("one"))
    #expect(throws: StoreError.full(path: path)) {
      for index in 1...1000 { try writer.append(step(index, bytes: 10_000)) }
    }
    let stored = writer.steps
    #expect(stored > 5 && stored < 100)
    #expect(try store.allSteps("one").count == stored)
    #expect(try store.verify().isClean)
    try disk.grow()
    try writer.append(step(stored + 1, bytes: 10_000))
    try writer.end(submitted, score: 1)
    #expect(try store.verify().isClean && store.trial("one").ending?.steps == stored + 1)
    try store.close()
  }

  @Test func infoCounts() throws {
    let writer = try store.beginTrial(trial("one"))
    try writer.append(step(1))
    try writer.end(submitted, score: nil)
    let info = try store.info()
    #expect(info.runs == 1 && info.trials == 1 && info.endedTrials == 1 && info.steps == 1)
    #expect(info.schemaVersion == 1 && info.bytes > 0)
  }
}
