// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import GRDB

/// The shape of the file: what marks it as a store, and the migrations that lead to the newest version.
enum Schema {
  /// `Lyce`, at byte 68 of the file.
  static let applicationID: Int32 = 0x4C79_6365
  /// Number of migrations; the file's `user_version`.
  static let version = 1

  /// Migrations are never edited once released; each is named by the version that it leads to.
  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1", foreignKeyChecks: .immediate) { db in
      try db.execute(sql: trajectories)
      try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = 1")
    }
    return migrator
  }()

  /// Version 1: runs, their trials, and the events of each trial. Small columns come first, so that a query over
  /// them does not walk through the contents.
  private static let trajectories = """
    CREATE TABLE runs (
      id TEXT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      created INTEGER NOT NULL,
      seed INTEGER NOT NULL,
      spec TEXT NOT NULL,
      host TEXT NOT NULL,
      hash BLOB NOT NULL CHECK (length(hash) = 32)
    ) STRICT;
    CREATE TABLE trials (
      id TEXT NOT NULL PRIMARY KEY,
      run TEXT NOT NULL REFERENCES runs (id),
      task TEXT NOT NULL,
      agent TEXT NOT NULL,
      number INTEGER NOT NULL,
      attempt INTEGER NOT NULL CHECK (attempt >= 1),
      task_version INTEGER NOT NULL,
      task_digest BLOB NOT NULL CHECK (length(task_digest) = 32),
      agent_digest BLOB NOT NULL CHECK (length(agent_digest) = 32),
      seed INTEGER NOT NULL,
      metric TEXT NOT NULL,
      direction TEXT NOT NULL CHECK (direction IN ('higher', 'lower')),
      started_at INTEGER NOT NULL,
      end_seq INTEGER,
      ended_at INTEGER,
      end_kind TEXT CHECK (end_kind IN ('terminated', 'truncated', 'failed')),
      end_reason TEXT,
      cause TEXT CHECK (cause IN ('agent', 'task', 'grader', 'sandbox', 'model', 'host')),
      detail TEXT,
      score REAL,
      steps INTEGER,
      begin_hash BLOB NOT NULL CHECK (length(begin_hash) = 32),
      chain_head BLOB CHECK (length(chain_head) = 32),
      manifest TEXT NOT NULL,
      UNIQUE (run, task, agent, number, attempt),
      CHECK (ended_at IS NULL OR NOT (end_seq IS NULL OR end_kind IS NULL OR end_reason IS NULL
        OR detail IS NULL OR steps IS NULL OR chain_head IS NULL)),
      CHECK (ended_at IS NOT NULL OR (end_seq IS NULL AND end_kind IS NULL AND end_reason IS NULL
        AND cause IS NULL AND detail IS NULL AND score IS NULL AND steps IS NULL AND chain_head IS NULL))
    ) STRICT;
    CREATE TABLE steps (
      trial TEXT NOT NULL REFERENCES trials (id),
      seq INTEGER NOT NULL CHECK (seq >= 1),
      idx INTEGER NOT NULL CHECK (idx >= 1),
      action_name TEXT NOT NULL,
      exit_code INTEGER,
      signal INTEGER,
      timed_out INTEGER NOT NULL CHECK (timed_out IN (0, 1)),
      refusal TEXT,
      tree TEXT NOT NULL,
      started_us INTEGER NOT NULL,
      thinking_us INTEGER NOT NULL,
      wall_us INTEGER NOT NULL,
      cpu_us INTEGER NOT NULL,
      peak_kb INTEGER NOT NULL,
      leftovers INTEGER NOT NULL,
      elided INTEGER NOT NULL,
      skipped TEXT NOT NULL,
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      action_path BLOB NOT NULL,
      action_arguments TEXT NOT NULL,
      thought BLOB NOT NULL,
      action_input BLOB NOT NULL,
      output BLOB NOT NULL,
      PRIMARY KEY (trial, idx)
    ) STRICT;
    CREATE TABLE grades (
      trial TEXT NOT NULL REFERENCES trials (id),
      seq INTEGER NOT NULL CHECK (seq >= 1),
      step_idx INTEGER NOT NULL CHECK (step_idx >= 0),
      split TEXT NOT NULL CHECK (split IN ('validation', 'test')),
      outcome TEXT NOT NULL CHECK (outcome IN ('scored', 'refused', 'unscored')),
      metrics TEXT,
      cause TEXT CHECK (cause IN ('agent', 'task', 'grader', 'sandbox', 'model', 'host')),
      reason TEXT,
      wall_us INTEGER NOT NULL,
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      details TEXT NOT NULL,
      PRIMARY KEY (trial, seq)
    ) STRICT;
    CREATE TABLE logs (
      trial TEXT NOT NULL REFERENCES trials (id),
      seq INTEGER NOT NULL CHECK (seq >= 1),
      at INTEGER NOT NULL,
      level TEXT NOT NULL CHECK (level IN ('debug', 'info', 'warning', 'error')),
      source TEXT NOT NULL,
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      message BLOB NOT NULL,
      PRIMARY KEY (trial, seq)
    ) STRICT;
    """
}
