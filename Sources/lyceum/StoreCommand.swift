// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import Foundation
internal import TrajectoryStore
internal import Trials

struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Check and describe a store.", subcommands: [StoreVerify.self, StoreInfo.self])
}

struct StoreVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Recompute every hash; name the rows that were changed.",
    discussion: "EXAMPLE\n  lyceum store verify --store nightly.db\n\nEnds with 4 when anything is wrong.")

  @Option(name: .long, help: "One trial in place of all.")
  var trial: String?
  @OptionGroup var store: StoreOption
  @OptionGroup var output: JSONFlag

  func run() throws {
    let store = try store.openReadOnly()
    do {
      let report = try store.verify(trial: trial)
      if output.json { try printJSON(report) } else { print(report.text, terminator: "") }
      if !report.findings.isEmpty { throw ExitCode(RunError.Kind.damagedStore.rawValue) }
    } catch let error as StoreError { throw RunError(error) }
  }
}

struct StoreInfo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "What a store holds.", discussion: "EXAMPLE\n  lyceum store info --json")

  @OptionGroup var store: StoreOption
  @OptionGroup var output: JSONFlag

  func run() throws {
    let store = try store.openReadOnly()
    do {
      let info = try store.info()
      if output.json { try printJSON(info) } else { print(info.text, terminator: "") }
    } catch let error as StoreError { throw RunError(error) }
  }
}
