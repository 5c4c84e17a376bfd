// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import LyceumCore
internal import Processes

extension Workspace {
  /// Whether the workspace takes no more than `megabytes` MiB on disk, no more names and no more depth than its limits
  /// allow: a
  /// walk that reads no content and stops at the first excess. For looking while an agent's command runs.
  public func fits(megabytes: Int) -> Bool {
    var left = Room(blocks: Int64(megabytes) << 11, names: limits.entries)
    let top = openTop()
    return top < 0 || left.take(owning: top, depth: limits.depth)
  }
}

/// What is left of a workspace's allowance.
private struct Room {
  /// Of 512 bytes.
  var blocks: Int64
  var names: Int

  /// Takes off what is in the open directory; false when there is not enough.
  mutating func take(owning descriptor: Int32, depth: Int) -> Bool {
    guard var stream = DirectoryStream(owning: descriptor) else { return true }
    while stream.advance() {
      let name = Component(terminated: stream.name)
      var status = stat()
      guard At.status(stream.descriptor, name, &status) == 0 else { continue }
      names -= 1
      blocks -= Int64(status.st_blocks)
      guard names >= 0, blocks >= 0 else { return false }
      guard status.st_mode & S_IFMT == S_IFDIR else { continue }
      guard depth > 0 else { return false }
      let inner = At.openDirectory(stream.descriptor, name)
      guard inner < 0 || take(owning: inner, depth: depth - 1) else { return false }
    }
    return true
  }
}
