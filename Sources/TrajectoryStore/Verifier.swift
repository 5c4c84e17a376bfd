// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import GRDB
internal import LyceumCore

/// The checks of a store, on one snapshot of it. Values are compared as they are stored, before anything decodes them.
struct Verifier {
  typealias Finding = VerifyReport.Finding

  let db: Database

  private static let changed = "its content is not what was hashed"

  /// Recomputes the hash of each run.
  func runs(only: String?) throws -> (Int, [Finding]) {
    let table = Table.runs
    let condition = only == nil ? "" : "WHERE id = ?"
    let cursor = try Row.fetchCursor(
      db, sql: "SELECT \(table.selection) FROM runs \(condition) ORDER BY rowid",
      arguments: only.map { [$0] } ?? [])
    var count = 0
    var findings: [Finding] = []
    while let row = try cursor.next() {
      count += 1
      let fields = try table.fields(row)
      if table.link(row) != Digest(after: nil, table.word, fields) {
        findings.append(Finding(table: "runs", run: fields[0].words, reason: Self.changed))
      }
    }
    return (count, findings)
  }

  /// Row number of the next trial after `row`. Numbers are followed, not identifiers: these may be what is damaged.
  func nextTrial(after row: Int64, only: String?) throws -> Int64? {
    let condition = only == nil ? "" : "AND id = ?"
    return try Int64.fetchOne(
      db, sql: "SELECT rowid FROM trials WHERE rowid > ? \(condition) ORDER BY rowid LIMIT 1",
      arguments: [row] + (only.map { [$0] } ?? []))
  }

  /// Recomputes the chain of one trial up to the first row that does not fit; returns how many links fitted.
  func trial(row number: Int64) throws -> (Int, Finding?) {
    let (begins, ends) = (Table.trialBegins, Table.trialEnds)
    let sql = """
      SELECT \(begins.selection), \(ends.selection),
        (SELECT CAST(spec AS BLOB) FROM runs WHERE runs.id = trials.run)
      FROM trials WHERE rowid = ?
      """
    guard let row = try Row.fetchOne(db, sql: sql, arguments: [number]) else { return (0, nil) }
    let begin = try begins.fields(row)
    let end = try ends.fields(row, from: begins.columns.count + 1)
    var finding = Finding(table: "trials", trial: begin[0].words, sequence: 0, reason: Self.changed)
    let specColumn = begins.columns.count + ends.columns.count + 2
    guard case .text(let spec) = try Field(row[specColumn] as DatabaseValue, as: .text) else {
      finding.reason = "its run is not there"
      return (0, finding)
    }
    guard var head = begins.link(row), head == Digest(after: Digest(of: spec), begins.word, begin) else {
      finding.reason = "its content, or its run's spec, is not what was hashed"
      return (0, finding)
    }

    var (sequence, steps) = (1, 0)
    let cursors = try Table.events.map { try EventCursor($0, of: begin[0], db) }
    while let next = cursors.filter({ $0.event != nil }).min(by: { $0.sequence < $1.sequence }),
      let event = next.event
    {
      finding.table = next.table.name
      finding.sequence = next.sequence
      finding.step = next.step
      guard next.sequence >= sequence else {
        finding.reason = "its place is taken by another event"
        return (sequence, finding)
      }
      guard next.sequence == sequence else {
        let reason = "it is not there; the next is event \(next.sequence), in \(next.table.name)"
        return (sequence, Finding(trial: finding.trial, sequence: sequence, reason: reason))
      }
      guard let link = event.link, link == Digest(after: head, next.table.word, event.fields) else {
        return (sequence, finding)
      }
      if let step = next.step {
        guard step == steps + 1 else {
          finding.reason = "step \(steps + 1) is not there"
          return (sequence, finding)
        }
        steps = step
      }
      head = link
      sequence += 1
      try next.advance()
    }

    finding = Finding(table: "trials", trial: begin[0].words, sequence: sequence, reason: Self.changed)
    let link = ends.link(row, from: begins.columns.count + 1)
    guard end.dropFirst().contains(where: { $0 != .null }) || link != nil else { return (sequence, nil) }
    if case .integer(let last) = end[1], last != Int64(sequence) {
      finding.reason = last > Int64(sequence) ? "it is not there" : "events follow the end"
      return (sequence, finding)
    }
    guard link == Digest(after: head, ends.word, end) else {
      finding.reason = "its end is not what was hashed"
      return (sequence, finding)
    }
    guard end.last == .integer(Int64(steps)) else {
      finding.reason = "it has another number of steps than its end says"
      return (sequence, finding)
    }
    return (sequence + 1, nil)
  }

