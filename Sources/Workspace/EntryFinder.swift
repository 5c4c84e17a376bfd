// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import LyceumCore

/// Finds names in a directory's record while the directory is read again. A directory that did not change gives its
/// names in the same order, so the next one is nearly always where it is expected.
struct EntryFinder {
  private let known: Int
  private var cursor = 0
  private var order: [Int] = []
  private var next: Int
  private var index: [Component: Int]?
  private var isInOrder = true

  /// `known` entries are in the record when the walk begins.
  init(known: Int) {
    self.known = known
    next = known
  }

  /// The position of `name` (NUL-terminated) in the record; nil when it is new and will be appended.
  mutating func find(_ name: Bytes, in entries: [DirectoryRecord.Entry]) -> Int? {
    if cursor < known && entries[cursor].name.terminated == name {
      if !isInOrder { order.append(cursor) }
      cursor += 1
      return cursor - 1
    }
    if isInOrder {
      isInOrder = false
      order = Array(0..<cursor)
    }
    let found = search(name, in: entries)
    order.append(found ?? next)
    if let found {
      cursor = found + 1
    } else {
      index?[Component(terminated: name)] = next
      next += 1
    }
    return found
  }

  /// The order of the names as they were found, as positions in the record; nil when that is the record's own. A
  /// directory that changes while it is read may give a name twice; it counts once.
  func newOrder(of count: Int) -> [Int]? {
    if isInOrder { return cursor == count ? nil : Array(0..<cursor) }
    var seen: Set<Int> = []
    return order.filter { seen.insert($0).inserted }
  }

  private mutating func search(_ name: Bytes, in entries: [DirectoryRecord.Entry]) -> Int? {
    let near = cursor..<min(cursor + 4, known)
    if let found = near.first(where: { entries[$0].name.terminated == name }) { return found }
    if index == nil {
      var index: [Component: Int] = Dictionary(minimumCapacity: known)
      for i in 0..<known { index[entries[i].name] = i }
      self.index = index
    }
    return index?[Component(terminated: name)]
  }
}
