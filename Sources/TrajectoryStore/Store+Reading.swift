// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import GRDB
public import LyceumCore

extension Store {
  /// The run of this identifier; nil when there is none.
  public func run(_ id: String) throws(StoreError) -> RunRecord? {
    try read { db in try Self.run(id, db) }
  }

  /// All runs, the oldest first.
  public func runs() throws(StoreError) -> [RunRecord] {
    try read { db in try Self.runs(db, "ORDER BY created, id", []) }
  }

  /// The trials of a run, by task, agent, number and attempt.
  public func trials(run: String) throws(StoreError) -> [StoredTrial] {
    try read { db in try Self.trials(db, "WHERE run = ? ORDER BY task, agent, number, attempt", [run]) }
  }

  /// The trial of this identifier, or the only one whose identifier begins with it.
  public func trial(_ idOrPrefix: String) throws(StoreError) -> StoredTrial {
    let found = try read { db in
      let exact = try Self.trials(db, "WHERE id = ?", [idOrPrefix])
      guard exact.isEmpty, !idOrPrefix.isEmpty else { return exact }
      return try Self.trials(db, "WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT 2", [idOrPrefix])
    }
    let name = String(line: idOrPrefix.utf8)
    guard found.count < 2 else {
      throw .unknown("\(name) fits several trials, \(found[0].record.id) among them: give more characters")
    }
    guard let trial = found.first else {
      throw .unknown("no trial \(name) in \(path): `lyceum trial list` shows what is there")
    }
    return trial
  }

  /// Hands the steps of a trial whose indices lie in `range` to `body`, in order. They are read a few at a time, so
  /// that memory does not grow with the trial; `body` may use the store.
  public func steps(
    _ trial: String, _ range: ClosedRange<Int> = 1...Int.max, _ body: (Step) throws -> Void
  ) throws {
    var next = range.lowerBound
    while next <= range.upperBound {
      let page = try read { db in
        try Self.steps(db, trial, "idx BETWEEN ? AND ? ORDER BY idx LIMIT 16", [next, range.upperBound])
      }
      guard let last = page.last else { return }
      for step in page { try body(step) }
      next = last.index + 1
    }
  }

  /// One step; nil when the trial has no such index.
  public func step(_ trial: String, _ index: Int) throws(StoreError) -> Step? {
    try read { db in try Self.steps(db, trial, "idx = ?", [index]).first }
  }

  /// How many steps a trial has so far.
  public func stepCount(_ trial: String) throws(StoreError) -> Int {
    try read { db in
      try Int.fetchOne(db, sql: "SELECT max(idx) FROM steps WHERE trial = ?", arguments: [trial]) ?? 0
    }
  }

  /// The grades of a trial, in order.
  public func grades(_ trial: String) throws(StoreError) -> [StoredGrade] {
    try read { db in
      try Self.rows(db, .grades, "WHERE trial = ? ORDER BY seq", [trial]) { row in try StoredGrade(&row) }
    }
  }

  /// The log lines of a trial, in order; at most ``TrialWriter/logBytes`` of messages.
  public func logs(_ trial: String) throws(StoreError) -> [LogLine] {
    try read { db in
      try Self.rows(db, .logs, "WHERE trial = ? ORDER BY seq", [trial]) { row in try LogLine(&row) }
    }
  }

  // MARK: - Rows

  static func run(_ id: String, _ db: Database) throws -> RunRecord? {
    try runs(db, "WHERE id = ?", [id]).first
  }

  private static func runs(
    _ db: Database, _ tail: String, _ arguments: StatementArguments
  ) throws -> [RunRecord] {
    try rows(db, .runs, tail, arguments) { row in try RunRecord(&row) }
  }

  private static func rows<T>(
    _ db: Database, _ table: Table, _ tail: String, _ arguments: StatementArguments,
    _ make: (inout FieldReader) throws -> T
  ) throws -> [T] {
    let statement = try db.cachedStatement(sql: "SELECT \(table.selection) FROM \(table.name) \(tail)")
    let cursor = try Row.fetchCursor(statement, arguments: arguments)
    var values: [T] = []
    while let row = try cursor.next() {
      var reader = FieldReader(try table.fields(row))
      values.append(try make(&reader))
    }
    return values
  }

  private static func trials(
    _ db: Database, _ tail: String, _ arguments: StatementArguments
  ) throws -> [StoredTrial] {
    let (begins, ends) = (Table.trialBegins, Table.trialEnds)
    let statement = try db.cachedStatement(
      sql: "SELECT \(begins.selection), \(ends.selection) FROM trials \(tail)")
    let cursor = try Row.fetchCursor(statement, arguments: arguments)
    let offset = begins.columns.count + 1
    var values: [StoredTrial] = []
    while let row = try cursor.next() {
      var begin = FieldReader(try begins.fields(row))
      var end = FieldReader(try ends.fields(row, from: offset))
      values.append(
        StoredTrial(
          record: try TrialRecord(&begin),
          ending: try StoredTrial.Ending(&end, head: ends.link(row, from: offset))))
    }
    return values
  }

  /// Steps, each with the grade that its observation showed: the one that was stored for it before it.
  private static func steps(
    _ db: Database, _ trial: String, _ condition: String, _ arguments: StatementArguments
  ) throws -> [Step] {
    let found = try rows(db, .steps, "WHERE trial = ? AND \(condition)", [trial] + arguments) { row in
      try Step.stored(&row)
    }
    guard let first = found.first?.step.index, let last = found.last?.step.index else { return [] }
    let grades = try rows(
      db, .grades, "WHERE trial = ? AND step_idx BETWEEN ? AND ? ORDER BY seq", [trial, first, last]
    ) { row in try StoredGrade(&row) }
    return found.map { step, sequence in
      var step = step
      step.observation.grade = grades.last { $0.step == step.index && $0.sequence < sequence }?.grade
      return step
    }
  }
}