  /// Rows whose run or trial is not there.
  func references() throws -> [Finding] {
    let rows = try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check")
    var findings: [Finding] = []
    while let row = try rows.next(), findings.count < VerifyReport.limit {
      let table = String.fromDatabaseValue(row[0]) ?? ""
      var finding = Finding(table: table, reason: "its \(table == "trials" ? "run" : "trial") is not there")
      if let number = Int64.fromDatabaseValue(row[1]), Table.events.contains(where: { $0.name == table }) {
        let sql = "SELECT trial, seq FROM \(table) WHERE rowid = ?"
        let event = try Row.fetchOne(db, sql: sql, arguments: [number])
        finding.trial = event.flatMap { String.fromDatabaseValue($0[0]) }
        finding.sequence = event.flatMap { Int.fromDatabaseValue($0[1]) }
      }
      findings.append(finding)
    }
    return findings
  }

  /// Compares the tables' definitions with those of a new store.
  func schema() throws -> [Finding] {
    let expected = try Self.newSchema.get()
    let found = try Self.schema(of: db)
    return Set(expected.keys).union(found.keys).sorted().filter { expected[$0] != found[$0] }.map {
      Finding(reason: "the definition of \(String(line: $0.utf8)) is not that of schema \(Schema.version)")
    }
  }

  /// SQLite's check of pages, indices, types and constraints.
  func pages() throws -> [Finding] {
    try String.fetchAll(db, sql: "PRAGMA integrity_check(100)").filter { $0 != "ok" }.map {
      Finding(reason: String(line: $0.utf8))
    }
  }

  private static let newSchema = Result {
    let queue = try DatabaseQueue()
    try Schema.migrator.migrate(queue)
    return try queue.read { db in try schema(of: db) }
  }

  private static func schema(of db: Database) throws -> [String: Data] {
    let rows = try Row.fetchAll(
      db, sql: "SELECT type || ' ' || name || ' ' || tbl_name, CAST(sql AS BLOB) FROM sqlite_schema")
    return Dictionary(
      rows.map { (String.fromDatabaseValue($0[0]) ?? "?", Data.fromDatabaseValue($0[1]) ?? Data()) }
    ) { first, _ in first }
  }
}

/// The rows of one table that belong to a trial, in order.
private final class EventCursor {
  let table: Table
  private(set) var event: (fields: [Field], link: Digest?)?
  private let rows: RowCursor

  init(_ table: Table, of trial: Field, _ db: Database) throws {
    self.table = table
    let sql = """
      SELECT \(table.selection) FROM \(table.name) WHERE trial = CAST(? AS TEXT) ORDER BY \(table.order)
      """
    rows = try Row.fetchCursor(db, sql: sql, arguments: [trial.databaseValue])
    try advance()
  }

  func advance() throws {
    event = try rows.next().map { (try table.fields($0), table.link($0)) }
  }

  /// Every event's second column.
  var sequence: Int {
    if case .integer(let value) = event?.fields[1] { Int(value) } else { 0 }
  }

  /// The third column, of a step.
  var step: Int? {
    if table.isSteps, case .integer(let value) = event?.fields[2] { Int(value) } else { nil }
  }
}

extension Field {
  /// For a message.
  fileprivate var words: String {
    if case .text(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { "?" }
  }
}
