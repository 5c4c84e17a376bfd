// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import LyceumCore
internal import Workspace

/// A trial's commits: one for the workspace as it was given, one a step, one that seals the record.
/// All dates are fixed, so equal trials have equal commits.
final class History {
  private let repository: Repository
  private let trial: String
  private var parent: CommitID?
  private var tree: TreeID?
  private var count: Int64 = 0

  init(repository: Repository, trial: String) {
    self.repository = repository
    self.trial = trial
  }

  func append(_ tree: TreeID, message: String) throws(WorkspaceError) {
    parent = try repository.commit(tree, parent: parent, message: message, trial: trial, seconds: count)
    self.tree = tree
    count += 1
  }

  /// The last commit names the head of the trial's hash chain, so that neither can be changed alone.
  func seal(message: String, head: Digest) throws(WorkspaceError) {
    guard let tree else { return }
    try append(tree, message: "\(message)\n\nchain: \(head.hex)")
  }
}
