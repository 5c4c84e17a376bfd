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

/// The run that `prefix` begins; the latest when it is nil.
func runID(_ prefix: String?, in store: Store) throws -> String {
  let runs = try store.runs().map(\.id)
  guard let prefix else {
    if let last = runs.last { return last }
    throw RunError(.usage, "the store has no run yet: start one with `lyceum run`")
  }
  if runs.contains(prefix) { return prefix }
  let found = runs.filter { $0.hasPrefix(prefix) }
  guard found.count == 1, let id = found.first else {
    let which = found.isEmpty ? "no run \(prefix)" : "more than one run \(prefix)…"
    throw RunError(.usage, "the store has \(which): it has \(runs.suffix(8).joined(separator: ", "))")
  }
  return id
}

/// `1 run`, `2 runs`.
func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
