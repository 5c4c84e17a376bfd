// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import Foundation
internal import TrajectoryStore
internal import Trials

/// `--json`, wherever a command has something to say to a machine.
struct JSONFlag: ParsableArguments {
  @Flag(name: .long, help: "Print JSON.")
  var json = false
}

/// `--store`, wherever a command reads or writes one.
struct StoreOption: ParsableArguments {
  @Option(
    name: .long, help: "Path of the store. [default: $LYCEUM_STORE or lyceum.db]",
    completion: .file(extensions: ["db"]))
  var store: String?

  var path: String { store ?? ProcessInfo.processInfo.environment["LYCEUM_STORE"] ?? "lyceum.db" }

  func openReadOnly() throws(RunError) -> Store {
    do throws(StoreError) { return try Store.openReadOnly(at: path) } catch { throw RunError(error) }
  }
}

/// Prints `value` as JSON with sorted keys.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// Writes to standard error: progress never mixes with what a command prints.
func say(_ text: String, terminator: String = "\n") {
  FileHandle.standardError.write(Data((text + terminator).utf8))
}
