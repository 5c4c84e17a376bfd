// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import GRDB
public import LyceumCore

/// Appends the events of one trial, each in a transaction of its own, each linked to the one before.
///
/// An event is stored when the call returns: it survives the death of the process. Power failure may take the last
/// events of a trial that has not ended, and never tears one. A call that throws has stored nothing, and may be
/// repeated. Belongs to one thread.
public final class TrialWriter {
  /// Bytes of one log line that are kept.
  public static let logLineBytes = 8192
  /// Bytes of log lines that a trial keeps; a last line says when they are used up.
  public static let logBytes = 4 << 20

  public let trial: String
  /// The last link of the chain so far.
  public private(set) var head: Digest
  /// Number of steps so far.
  public private(set) var steps = 0

  private let store: Store
  private var sequence: Int64 = 0
  private var logged = 0
  /// The grade that the next step's observation shows, when it is stored already.
  private var shown: (step: Int, grade: Grade)?

  init(store: Store, trial: String, head: Digest) {
    self.store = store
    self.trial = trial
    self.head = head
  }

  /// Appends the next step; its index is one more than ``steps``. A grade that its observation shows is stored
  /// in the same transaction, unless it was appended for this index just before.
  public func append(_ step: Step) throws(StoreError) {
    guard step.index == steps + 1 else {
      throw .invalid("step \(step.index) cannot follow step \(steps) of \(trial): append steps in order")
    }
    var grade: Link?
    if let seen = step.observation.grade, shown?.step != step.index || shown?.grade != seen {
      let wall = step.observation.usage.wallMicroseconds
      grade = try link(seen, step: step.index, wall: wall, after: head)
    }
    let place = sequence + (grade == nil ? 1 : 2)
    let fields = try step.fields(trial: trial, sequence: place)
    let last = Link(.steps, fields, after: grade?.hash ?? head)
    if let grade {
      try store.writeTogether { db in
        try insert(grade, db)
        try insert(last, db)
      }
    } else {
      try store.write { db in try insert(last, db) }
    }
    (head, sequence, steps, shown) = (last.hash, place, step.index, nil)
  }

  /// Appends what a grader measured. `afterStep` is the last step before it (0: none), or the step whose
  /// observation is to show it, in which case the step is appended next.
  public func append(_ grade: Grade, afterStep: Int, wallMicroseconds: UInt64) throws(StoreError) {
    let link = try link(grade, step: afterStep, wall: wallMicroseconds, after: head)
    try store.write { db in try insert(link, db) }
    (head, sequence, shown) = (link.hash, sequence + 1, (afterStep, grade))
  }

  /// Appends a log line, cut to ``logLineBytes``; nothing when the trial has logged ``logBytes``.
  public func log(_ level: LogLevel, _ source: String, _ message: Bytes) throws(StoreError) {
    guard logged < Self.logBytes else { return }
    var line = LogLine(
      sequence: Int(sequence) + 1, atMicroseconds: Store.now, level: level, source: source,
      message: Bytes(message.prefix(Self.logLineBytes)))
    let total = logged + line.message.count
    if total >= Self.logBytes {
      (line.level, line.source) = (.warning, "host")
      line.message = Bytes("the trial has logged \(Self.logBytes) bytes: no further line is kept".utf8)
    }
    let link = Link(.logs, line.fields(trial: trial), after: head)
    try store.write { db in try insert(link, db) }
    (head, sequence, logged) = (link.hash, sequence + 1, total)
  }

  /// Ends the trial and returns the chain's head. When this returns, the whole trial survives power failure.
  /// `score` is the value of the trial's metric on the test split, finite, nil when unscored.
  @discardableResult
  public func end(_ end: TrialEnd, score: Double?) throws(StoreError) -> Digest {
    let place = (sequence: sequence, head: head, steps: steps)
    head = try store.setEnd(of: trial, end, score: score) { _ in place }
    sequence += 1
    return head
  }

  private func link(_ grade: Grade, step: Int, wall: UInt64, after: Digest) throws(StoreError) -> Link {
    let row = StoredGrade(sequence: Int(sequence) + 1, step: step, grade: grade, wallMicroseconds: wall)
    return Link(.grades, try row.fields(trial: trial), after: after)
  }

  /// One statement that inserts the row if the trial has not ended; outside of a transaction it is one.
  private func insert(_ link: Link, _ db: Database) throws {
    let statement = try db.cachedStatement(sql: link.table.append)
    try statement.execute(arguments: StatementArguments(link.values))
    guard db.changesCount == 1 else { throw StoreError.ended(trial: trial) }
  }
}

/// A row about to be inserted, with its place in the chain.
private struct Link {
  let table: Table
  let hash: Digest
  let values: [DatabaseValue]

  init(_ table: Table, _ fields: [Field], after previous: Digest) {
    self.table = table
    hash = Digest(after: previous, table.word, fields)
    values = fields.map(\.databaseValue) + [Field.blob(hash.bytes).databaseValue]
  }
}
