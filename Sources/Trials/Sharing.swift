// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import Processes

/// Makes everything in `folder` readable to the users of boxes, and this process's own when it is root: modes that
/// were left by a strict umask, or by whoever prepared the data, must not decide which trials work.
func share(_ folder: String) throws(SystemError) {
  for member in [""] + (FileManager.default.subpaths(atPath: folder) ?? []) {
    let path = member.isEmpty ? folder : "\(folder)/\(member)"
    var info = stat()
    guard lstat(path, &info) == 0, info.st_mode & S_IFMT != S_IFLNK else { continue }
    if geteuid() == 0, chown(path, 0, 0) != 0 { throw SystemError("chown \(path)") }
    let mayRun = info.st_mode & S_IFMT == S_IFDIR || info.st_mode & S_IXUSR != 0
    if chmod(path, mayRun ? 0o755 : 0o644) != 0 { throw SystemError("chmod \(path)") }
  }
}
