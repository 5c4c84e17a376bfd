// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import Foundation
internal import LyceumCore
internal import TrajectoryStore
internal import Trials
internal import Workspace

struct TrialDiff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "What changed in the workspace between two steps.",
    discussion:
      "EXAMPLE\n  lyceum trial diff 4f2a91c03b-1-1 0 3\n\nStep 0 is the workspace as the agent got it.")

  @Argument(help: "Id of a trial; the beginning is enough where it is unique.")
  var trial: String
  @Argument(help: "The earlier step.")
  var from: Int
  @Argument(help: "The later step.")
  var to: Int
  @OptionGroup var store: StoreOption
  @OptionGroup var output: JSONFlag

  private struct Change: Encodable {
    let path: Content
    let change: String
    let oldBytes: UInt64
    let newBytes: UInt64
    let patch: Content?
  }

  func run() throws {
    let trees = try TrialTrees(trial, store)
    let difference = try trees.repository.diff(
      from: try trees.tree(of: from), to: try trees.tree(of: to), limits: DiffLimits(patchBytes: 4 << 20))
    let changes = difference.changes.map {
      Change(
        path: Content($0.path), change: "\($0.kind)", oldBytes: $0.oldSize, newBytes: $0.newSize,
        patch: $0.patch.map { Content($0) })
    }
    if output.json { return try printJSON(changes) }
    for change in changes {
      print(
        "\(change.change) \(String(line: change.path.bytes))  \(change.oldBytes) → \(change.newBytes) bytes"
      )
      if let patch = change.patch { print(String(escaping: patch.bytes), terminator: "") }
    }
    if !difference.isComplete { print("more than \(changes.count) paths differ; the rest is not shown") }
  }
}

struct TrialRestore: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Write the workspace as it was after a step into an empty folder.",
    discussion: """
      EXAMPLE
        lyceum trial restore 4f2a91c03b-1-1 3 ./workspace-3

      Files are an agent's: a `.git` among them can run programs when git is used there.
      """)

  @Argument(help: "Id of a trial; the beginning is enough where it is unique.")
  var trial: String
  @Argument(help: "Index of a step; 0 is the workspace as the agent got it.")
  var step: Int
  @Argument(help: "A folder that is missing or empty.")
  var folder: String
  @OptionGroup var store: StoreOption

  func run() throws {
    let trees = try TrialTrees(trial, store)
    let missing = try trees.repository.restore(try trees.tree(of: step), into: folder)
    for path in missing { say("\(String(line: path)): too large to have been recorded") }
  }
}

/// The trees of a trial, by step.
private struct TrialTrees {
  let repository: Repository
  private let store: Store
  private let trial: StoredTrial

  init(_ id: String, _ option: StoreOption) throws {
    store = try option.openReadOnly()
    trial = try store.trial(id)
    let path = repositoryPath(store: option.path)
    guard FileManager.default.fileExists(atPath: path) else {
      throw RunError(.usage, "\(path) is not there: it belongs beside the store and holds its workspaces")
    }
    repository = try Repository(at: path)
  }

  func tree(of step: Int) throws -> TreeID {
    let id = trial.record.id
    let hex = step == 0 ? try first : try store.step(id, step)?.tree
    guard let hex, let tree = TreeID(hex: hex) else {
      throw RunError(.usage, "trial \(id) has no step \(step): `lyceum trial show \(id)` lists them")
    }
    return tree
  }

  /// Tree of the trial's first commit.
  private var first: String? {
    get throws {
      guard var commit = try repository.head(of: trial.record.id).map({ try repository.readCommit($0) })
      else { return nil }
      while let parent = commit.parent { commit = try repository.readCommit(parent) }
      return commit.tree.hex
    }
  }
}
