// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import LyceumCore

extension String {
  /// Whether this can be the id of an agent or a task: 1 to 128 letters, digits, `.`, `-`, `_`, not beginning with a
  /// dot.
  var isIdentifier: Bool {
    (1...128).contains(utf8.count) && utf8.first != UInt8(ascii: ".")
      && utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0)
          || ".-_".utf8.contains($0)
      }
  }
}

extension Bytes {
  /// Whether this is a relative path that stays inside its directory: no empty, `.` or `..` part, no NUL, at most
  /// 4096 bytes.
  var isInsidePath: Bool {
    (1...4096).contains(count) && !contains(0)
      && split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
  }
}
