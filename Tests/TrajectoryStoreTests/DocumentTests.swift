// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import GRDB
import LyceumCore
import Testing

@testable import TrajectoryStore

/// What `docs/store.md` says is so.
@Suite struct DocumentTests {
  let folder: Folder
  let store: Store
  let document: String

  init() throws {
    folder = try Folder()
    store = try Store.open(at: folder.store)
    let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../docs/store.md").standardized
    document = try String(contentsOf: root, encoding: .utf8)
    try store.addRun(run())
    let writer = try store.beginTrial(trial("one"))
    try writer.append(step(1))
    try writer.log(.info, "agent", [0, 255])
    var validation = step(2)
    validation.decision.action = Action(name: "validate\0é", arguments: "{}")
    validation.observation.grade = Grade(split: .validation, outcome: .scored(metrics: ["accuracy": 0.25]))
    try writer.append(validation)
    try writer.end(submitted, score: 0.5)
    try store.beginTrial(trial("two", number: 2))
      .end(TrialEnd(kind: .failed, reason: "box-lost", cause: .sandbox), score: nil)
  }

  private func blocks(_ language: String) -> [String] {
    document.components(separatedBy: "```\(language)\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
  }

  @Test func itsQueriesAnswer() throws {
    let queries = blocks("sql")
    #expect(queries.count == 5)
    for query in queries {
      let arguments = StatementArguments(
        ["run": "run-1", "trial": "one"].filter { query.contains(":\($0.key)") })
      let rows = try store.read { db in try Row.fetchAll(db, sql: query, arguments: arguments) }
      #expect(!rows.isEmpty, "\(query)")
    }
    let value = try store.read { db in
      try Row.fetchOne(db, sql: queries[3], arguments: ["trial": "one"]).map { $0["value"] as Double? }
    }
    #expect(value == 0.25)
  }

  /// A second implementation of the chain, from the description alone.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
  func itsScriptComputesTheChain() throws {
    let script = try #require(blocks("python").first)
    #expect(try python(script) == "ok\n")
    try store.write { db in try db.execute(sql: "UPDATE logs SET message = x'00'") }
    #expect(try python(script) == "broken\n")
  }

  private func python(_ script: String) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", script, folder.store, "one"]
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  @Test func itNamesEveryColumn() throws {
    let columns = try store.read { db in
      try ["runs", "trials", "steps", "grades", "logs"].flatMap { try db.columns(in: $0).map(\.name) }
    }
    #expect(columns.count == 72)
    for column in columns {
      #expect(document.contains(try Regex("[^a-z_]\(column)[^a-z_]")), "\(column)")
    }
  }

  /// A released migration is never edited: stores that it made are out there.
  @Test func theFirstMigrationStaysAsItIs() throws {
    let schema = try store.read { db in
      try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
    }
    let golden = "11374dc82f93b90a6a22d24d065ef76622ec4066d45fbd771e008c31c94801cd"
    #expect(Digest(of: Bytes(schema.joined(separator: ";\n").utf8)).hex == golden)
  }
}
