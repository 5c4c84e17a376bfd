// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import LyceumCore

/// What a recorded path is.
public enum EntryKind: Sendable, Hashable {
  case file
  /// A regular file that its owner may execute.
  case executable
  /// The content is the link's target.
  case symlink
  case directory
  /// A regular file above the size that is stored: its size and a fingerprint are recorded, its content is not.
  case largeFile

  var gitMode: Bytes {
    switch self {
    case .file, .largeFile: Array("100644".utf8)
    case .executable: Array("100755".utf8)
    case .symlink: Array("120000".utf8)
    case .directory: Array("40000".utf8)
    }
  }
}

/// One line of a recorded tree, its name decoded.
struct TreeEntry {
  let name: Bytes
  let kind: EntryKind
  let id: ObjectID
}

/// Git's binary form of a tree.
enum TreeObject {
  /// Reads a tree strictly; the entries come in git's order.
  static func parse(_ raw: Bytes, id: ObjectID) throws(WorkspaceError) -> [TreeEntry] {
    var entries: [TreeEntry] = []
    var rest = raw[...]
    while !rest.isEmpty {
      guard let space = rest.firstIndex(of: 0x20), let end = rest[space...].firstIndex(of: 0),
        rest.endIndex - end > 20,
        let object = ObjectID(raw: rest[(end + 1)..<(end + 21)])
      else { throw .damaged("tree \(id)") }
      let mode = String(decoding: rest[..<space], as: UTF8.self)
      let recorded = Bytes(rest[(space + 1)..<end])
      rest = rest[(end + 21)...]
      if recorded == RecordedName.placeholder { continue }
      guard let (name, isLarge) = RecordedName.decode(recorded) else {
        throw .damaged("a name in tree \(id)")
      }
      let kind: EntryKind =
        switch (mode, isLarge) {
        case ("100644", false): .file
        case ("100644", true): .largeFile
        case ("100755", false): .executable
        case ("120000", false): .symlink
        case ("40000", false): .directory
        default: throw .damaged("a mode in tree \(id)")
        }
      entries.append(TreeEntry(name: name, kind: kind, id: object))
    }
    return entries
  }

  /// The tree of `entries`, in any order; their names are the recorded ones and differ.
  static func encode(_ entries: [(name: Bytes, kind: EntryKind, id: ObjectID)]) -> Bytes {
    var raw = Bytes()
    raw.reserveCapacity(entries.reduce(0) { $0 + $1.name.count + 28 })
    for entry in entries.sorted(by: precedes) {
      raw += entry.kind.gitMode
      raw.append(0x20)
      raw += entry.name
      raw.append(0)
      entry.id.append(to: &raw)
    }
    return raw
  }

  /// Git's order: by bytes, as if a directory's name ended in `/`.
  private static func precedes(
    _ a: (name: Bytes, kind: EntryKind, id: ObjectID), _ b: (name: Bytes, kind: EntryKind, id: ObjectID)
  ) -> Bool {
    let shared = min(a.name.count, b.name.count)
    let order = unsafe memcmp(a.name, b.name, shared)
    if order != 0 { return order < 0 }
    let next = { (name: Bytes, kind: EntryKind) -> UInt8 in
      name.count > shared ? name[shared] : kind == .directory ? 0x2F : 0
    }
    return next(a.name, a.kind) < next(b.name, b.kind)
  }
}
