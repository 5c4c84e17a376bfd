// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import GRDB
internal import LyceumCore

/// The file that holds what happened: runs, trials, steps, grades and logs, in one SQLite database.
///
/// Rows are only ever added; the one change is that a trial's end is filled in, once. Several processes may write to
/// one file at the same time: each event is one short transaction. A store may be used from several threads; its
/// calls take turns.
public final class Store: Sendable {
  public let path: String
  let queue: DatabaseQueue

  private init(path: String, queue: DatabaseQueue) {
    self.path = path
    self.queue = queue
  }

  /// Seconds that a writer waits for another process's transaction before ``StoreError/busy(path:)``.
  static let busySeconds: Double = 30

  /// Opens the store at `path` for reading and writing; makes it when there is no file, or an empty one, and brings
  /// it to the newest schema. A file that is something else is left as it is.
  public static func open(at path: String) throws(StoreError) -> Store {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder) else { throw .missing(path: path) }
    var configuration = configuration()
    configuration.prepareDatabase { db in
      try inspect(db, path: path)
      try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF")
    }
    do {
      let queue = try DatabaseQueue(path: plain(path), configuration: configuration)
      let store = Store(path: path, queue: queue)
      try store.retryingWhileBusy { try store.enterWriteAheadLogging() }
      try store.retryingWhileBusy { try store.migrate() }
      return store
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Opens the store at `path` for reading; the file is not changed. Reads see what is committed, while others write.
  public static func openReadOnly(at path: String) throws(StoreError) -> Store {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
    var configuration = configuration()
    configuration.readonly = true
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
      switch try inspect(db, path: path) {
      case 0: throw StoreError.notAStore(path: path)
      case Schema.version: break
      case let found: throw StoreError.olderSchema(path: path, found: found, known: Schema.version)
      }
    }
    do {
      return Store(path: path, queue: try DatabaseQueue(path: plain(path), configuration: configuration))
    } catch {
      let first = StoreError(error, path: path)
      guard isCannotOpen(error), let queue = try? immutable(path, configuration) else { throw first }
      return Store(path: path, queue: queue)
    }
  }

  /// Closes the file, and moves what the write-ahead log holds into it when no other process has it open.
  /// Every later call fails.
  public func close() throws(StoreError) {
    do { try queue.close() } catch { throw StoreError(error, path: path) }
  }

  /// Microseconds since 1970, UTC, of the wall clock.
  public static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1e6) }

  // MARK: - Access

  /// Runs `body` outside of any transaction; each statement that writes is then a transaction of its own.
  func write<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do { return try queue.writeWithoutTransaction(body) } catch { throw StoreError(error, path: path) }
  }

  /// Runs `body` in one transaction that holds the write lock from its start, and commits when it returns.
  func writeTogether<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    try write { db in
      var result: T?
      try db.inTransaction(.immediate) {
        result = try body(db)
        return .commit
      }
      guard let result else { throw StoreError.failed(path: path, detail: "no result") }
      return result
    }
  }

  /// Runs `body` on one snapshot of the file.
  func read<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do { return try queue.read(body) } catch { throw StoreError(error, path: path) }
  }

  // MARK: - Opening

  private static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.label = "store"
    configuration.busyMode = .timeout(busySeconds)
    return configuration
  }

  /// A path that SQLite does not take for a URI.
  private static func plain(_ path: String) -> String { path.hasPrefix("/") ? path : "./" + path }

  /// The schema version of a store, 0 of an empty database; throws for any other file.
  @discardableResult
  private static func inspect(_ db: Database, path: String) throws -> Int {
    // One snapshot for all questions: another process may be making the store between two of them.
    try db.execute(sql: "BEGIN")
    defer { try? db.execute(sql: "COMMIT") }
    let identity = try Int32.fetchOne(db, sql: "PRAGMA application_id")
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let applied = try Schema.migrator.appliedIdentifiers(db)
    guard identity == Schema.applicationID else {
      let tables = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'grdb_migrations'")
      guard identity == 0, version == 0, tables == 0, applied.isEmpty else {
        throw StoreError.notAStore(path: path)
      }
      return 0
    }
    guard version <= Schema.version else {
      throw StoreError.newerSchema(path: path, found: version, known: Schema.version)
    }
    guard version >= 1, applied == Set((1...version).map(String.init)) else {
      throw StoreError.damaged(path: path, detail: "it says schema \(version) but was not migrated to it")
    }
    return version
  }

  private func enterWriteAheadLogging() throws {
    let mode = try queue.writeWithoutTransaction { db in
      try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
    }
    guard mode == "wal" else {
      throw StoreError.failed(path: path, detail: "its disk does not support write-ahead logging")
    }
  }

  /// Another process may be making the same store: whoever comes second finds the work done.
  private func migrate() throws {
    do {
      try Schema.migrator.migrate(queue)
    } catch {
      guard try queue.read({ db in try Schema.migrator.hasCompletedMigrations(db) }) else { throw error }
    }
  }

  /// A change of the journal mode does not wait for locks by itself.
  private func retryingWhileBusy(_ body: () throws -> Void) throws {
    let end = Date().addingTimeInterval(Self.busySeconds)
    while true {
      do {
        return try body()
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && Date() < end {
        Thread.sleep(forTimeInterval: 0.005)
      }
    }
  }

  private static func isCannotOpen(_ error: any Error) -> Bool {
    guard let code = (error as? DatabaseError)?.resultCode else { return false }
    return code == .SQLITE_CANTOPEN || code == .SQLITE_READONLY
  }

  /// A store in a folder that cannot be written, where SQLite has no place for its shared memory. It is read as a
  /// file that nobody changes, which holds when it has no write-ahead log.
  private static func immutable(_ path: String, _ configuration: Configuration) throws -> DatabaseQueue? {
    let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
    guard log ?? 0 == 0 else { return nil }
    var components = URLComponents(url: URL(fileURLWithPath: path), resolvingAgainstBaseURL: true)
    components?.queryItems = [URLQueryItem(name: "immutable", value: "1")]
    guard let uri = components?.string else { return nil }
    return try DatabaseQueue(path: uri, configuration: configuration)
  }
}
