// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import GRDB
import LyceumCore
import Testing

@testable import TrajectoryStore

/// Which files are opened, and what is said about the others.
@Suite struct OpeningTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  /// The error of `body`; nil when it succeeds.
  private func failure(_ body: () throws(StoreError) -> some Any) -> StoreError? {
    do throws(StoreError) { _ = try body() } catch { return error }
    return nil
  }

  private func fill() throws {
    let store = try Store.open(at: folder.store)
    try store.addRun(run())
    let writer = try store.beginTrial(trial("one"))
    for index in 1...20 { try writer.append(step(index, bytes: 3000)) }
    try writer.end(submitted, score: 1)
    try store.close()
  }

  @Test func aStoreOfALaterSchemaIsRefused() throws {
    try fill()
    try DatabaseQueue(path: folder.store).write { db in
      try db.execute(sql: "PRAGMA user_version = 7; INSERT INTO grdb_migrations VALUES ('7')")
    }
    let expected = StoreError.newerSchema(path: folder.store, found: 7, known: 1)
    #expect(failure { () throws(StoreError) in try Store.open(at: folder.store) } == expected)
    #expect(failure { () throws(StoreError) in try Store.openReadOnly(at: folder.store) } == expected)
    #expect(expected.description.contains("schema 7") && expected.description.contains("up to 1"))
  }

  @Test(arguments: ["text", "database", "folder"])
  func aFileThatIsNoStoreIsRefusedAndLeftAlone(kind: String) throws {
    switch kind {
    case "text": try Data("a line\n".utf8).write(to: URL(fileURLWithPath: folder.store))
    case "database":
      let other = try DatabaseQueue(path: folder.store)
      try other.write { db in try db.execute(sql: "CREATE TABLE steps (a); INSERT INTO steps VALUES (1)") }
      try other.close()
    default: try FileManager.default.createDirectory(atPath: folder.store, withIntermediateDirectories: true)
    }
    let file = URL(fileURLWithPath: folder.store)
    let before = try? Data(contentsOf: file)
    for reading in [false, true] {
      let error = failure { () throws(StoreError) in
        reading ? try Store.openReadOnly(at: folder.store) : try Store.open(at: folder.store)
      }
      if kind == "folder" {
        #expect(error != nil)
      } else {
        #expect(error == .notAStore(path: folder.store))
      }
    }
    let after = try? Data(contentsOf: file)
    #expect(after == before)
  }

  @Test func aStoreThatIsNotThereIsNotMadeByReading() throws {
    let error = failure { () throws(StoreError) in try Store.openReadOnly(at: folder.store) }
    #expect(error == .missing(path: folder.store))
    #expect(!FileManager.default.fileExists(atPath: folder.store))
    let nowhere = folder.path + "/no/where.db"
    #expect(failure { () throws(StoreError) in try Store.open(at: nowhere) } == .missing(path: nowhere))
  }

  @Test func halfAFileIsRefused() throws {
    try fill()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.store))
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: folder.store))
    let error = failure { () throws(StoreError) in try Store.open(at: folder.store) }
    #expect(error?.isDamage == true, "\(String(describing: error))")
    #expect(failure { () throws(StoreError) in try Store.openReadOnly(at: folder.store) }?.isDamage == true)
  }

  @Test func anEmptyFileBecomesAStore() throws {
    try Data().write(to: URL(fileURLWithPath: folder.store))
    #expect(failure { () throws(StoreError) in try Store.openReadOnly(at: folder.store) } != nil)
    #expect(try Store.open(at: folder.store).verify().isClean)
  }

  @Test func aReaderCannotWrite() throws {
    try fill()
    let store = try Store.openReadOnly(at: folder.store)
    #expect(try store.trial("one").ending?.score == 1)
    let refused = failure { () throws(StoreError) in try store.beginTrial(trial("two", number: 2)) }
    #expect(refused == .readOnly(path: folder.store))
    #expect(try store.verify().isClean)
  }

  /// SQLite wants to write beside the file even to read it. A child gives up root, which writes anywhere.
  @Test func aFolderThatCannotBeWrittenIsRead() async throws {
    try fill()
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path) }
    await #expect(processExitsWith: .success) { [path = folder.store as String] in
      _ = (setgid(65534), setuid(65534))
      let store = try Store.openReadOnly(at: path)
      let score = try store.trial("one").ending?.score
      let report = try store.verify()
      #expect(score == 1 && report.isClean)
      #expect(throws: StoreError.readOnly(path: path)) { try Store.open(at: path) }
    }
  }

  @Test func manyProcessesMayMakeTheSameStore() throws {
    let errors = Errors()
    DispatchQueue.concurrentPerform(iterations: 6) { _ in
      errors.catching { try Store.open(at: folder.store).addRun(run()) }
    }
    #expect(errors.all.isEmpty, "\(errors.all)")
    #expect(try Store.open(at: folder.store).verify().isClean)
  }
}
