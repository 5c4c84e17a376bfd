// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore

/// Copies of what a box must see but its user cannot reach.
///
/// The boxes of a root host belong to another user, who cannot pass through a folder such as `/root`. What lies
/// behind one is copied into the cache under its digest, once.
struct Staging {
  let cache: String

  /// `path` itself where the user of a box can reach it, else a copy that it can.
  func reachable(_ path: String) throws(RunError) -> String {
    guard geteuid() == 0, !isOfTheSystem(path), !isReachable(path) else { return path }
    let name = (path as NSString).lastPathComponent
    let folder = "\(cache)/staged/\(try digest(path).hex.prefix(16))"
    let copy = "\(folder)/\(name)"
    let files = FileManager.default
    if files.fileExists(atPath: copy) { return copy }
    let fresh = "\(folder).\(getpid())"
    do {
      try? files.removeItem(atPath: fresh)
      try files.createDirectory(atPath: fresh, withIntermediateDirectories: true)
      try files.copyItem(atPath: path, toPath: "\(fresh)/\(name)")
      try share(fresh)
      if rename(fresh, folder) != 0 { try files.removeItem(atPath: fresh) }
    } catch {
      throw RunError(
        .environment,
        "cannot copy \(path) to \(folder): \(error.localizedDescription); set LYCEUM_CACHE to a folder with room"
      )
    }
    return copy
  }

  /// What a distribution installs is there for everybody; it is never copied.
  private func isOfTheSystem(_ path: String) -> Bool {
    ["/usr/", "/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/etc/"].contains { path.hasPrefix($0) }
  }

  /// Whether everybody may read `path` with all that is in it, and pass through every folder above it.
  private func isReachable(_ path: String) -> Bool {
    var info = stat()
    for member in [""] + (FileManager.default.subpaths(atPath: path) ?? []) {
      guard lstat(member.isEmpty ? path : "\(path)/\(member)", &info) == 0 else { return false }
      let wanted = info.st_mode & S_IFMT == S_IFDIR ? S_IROTH | S_IXOTH : S_IROTH
      guard info.st_mode & wanted == wanted else { return false }
    }
    var folder = (path as NSString).deletingLastPathComponent
    while folder.count > 1 {
      guard stat(folder, &info) == 0, info.st_mode & S_IXOTH != 0 else { return false }
      folder = (folder as NSString).deletingLastPathComponent
    }
    return true
  }

  /// Digest of a file, or of the names and contents of a folder.
  private func digest(_ path: String) throws(RunError) -> Digest {
    let files = FileManager.default
    var row = CanonicalBytes()
    row.append((path as NSString).lastPathComponent)
    let members = [""] + (files.subpaths(atPath: path) ?? []).sorted()
    for member in members {
      let full = member.isEmpty ? path : "\(path)/\(member)"
      var isFolder: ObjCBool = false
      guard files.fileExists(atPath: full, isDirectory: &isFolder) else { continue }
      row.append(member)
      if !isFolder.boolValue, let data = files.contents(atPath: full) { row.append(Digest(of: data).bytes) }
    }
    return Digest(of: row.bytes)
  }
}
