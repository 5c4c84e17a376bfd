// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
internal import LyceumCore

/// One commit of a trial's history.
public struct Commit: Sendable, Hashable {
  public let id: CommitID
  public let tree: TreeID
  public let parent: CommitID?
  /// Seconds since 1970.
  public let seconds: Int64
  public let message: String
}

extension Repository {
  /// Records `tree` as the next commit of `trial`, after `parent` (nil for its first), and moves the trial's
  /// reference to it. Author and date come from the arguments alone, so equal arguments give an equal id.
  /// Throws ``WorkspaceError/trialMoved(_:)`` when the reference is not at `parent`.
  ///
  /// - Parameter seconds: since 1970, not negative.
  public func commit(
    _ tree: TreeID, parent: CommitID?, message: String, trial: String, seconds: Int64
  ) throws(WorkspaceError) -> CommitID {
    let commit = try commit(tree, parent: parent, message: message, seconds: seconds)
    try moveRef(of: trial, from: parent, to: commit)
    return commit
  }

  /// As ``commit(_:parent:message:trial:seconds:)``, but no reference moves: the commit is kept, and found by its
  /// id, until somebody collects what no reference leads to.
  public func commit(
    _ tree: TreeID, parent: CommitID?, message: String, seconds: Int64
  ) throws(WorkspaceError) -> CommitID {
    var text = "tree \(tree)\n"
    if let parent { text += "parent \(parent)\n" }
    let who = "lyceum <lyceum@localhost> \(max(0, seconds)) +0000"
    let words = message.utf8.contains(0) ? message.replacing("\0", with: "\u{FFFD}") : message
    text += "author \(who)\ncommitter \(who)\n\n\(words)\n"
    return CommitID(try objects.write(Array(text.utf8), as: GIT_OBJECT_COMMIT))
  }

  /// Moves the reference of `trial` to `commit`. Throws ``WorkspaceError/trialMoved(_:)`` when it is not at `old`
  /// (nil: there is none).
  public func moveRef(of trial: String, from old: CommitID?, to commit: CommitID) throws(WorkspaceError) {
    let name = try Repository.referenceName(trial)
    var new = commit.object.oid
    var reference: OpaquePointer?
    defer { unsafe git_reference_free(reference) }
    let status: Int32
    if let old {
      var expected = old.object.oid
      status = unsafe git_reference_create_matching(&reference, handle.raw, name, &new, 1, &expected, "step")
    } else {
      status = unsafe git_reference_create(&reference, handle.raw, name, &new, 0, "step")
    }
    if [GIT_EMODIFIED.rawValue, GIT_EEXISTS.rawValue, GIT_ENOTFOUND.rawValue].contains(status) {
      throw .trialMoved(trial)
    }
    try GitLibrary.check(status, "move \(name)")
  }

  /// Puts the reference of `trial` at `commit`, wherever it was; nil removes it.
  public func setRef(of trial: String, to commit: CommitID?) throws(WorkspaceError) {
    let name = try Repository.referenceName(trial)
    guard let commit else {
      let status = unsafe git_reference_remove(handle.raw, name)
      if status != GIT_ENOTFOUND.rawValue { try GitLibrary.check(status, "remove \(name)") }
      return
    }
    var oid = commit.object.oid
    var reference: OpaquePointer?
    defer { unsafe git_reference_free(reference) }
    try unsafe GitLibrary.check(
      git_reference_create(&reference, handle.raw, name, &oid, 1, "set"), "move \(name)")
  }

  /// The last commit of `trial`; nil when it has none.
  public func head(of trial: String) throws(WorkspaceError) -> CommitID? {
    let name = try Repository.referenceName(trial)
    var oid = git_oid()
    let status = unsafe git_reference_name_to_id(&oid, handle.raw, name)
    if status == GIT_ENOTFOUND.rawValue { return nil }
    try GitLibrary.check(status, "read \(name)")
    return CommitID(ObjectID(oid))
  }

  /// Reads a commit that ``commit(_:parent:message:trial:seconds:)`` made.
  public func readCommit(_ id: CommitID) throws(WorkspaceError) -> Commit {
    let raw = try objects.read(id.object, as: GIT_OBJECT_COMMIT, limit: 16 << 20)
    let text = String(decoding: raw, as: UTF8.self)
    guard let end = text.firstRange(of: "\n\n") else { throw .damaged("commit \(id)") }
    var tree: TreeID?
    var parent: CommitID?
    var seconds: Int64?
    for line in text[..<end.lowerBound].split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count >= 2 else { throw .damaged("commit \(id)") }
      switch words[0] {
      case "tree": tree = TreeID(hex: words[1])
      case "parent": parent = CommitID(hex: words[1])
      case "author": seconds = Int64(words[words.count - 2])
      default: break
      }
    }
    guard let tree, let seconds else { throw .damaged("commit \(id)") }
    var message = text[end.upperBound...]
    if message.hasSuffix("\n") { message = message.dropLast() }
    return Commit(id: id, tree: tree, parent: parent, seconds: seconds, message: String(message))
  }

  private static func referenceName(_ trial: String) throws(WorkspaceError) -> String {
    let name = "refs/lyceum/trials/\(trial)"
    var valid: Int32 = 0
    guard trial.utf8.count <= 200, trial.utf8.allSatisfy({ isPlain($0) }),
      unsafe git_reference_name_is_valid(&valid, name) == 0, valid == 1
    else { throw .invalidTrial(trial) }
    return name
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F: true
    default: false
    }
  }
}
