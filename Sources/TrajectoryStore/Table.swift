// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import GRDB
internal import LyceumCore

/// A table as the program sees it: the columns that are hashed, in their order, and the statements made from them.
struct Table {
  struct Column {
    enum Kind { case integer, real, text, blob }
    let name: String
    let kind: Kind

    /// As it is read: text as its bytes.
    var selected: String { kind == .text ? "CAST(\(name) AS BLOB)" : name }
    /// As it is bound at place `index`.
    func bound(_ index: Int) -> String { kind == .text ? "CAST(?\(index) AS TEXT)" : "?\(index)" }
  }

  let name: String
  /// The word that a row's canonical bytes begin with.
  let word: String
  let columns: [Column]
  /// Column that holds the row's link.
  let hash: String

  /// What a SELECT reads: the columns and then the hash.
  let selection: String
  /// The statement that inserts a row.
  let insert: String
  /// The statement that inserts an event, unless its trial has ended or is not there.
  let append: String

  init(_ name: String, word: String, hash: String, _ columns: KeyValuePairs<String, Column.Kind>) {
    self.name = name
    self.word = word
    self.hash = hash
    self.columns = columns.map { Column(name: $0.key, kind: $0.value) }
    let names = (self.columns.map(\.name) + [hash]).joined(separator: ", ")
    let bound = self.columns.enumerated().map { $1.bound($0 + 1) } + ["?\(columns.count + 1)"]
    let bindings = bound.joined(separator: ", ")
    selection = (self.columns.map(\.selected) + [hash]).joined(separator: ", ")
    insert = "INSERT INTO \(name) (\(names)) VALUES (\(bindings))"
    append = """
      INSERT INTO \(name) (\(names)) SELECT \(bindings)
      WHERE EXISTS (SELECT 1 FROM trials WHERE id = CAST(?1 AS TEXT) AND ended_at IS NULL)
      """
  }

  var isSteps: Bool { name == "steps" }
  /// Of an event table: the column that its rows of one trial are read in the order of, by an index.
  var order: String { isSteps ? "idx" : "seq" }

  /// Fields and hash of a row that was read by ``selection``, from column `offset` on.
  func fields(_ row: Row, from offset: Int = 0) throws(StoreError) -> [Field] {
    var fields: [Field] = []
    fields.reserveCapacity(columns.count)
    for (index, column) in columns.enumerated() {
      fields.append(try Field(row[offset + index] as DatabaseValue, as: column.kind))
    }
    return fields
  }

  /// The stored link of such a row; nil when it has none or it is no digest.
  func link(_ row: Row, from offset: Int = 0) -> Digest? {
    guard case .blob(let bytes) = try? Field(row[offset + columns.count] as DatabaseValue, as: .blob) else {
      return nil
    }
    return Digest(bytes: bytes)
  }
}

extension Table {
  static let runs = Table(
    "runs", word: "run", hash: "hash",
    [
      "id": .text, "name": .text, "created": .integer, "seed": .integer, "spec": .text, "host": .text,
    ])

  /// What is known of a trial when it begins.
  static let trialBegins = Table(
    "trials", word: "begin", hash: "begin_hash",
    [
      "id": .text, "run": .text, "task": .text, "agent": .text, "number": .integer, "attempt": .integer,
      "task_version": .integer, "task_digest": .blob, "agent_digest": .blob, "seed": .integer,
      "metric": .text, "direction": .text, "started_at": .integer, "manifest": .text,
    ])

  /// What is known of a trial when it has ended.
  static let trialEnds = Table(
    "trials", word: "end", hash: "chain_head",
    [
      "id": .text, "end_seq": .integer, "ended_at": .integer, "end_kind": .text, "end_reason": .text,
      "cause": .text, "detail": .text, "score": .real, "steps": .integer,
    ])

  static let steps = Table(
    "steps", word: "step", hash: "hash",
    [
      "trial": .text, "seq": .integer, "idx": .integer, "action_name": .text, "exit_code": .integer,
      "signal": .integer, "timed_out": .integer, "refusal": .text, "tree": .text, "started_us": .integer,
      "thinking_us": .integer, "wall_us": .integer, "cpu_us": .integer, "peak_kb": .integer,
      "leftovers": .integer, "elided": .integer, "skipped": .text, "action_path": .blob,
      "action_arguments": .text, "thought": .blob, "action_input": .blob, "output": .blob,
    ])

  static let grades = Table(
    "grades", word: "grade", hash: "hash",
    [
      "trial": .text, "seq": .integer, "step_idx": .integer, "split": .text, "outcome": .text,
      "metrics": .text, "cause": .text, "reason": .text, "wall_us": .integer, "details": .text,
    ])

  static let logs = Table(
    "logs", word: "log", hash: "hash",
    [
      "trial": .text, "seq": .integer, "at": .integer, "level": .text, "source": .text, "message": .blob,
    ])

  /// The tables whose rows make up a trial between its begin and its end.
  static let events = [steps, grades, logs]
}
