// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import LyceumCore
internal import Workspace

/// A trial's commits: one for the workspace as it was given, one for each step that changed it, one that seals the
/// record. All dates are fixed, so equal trials have equal commits.
///
/// The trial's reference follows from time to time and at the end, since to move it costs more than the commit. What
/// a killed trial has committed after the last move is whole, and named in the store: every step names its tree.
final class History {
  /// Commits from one move of the reference to the next.
  private static let stride: Int64 = 64

  private let repository: Repository
  private let trial: String
  private var last: CommitID?
  /// Where the reference is.
  private var marked: CommitID?
  private var tree: TreeID?
  private var count: Int64 = 0

  init(repository: Repository, trial: String) {
    self.repository = repository
    self.trial = trial
  }

  /// Commits `tree` unless the last commit has it.
  func append(_ tree: TreeID, message: @autoclosure () -> String) throws(WorkspaceError) {
    if tree != self.tree { try commit(tree, message()) }
  }

  private func commit(_ tree: TreeID, _ message: String) throws(WorkspaceError) {
    last = try repository.commit(tree, parent: last, message: message, seconds: count)
    self.tree = tree
    if count % Self.stride == 0 { try mark() }
    count += 1
  }

  /// The last commit names the head of the trial's hash chain, so that neither can be changed alone.
  func seal(message: String, head: Digest) throws(WorkspaceError) {
    guard let tree else { return }
    try commit(tree, "\(message)\n\nchain: \(head.hex)")
    try mark()
  }

  /// Moves the reference to the last commit.
  func mark() throws(WorkspaceError) {
    guard let last, last != marked else { return }
    try repository.moveRef(of: trial, from: marked, to: last)
    marked = last
  }
}
