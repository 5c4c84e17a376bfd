// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import GRDB

/// What a store holds.
public struct StoreInfo: Codable, Sendable, Hashable {
  public var path: String
  public var schemaVersion: Int
  public var sqliteVersion: String
  public var runs: Int
  public var trials: Int
  /// Trials that have ended.
  public var endedTrials: Int
  public var steps: Int
  public var grades: Int
  public var logs: Int
  /// Bytes of the file.
  public var bytes: Int
  /// Bytes of the write-ahead log beside it.
  public var logBytes: Int
}

extension Store {
  public func info() throws(StoreError) -> StoreInfo {
    try read { db in
      func number(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
      return StoreInfo(
        path: path, schemaVersion: try number("PRAGMA user_version"),
        sqliteVersion: try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "",
        runs: try number("SELECT count(*) FROM runs"), trials: try number("SELECT count(*) FROM trials"),
        endedTrials: try number("SELECT count(*) FROM trials WHERE ended_at IS NOT NULL"),
        steps: try number("SELECT count(*) FROM steps"), grades: try number("SELECT count(*) FROM grades"),
        logs: try number("SELECT count(*) FROM logs"), bytes: Self.size(path),
        logBytes: Self.size(path + "-wal"))
    }
  }

  private static func size(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }
}
