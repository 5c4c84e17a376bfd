// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import GRDB
public import LyceumCore

extension Store {
  /// Stores a run. The same run again changes nothing; the same identifier with another name, spec or seed is
  /// refused.
  public func addRun(_ run: RunRecord) throws(StoreError) {
    try check(run.id, "run")
    let fields = run.fields
    let hash = Digest(after: nil, Table.runs.word, fields)
    try writeTogether { db in
      if let old = try Self.run(run.id, db) {
        guard old.spec == run.spec, old.seed == run.seed, old.name == run.name else {
          throw StoreError.conflict("run \(run.id) is stored with another spec: give the run another name")
        }
        return
      }
      try db.cachedStatement(sql: Table.runs.insert)
        .execute(arguments: StatementArguments((fields + [.blob(hash.bytes)]).map(\.databaseValue)))
    }
  }

  /// Stores the begin of a trial and hands out its writer.
  public func beginTrial(_ trial: TrialRecord) throws(StoreError) -> TrialWriter {
    try check(trial.id, "trial")
    let table = Table.trialBegins
    let head = try writeTogether { db in
      guard let run = try Self.run(trial.run, db) else {
        throw StoreError.unknown("no run \(trial.run) in \(path): store the run before its trials")
      }
      let fields = trial.fields
      let hash = Digest(after: run.chainStart, table.word, fields)
      try db.cachedStatement(sql: table.insert)
        .execute(arguments: StatementArguments((fields + [.blob(hash.bytes)]).map(\.databaseValue)))
      return hash
    }
    return TrialWriter(store: self, trial: trial.id, head: head)
  }

  /// Ends a trial whose worker died, from the last event that is stored; returns the chain's head.
  @discardableResult
  public func endTrial(_ id: String, _ end: TrialEnd, score: Double? = nil) throws(StoreError) -> Digest {
    try setEnd(of: id, end, score: score) { db in try Self.lastEvent(of: id, db) }
  }

  /// Fills in the end of a trial, durably. `place` gives the last event before it.
  func setEnd(
    of trial: String, _ end: TrialEnd, score: Double?,
    after place: (Database) throws -> (sequence: Int64, head: Digest, steps: Int)
  ) throws(StoreError) -> Digest {
    if let score, !score.isFinite { throw .invalid("the score \(score) of trial \(trial) is not finite") }
    let table = Table.trialEnds
    // The first column is the trial's identifier: it selects the row.
    let changes = table.columns.enumerated().dropFirst().map { "\($1.name) = \($1.bound($0 + 1))" }
    let sql = """
      UPDATE trials SET \((changes + ["chain_head = ?\(table.columns.count + 1)"]).joined(separator: ", "))
      WHERE id = CAST(?1 AS TEXT) AND ended_at IS NULL
      """
    return try write { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      defer { try? db.execute(sql: "PRAGMA synchronous = NORMAL") }
      var head: Digest?
      try db.inTransaction(.immediate) {
        let last = try place(db)
        // SQLite stores -0 as 0.
        let ending = StoredTrial.Ending(
          end: end, endedMicroseconds: Self.now, score: score.map { $0 + 0 }, steps: last.steps,
          chainHead: last.head)
        let fields = ending.fields(trial: trial, sequence: last.sequence + 1)
        let hash = Digest(after: last.head, table.word, fields)
        let values = (fields + [.blob(hash.bytes)]).map(\.databaseValue)
        try db.execute(sql: sql, arguments: StatementArguments(values))
        guard db.changesCount == 1 else { throw StoreError.ended(trial: trial) }
        head = hash
        return .commit
      }
      // What is committed is safe in the log; a reader may keep the file itself from catching up until later.
      _ = try? db.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
      guard let head else { throw StoreError.ended(trial: trial) }
      return head
    }
  }

  private static func lastEvent(
    of trial: String, _ db: Database
  ) throws -> (sequence: Int64, head: Digest, steps: Int) {
    let begin = try Data.fetchOne(db, sql: "SELECT begin_hash FROM trials WHERE id = ?", arguments: [trial])
    guard var head = begin.flatMap({ Digest(bytes: Bytes($0)) }) else {
      throw StoreError.unknown("no trial \(trial)")
    }
    var sequence: Int64 = 0
    var steps = 0
    for table in Table.events {
      let sql = """
        SELECT \(table.selection) FROM \(table.name) WHERE trial = ? ORDER BY \(table.order) DESC LIMIT 1
        """
      guard let row = try Row.fetchOne(db, sql: sql, arguments: [trial]) else { continue }
      let fields = try table.fields(row)
      guard let hash = table.link(row), case .integer(let place) = fields[1] else {
        throw StoreError.damaged(path: "", detail: "an event of trial \(trial) has no link")
      }
      if table.isSteps, case .integer(let index) = fields[2] { steps = Int(index) }
      if place > sequence { (sequence, head) = (place, hash) }
    }
    return (sequence, head, steps)
  }

  private func check(_ id: String, _ what: String) throws(StoreError) {
    let ok = !id.isEmpty && id.utf8.count <= 200 && id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    guard ok else {
      let id = String(line: id.utf8)
      throw .invalid("\(id) cannot name a \(what): use 1 to 200 visible ASCII characters")
    }
  }
}

extension RunRecord {
  /// What the chains of the run's trials start from.
  var chainStart: Digest { Digest(of: Bytes(spec.utf8)) }
}
