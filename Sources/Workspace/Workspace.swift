// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import Processes

/// The directory in which an agent works, outside of which its git history is kept. One value belongs to one thread.
public final class Workspace {
  /// Where a new workspace gets its content from.
  public enum Source: Sendable {
    /// A directory of the host, such as a task's template.
    case directory(String)
    /// A tree of the repository, such as that of an earlier step.
    case tree(TreeID)
  }

  /// Path of the directory.
  public let path: String
  public let repository: Repository
  public let limits: WorkspaceLimits
  let root: Descriptor
  private var record: DirectoryRecord

  /// Makes a workspace at `directory`, which must be missing or empty; its parent must exist.
  ///
  /// Files get mode 0644 or 0755 and directories 0755, whatever the source has, so that a workspace made from a
  /// template and one restored from its tree are alike. The first ``snapshot(rereading:)`` reads next to nothing.
  ///
  /// - Parameter owner: user and group that get everything in the workspace; needs root. Nil keeps the caller's.
  public static func create(
    from source: Source, at directory: String, repository: Repository, owner: UInt32? = nil,
    limits: WorkspaceLimits = WorkspaceLimits()
  ) throws(WorkspaceError) -> Workspace {
    let root = try Materializer.makeEmptyDirectory(directory)
    var maker = Materializer(repository, path: directory, owner: owner, limits: limits)
    let record =
      switch source {
      case .directory(let template): try maker.copy(template, into: root.raw)
      case .tree(let tree): try maker.restore(tree.object, into: root.raw)
      }
    return Workspace(directory, root, repository, limits, record)
  }

  /// Takes over a directory that is there, such as a workspace of an interrupted trial. The first
  /// ``snapshot(rereading:)`` reads everything.
  public static func open(
    at directory: String, repository: Repository, limits: WorkspaceLimits = WorkspaceLimits()
  ) throws(WorkspaceError) -> Workspace {
    Workspace(directory, try Materializer.openDirectory(directory), repository, limits, DirectoryRecord())
  }

  private init(
    _ path: String, _ root: consuming Descriptor, _ repository: Repository, _ limits: WorkspaceLimits,
    _ record: DirectoryRecord
  ) {
    self.path = path
    self.root = root
    self.repository = repository
    self.limits = limits
    self.record = record
  }

  /// Records the workspace. Nothing is written when nothing has changed, and equal content gives an equal tree.
  /// Call it when the agent's processes are stopped or gone.
  ///
  /// - Parameter rereading: read every file again instead of trusting unchanged times, size and inode number.
  public func snapshot(rereading: Bool = false) throws(WorkspaceError) -> Snapshot {
    let descriptor = openTop()
    guard descriptor >= 0 else { throw .system("openat", path: path, code: errno) }
    var scan = Scan(repository, limits, rereads: rereading)
    _ = try scan.update(record, owning: descriptor, depth: 0)
    guard let tree = record.tree else { throw .damaged("the workspace \(path) has no tree") }
    return Snapshot(
      tree: TreeID(tree), skipped: scan.skipped, skippedCount: scan.skippedCount, entries: scan.entries,
      bytes: scan.bytes, diskBytes: scan.diskBytes, newBytes: scan.newBytes, isTooDeep: scan.isTooDeep,
      isComplete: scan.isComplete)
  }

  /// The workspace's own directory, opened to be read; -1 with `errno`. An agent that runs as the host's user may have
  /// taken the right to read it away: it is given back.
  func openTop() -> Int32 {
    let here = Component([0x2E])
    let descriptor = At.openDirectory(root.raw, here)
    guard descriptor < 0, errno == EACCES, fchmod(root.raw, 0o700) == 0 else { return descriptor }
    return At.openDirectory(root.raw, here)
  }

  /// Removes the directory with all that is in it, whatever its permissions, depth and names.
  /// Nothing may run in it any more.
  public func remove() throws(WorkspaceError) { try Removal.remove(path) }
}
