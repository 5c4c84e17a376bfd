// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumTesting
import Reporting
import Testing
import TrajectoryStore

/// What these tests play with.
enum Fixture {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().path + "/Fixtures"
  static let tasks = "\(folder)/tasks"

  /// A copy of the task `tiny` with other files in place of its own; an empty text removes one.
  static func task(in folder: TemporaryFolder, changing files: [String: String]) throws -> String {
    let parent = "variants/\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder(parent), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: "\(tasks)/tiny", toPath: folder("\(parent)/tiny"))
    for (path, content) in files { try folder.write("\(parent)/tiny/\(path)", content) }
    return folder("\(parent)/tiny")
  }

  /// The file `PATH` of the task `tiny`, changed in one place.
  static func file(_ path: String, replacing old: String, by new: String) throws -> String {
    let text = try String(contentsOfFile: "\(tasks)/tiny/\(path)", encoding: .utf8)
    try #require(text.contains(old))
    return text.replacingOccurrences(of: old, with: new)
  }

  /// The library that `Fixtures/agents/NAME.c` gives.
  static func agent(_ name: String, in folder: TemporaryFolder, _ flags: [String] = []) throws -> String {
    let path = folder("\(name).so")
    try CompiledPlugin.make("\(self.folder)/agents/\(name).c", at: path, flags)
    return path
  }
}

/// One agent of a run specification.
struct Player {
  var name: String
  var agent: String
  var config: String

  init(_ name: String, agent: String = "scripted", _ config: String) {
    self.name = name
    self.agent = agent
    self.config = config
  }
}

func playground(_ environment: [String: String] = [:]) throws -> Playground {
  try Playground(tasks: Fixture.tasks, environment: environment)
}

extension Playground {
  /// Writes a run specification and gives its path. JSON is YAML.
  func specify(_ players: [Player], task: String = "tiny", trials: Int = 1, seed: Int = 1) throws -> String {
    let agents = players.map { ["name": $0.name, "agent": $0.agent, "config": $0.config] }
    let spec: [String: Any] = ["tasks": [task], "agents": agents, "trials": trials, "seed": seed]
    let text = String(decoding: try JSONSerialization.data(withJSONObject: spec), as: UTF8.self)
    return try folder.write("run-\(UUID().uuidString.prefix(8)).yaml", text)
  }

  /// Plays one scripted agent on a task and gives its trial.
  func play(_ script: String, task: String = "tiny", _ arguments: String...) throws -> StoredTrial {
    let spec = try specify([Player("player", script)], task: task)
    let result = try start(["run", spec] + arguments).end()
    return try #require(try trials()["player"], "\(result.errors)")
  }

  /// The last attempts of the latest run, by the agent's label; of several numbers, the last.
  func trials() throws -> [String: StoredTrial] {
    let store = try store()
    let run = try #require(try store.runs().last)
    var out: [String: StoredTrial] = [:]
    for trial in try store.trials(run: run.id) { out[trial.record.cell.agent] = trial }
    return out
  }

  /// What `trial show` says about a step, as JSON.
  func step(_ trial: StoredTrial, _ index: Int) throws -> [String: Any] {
    let result = try lyceum("trial", "show", trial.record.id, "--step", "\(index)", "--json")
    try #require(result.code == 0, "\(result.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  /// Expects a clean store.
  func verify() throws {
    let result = try lyceum("store", "verify")
    #expect(result.code == 0, "\(result.output)\(result.errors)")
  }

  /// Folders of trials that are left in the cache.
  var workFolders: [String] {
    let members = (try? FileManager.default.contentsOfDirectory(atPath: "\(cache)/work")) ?? []
    return members.filter { !$0.hasSuffix(".lock") }
  }
}
