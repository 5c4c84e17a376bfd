// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import LyceumCore

/// The names that files have in recorded trees. Git refuses some names that a file system allows (`.git` in all its
/// disguises), and checks the content of others; those are recorded escaped, so that any tree is one that
/// `git fsck --strict` accepts and no name has a meaning to git.
///
/// An escaped name begins with `%` and holds `%XX` for some bytes; any other name stands for itself. So a name that
/// begins with `%` is itself escaped. `%@NAME` is the pointer that stands for the large file NAME, and `%.` keeps
/// an empty directory.
enum RecordedName {
  /// What keeps a directory without other entries in a tree.
  static let placeholder: Bytes = Array("%.".utf8)
  private static let largePrefix: Bytes = Array("%@".utf8)

  static func encode(_ name: some Collection<UInt8>, isLarge: Bool = false) -> Bytes {
    let name = Bytes(name)
    let plain = needsEscape(name) ? escape(name) : name
    return isLarge ? largePrefix + plain : plain
  }

  /// The file's name; nil when `recorded` is not something that ``encode(_:isLarge:)`` could have made.
  static func decode(_ recorded: Bytes) -> (name: Bytes, isLarge: Bool)? {
    let isLarge = recorded.starts(with: largePrefix)
    let rest = isLarge ? Bytes(recorded.dropFirst(largePrefix.count)) : recorded
    let name = rest.first == percent ? unescape(rest) : rest
    guard let name, !name.isEmpty, name != [dot], name != [dot, dot],
      !name.contains(where: { $0 == 0 || $0 == slash })
    else { return nil }
    return (name, isLarge)
  }

  private static let percent = UInt8(ascii: "%")
  private static let dot = UInt8(ascii: ".")
  private static let slash = UInt8(ascii: "/")
  private static let backslash = UInt8(ascii: "\\")
  private static let tilde = UInt8(ascii: "~")
  private static let dotGit: Bytes = Array(".git".utf8)

  /// Wider than what git refuses: everything that begins with `.git` to a file system that ignores case and
  /// invisible characters, every backslash, and whatever may be a short name of such a file (`GIT~1`).
  private static func needsEscape(_ name: Bytes) -> Bool {
    guard let first = name.first else { return false }
    if first == percent { return true }
    if first == dot || first >= 0x80 {
      let visible = first >= 0x80 || name.contains { $0 >= 0x80 } ? strippingIgnorables(name) : name
      if visible.count >= 4 && visible.prefix(4).map(lowercase) == dotGit { return true }
    }
    for (i, byte) in name.enumerated() {
      if byte == backslash { return true }
      if byte == tilde && i + 1 < name.count && (0x30...0x39).contains(name[i + 1]) { return true }
    }
    return false
  }

  /// Without the code points that HFS+ ignores in names: U+200C–F, U+202A–E, U+206A–F, U+FEFF.
  private static func strippingIgnorables(_ name: Bytes) -> Bytes {
    var out = Bytes()
    var i = 0
    while i < name.count {
      if i + 2 < name.count, name[i] == 0xE2 {
        let (second, third) = (name[i + 1], name[i + 2])
        if second == 0x80 && ((0x8C...0x8F).contains(third) || (0xAA...0xAE).contains(third))
          || second == 0x81 && (0xAA...0xAF).contains(third)
        {
          i += 3
          continue
        }
      }
      if i + 2 < name.count, name[i] == 0xEF, name[i + 1] == 0xBB, name[i + 2] == 0xBF {
        i += 3
        continue
      }
      out.append(name[i])
      i += 1
    }
    return out
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  private static func escape(_ name: Bytes) -> Bytes {
    let digits = Array("0123456789ABCDEF".utf8)
    var out = Bytes()
    for (i, byte) in name.enumerated() {
      if i == 0 || byte == percent || byte == backslash || byte == tilde || byte >= 0x80 {
        out += [percent, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      } else {
        out.append(byte)
      }
    }
    return out
  }

  private static func unescape(_ name: Bytes) -> Bytes? {
    var out = Bytes()
    var i = 0
    while i < name.count {
      guard name[i] == percent else {
        out.append(name[i])
        i += 1
        continue
      }
      guard i + 2 < name.count, let high = digit(name[i + 1]), let low = digit(name[i + 2]) else {
        return nil
      }
      out.append(high << 4 | low)
      i += 3
    }
    return out
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    default: nil
    }
  }
}
