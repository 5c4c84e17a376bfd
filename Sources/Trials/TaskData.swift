// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import Processes

/// What a task's `prepare` made: `public` is shown to the agent as /data, `private` to graders alone.
///
/// Kept in the cache under the digest of everything that it depends on, and never changed once it is there.
struct TaskData {
  let publicFolder: String
  let privateFolder: String

  /// The data for `digest`, when it is there.
  static func find(task: String, digest: Digest, cache: String) -> TaskData? {
    let folder = folder(task, digest, cache)
    return FileManager.default.fileExists(atPath: folder) ? TaskData(in: folder) : nil
  }

  private static func folder(_ task: String, _ digest: Digest, _ cache: String) -> String {
    "\(cache)/data/\(task)-\(digest.hex.prefix(16))"
  }

  private init(in folder: String) {
    publicFolder = "\(folder)/public"
    privateFolder = "\(folder)/private"
  }

  /// The data for `digest`. Where it is not there yet, `make` fills two empty folders; other workers wait.
  static func ensure(
    task: String, digest: Digest, cache: String, owner: UInt32?,
    make: (_ publicFolder: String, _ privateFolder: String) throws -> Void
  ) throws -> TaskData {
    let folder = folder(task, digest, cache)
    let data = TaskData(in: folder)
    let files = FileManager.default
    if files.fileExists(atPath: folder) { return data }
    try makeFolder("\(cache)/data")
    let lock = try FileLock(waitingFor: "\(folder).lock")
    defer { withExtendedLifetime(lock) {} }
    if files.fileExists(atPath: folder) { return data }
    let fresh = "\(folder).making-\(getpid())"
    try? files.removeItem(atPath: fresh)
    for part in ["public", "private"] {
      try files.createDirectory(atPath: "\(fresh)/\(part)", withIntermediateDirectories: true)
      if let owner, chown("\(fresh)/\(part)", owner, owner) != 0 {
        throw SystemError("chown \(fresh)/\(part)")
      }
    }
    do {
      try make("\(fresh)/public", "\(fresh)/private")
      try share(fresh)
    } catch {
      try? files.removeItem(atPath: fresh)
      throw error
    }
    guard rename(fresh, folder) != 0 else { return data }
    let problem = SystemError("rename \(fresh)")
    try? files.removeItem(atPath: fresh)
    guard files.fileExists(atPath: folder) else { throw problem }
    return data
  }
}
