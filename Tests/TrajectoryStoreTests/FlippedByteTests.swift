// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import GRDB
import LyceumCore
import Testing

@testable import TrajectoryStore

/// Bytes of a closed store are flipped, one at a time (all of them with LYCEUM_EVERY_BYTE=1): `verify` or the opening says so, or nothing that the
/// tables hold has changed.
@Suite struct FlippedByteTests {
  @Test func noFlippedByteGoesUnseen() throws {
    let folder = try Folder()
    try Self.fill(folder.store)
    let original = try Bytes(Data(contentsOf: URL(fileURLWithPath: folder.store)))
    let wanted = try #require(Self.dump(folder.store))
    var (seen, harmless, named) = (0, 0, 0)
    // An odd stride reaches every kind of place in one page or another.
    let every = ProcessInfo.processInfo.environment["LYCEUM_EVERY_BYTE"] == "1"
    for offset in stride(from: 0, to: original.count, by: every ? 1 : 23) {
      let copy = folder.path + "/copy.db"
      var bytes = original
      bytes[offset] ^= offset % 2 == 0 ? 0xff : 0x01
      try Data(bytes).write(to: URL(fileURLWithPath: copy))
      defer { Self.remove(copy) }
      do throws(StoreError) {
        let store = try Store.open(at: copy)
        let report = try store.verify()
        if !report.isClean {
          seen += 1
          if report.findings.contains(where: { $0.table != nil }) { named += 1 }
          continue
        }
        try store.close()
      } catch {
        seen += 1
        continue
      }
      harmless += 1
      #expect(Self.dump(copy) == wanted, "byte \(offset) changed the content and was not seen")
    }
    print("flipped bytes: \(seen) seen (\(named) with a row), \(harmless) harmless, of \(original.count)")
    #expect(seen > 100 && named > 50)
  }

  /// Each byte of a thought: its step is named.
  @Test func everyByteOfTheContentsIsNamed() throws {
    let folder = try Folder()
    try Self.fill(folder.store)
    let original = try Bytes(Data(contentsOf: URL(fileURLWithPath: folder.store)))
    let needle = Bytes("thought 2".utf8)
    let place = try #require(original.indices.first { original[$0...].starts(with: needle) })
    for offset in place..<place + needle.count {
      var bytes = original
      bytes[offset] ^= 0x20
      let copy = folder.path + "/copy.db"
      try Data(bytes).write(to: URL(fileURLWithPath: copy))
      let report = try Store.open(at: copy).verify()
      let finding = try #require(report.findings.first)
      #expect(finding.table == "steps" && finding.trial == "one" && finding.step == 2)
      Self.remove(copy)
    }
  }

  static func remove(_ path: String) {
    for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
  }

  static func fill(_ path: String) throws {
    // Small pages leave little room that holds nothing.
    let empty = try DatabaseQueue(path: path)
    try empty.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA page_size = 512; VACUUM") }
    try empty.close()
    let store = try Store.open(at: path)
    try store.addRun(run())
    let writer = try store.beginTrial(trial("one"))
    for index in 1...4 { try writer.append(step(index, bytes: index == 3 ? 6000 : 300)) }
    try writer.log(.info, "agent", Bytes("a line".utf8))
    let grade = Grade(split: .test, outcome: .scored(metrics: ["accuracy": 0.5]))
    try writer.append(grade, afterStep: 4, wallMicroseconds: 9)
    try writer.end(submitted, score: 0.5)
    try store.close()
  }

  /// All that the tables hold.
  static func dump(_ path: String) -> [[DatabaseValue]]? {
    let orders = [
      "runs": "id", "trials": "id", "steps": "trial, idx", "grades": "trial, seq", "logs": "trial, seq",
      "grdb_migrations": "identifier",
    ]
    guard let queue = try? DatabaseQueue(path: path) else { return nil }
    return try? queue.read { db in
      try orders.sorted { $0.key < $1.key }.flatMap { table, order in
        try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY \(order)").map { Array($0.databaseValues) }
      }
    }
  }
}
