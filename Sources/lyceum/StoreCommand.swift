// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import LyceumCore
internal import TrajectoryStore
internal import Trials

struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Check and describe a store.",
    subcommands: [StoreVerify.self, StoreInfo.self])
}

struct StoreVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Recompute every hash; name the rows that were changed.",
    discussion: "EXAMPLE\n  lyceum store verify --store nightly.db\n\nEnds with 4 when anything is wrong.")

  @Option(name: .long, help: "One trial in place of all.")
  var trial: String?
  @OptionGroup var store: StoreOption
  @OptionGroup var output: JSONFlag

  private struct Report: Encodable {
    let runs: Int
    let trials: Int
    let events: Int
    let clean: Bool
    let findings: [String]
  }

  func run() throws {
    let store = try store.openReadOnly()
    let report = try store.verify(trial: trial)
    let lines = report.findings.map { String(line: $0.description.utf8, limit: 400) }
    if output.json {
      try printJSON(
        Report(
          runs: report.runs, trials: report.trials, events: report.events, clean: report.isClean,
          findings: lines))
    } else {
      for line in lines { print(line) }
      let what = [count(report.runs, "run"), count(report.trials, "trial"), count(report.events, "event")]
        .joined(separator: ", ")
      print(report.isClean ? "every hash fits: \(what)" : "\(count(lines.count, "finding")) in \(what)")
    }
    if !report.isClean { throw ExitCode(RunError.Kind.damagedStore.rawValue) }
  }
}

struct StoreInfo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "What a store holds.", discussion: "EXAMPLE\n  lyceum store info --json")

  @OptionGroup var store: StoreOption
  @OptionGroup var output: JSONFlag

  func run() throws {
    let store = try store.openReadOnly()
    let info = try store.info()
    if output.json { return try printJSON(info) }
    print(
      """
      \(info.path): schema \(info.schemaVersion), \(info.bytes) bytes, \(info.logBytes) in the write-ahead log
      \(info.runs) runs, \(info.trials) trials (\(info.endedTrials) over), \(info.steps) steps, \(info.grades) grades, \
      \(info.logs) log lines
      """)
  }
}
