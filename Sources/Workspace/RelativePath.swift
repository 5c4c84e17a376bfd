// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import LyceumCore

/// A path inside a workspace as an agent or a task names it, taken apart. `.` and empty parts do not count; `..`
/// is refused, since what it means depends on links.
struct RelativePath {
  /// At least one.
  let components: [Component]

  /// Nil for a path that is absolute, empty, has a NUL byte or a `..`, or is longer than the system allows.
  init?(_ path: Bytes) {
    guard path.count < 4096, !path.contains(0), path.first != 0x2F else { return nil }
    let parts = path.split(separator: 0x2F).filter { $0 != [0x2E] }
    guard !parts.isEmpty, !parts.contains([0x2E, 0x2E]), parts.allSatisfy({ $0.count <= 255 }) else {
      return nil
    }
    components = parts.map { Component($0) }
  }

  /// The first `count` components as one path, NUL-terminated; `.` for none.
  func prefix(_ count: Int) -> Bytes {
    count == 0 ? [0x2E, 0] : Bytes(components.prefix(count).map(\.bytes).joined(separator: [0x2F])) + [0]
  }
}
