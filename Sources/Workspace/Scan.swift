// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
internal import Glibc
internal import LyceumCore
internal import Processes

/// One walk over a workspace that brings its record up to date and writes what is new. Only names relative to open
/// directories are used and no link is followed, so nothing outside can be read, whatever changes meanwhile.
struct Scan: ~Copyable {
  private let repository: Repository
  private let limits: WorkspaceLimits
  private let rereads: Bool
  /// Files changed after this moment are read again next time.
  private let racyAfter: Int64
  private var recorder = FileRecorder()
  private var path: Bytes = []

  private(set) var skipped: [Snapshot.Skipped] = []
  private(set) var skippedCount = 0
  private(set) var isComplete = true
  private(set) var isTooDeep = false
  private(set) var entries = 0
  private(set) var bytes: UInt64 = 0
  private(set) var diskBytes: UInt64 = 0
  private(set) var newBytes: UInt64 = 0

  init(_ repository: Repository, _ limits: WorkspaceLimits, rereads: Bool) {
    self.repository = repository
    self.limits = limits
    self.rereads = rereads
    racyAfter = Scan.now - 10_000_000
  }

  /// Nanoseconds since 1970, on the clock that files are stamped with.
  static var now: Int64 {
    var now = timespec()
    unsafe _ = clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }

  /// Brings `record` up to date with the open directory, which is taken over. True when its tree is another one.
  mutating func update(_ record: DirectoryRecord, owning descriptor: Int32, depth: Int) throws(WorkspaceError)
    -> Bool
  {
    guard var names = DirectoryStream(owning: descriptor) else {
      throw .system("fdopendir", path: String(line: path), code: errno)
    }
    var isDirty = record.tree == nil
    var finder = EntryFinder(known: record.entries.count)
    while names.advance() {
      guard entries < limits.entries else {
        skip(names.name.dropLast(), .entryLimit)
        break
      }
      entries += 1
      if let index = finder.find(names.name, in: record.entries) {
        let changed = try update(&record.entries[index], in: names.descriptor, type: names.type, depth: depth)
        isDirty = changed || isDirty
      } else {
        let key = StatKey(modified: 0, changed: 0, size: 0, inode: 0)
        var entry = DirectoryRecord.Entry(name: Component(terminated: names.name), key: key)
        let changed = try update(&entry, in: names.descriptor, type: names.type, depth: depth)
        isDirty = changed || isDirty
        record.entries.append(entry)
      }
    }
    if let order = finder.newOrder(of: record.entries.count) {
      let seen = Set(order)
      for (i, entry) in record.entries.enumerated() where entry.kind != nil && !seen.contains(i) {
        isDirty = true
      }
      record.entries = order.map { record.entries[$0] }
    }
    guard isDirty else { return false }
    let tree = try record.writeTree(to: repository.objects, isRoot: depth == 0)
    defer { record.tree = tree }
    return tree != record.tree
  }

  /// True when what is recorded of the entry has changed.
  private mutating func update(
    _ entry: inout DirectoryRecord.Entry, in parent: Int32, type: Int32, depth: Int
  ) throws(WorkspaceError) -> Bool {
    if type == Int32(DT_DIR) { return try updateDirectory(&entry, in: parent, depth: depth) }
    var status = stat()
    guard At.status(parent, entry.name, &status) == 0 else {
      return errno == ENOENT ? forget(&entry) : keep(entry, .unreadable(code: errno))
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return try updateDirectory(&entry, in: parent, depth: depth)
    case S_IFREG: return try updateFile(&entry, in: parent, status)
    case S_IFLNK: return try updateLink(&entry, in: parent, status)
    default:
      skip(entry.name.bytes, .special)
      return forget(&entry)
    }
  }

  private mutating func updateDirectory(
    _ entry: inout DirectoryRecord.Entry, in parent: Int32, depth: Int
  ) throws(WorkspaceError) -> Bool {
    guard depth < limits.depth else {
      isTooDeep = true
      skip(entry.name.bytes, .tooDeep)
      return forget(&entry)
    }
    let opened = At.openDirectory(parent, entry.name)
    guard opened >= 0 else {
      if errno == ENOENT { return forget(&entry) }
      if errno == ENOTDIR || errno == ELOOP { return keep(entry, .changedWhileRead) }
      return keep(entry, .unreadable(code: errno))
    }
    let record = entry.directory ?? DirectoryRecord()
    let length = path.count
    path += entry.name.bytes
    path.append(0x2F)
    defer { path.removeLast(path.count - length) }
    let changed = try update(record, owning: opened, depth: depth + 1)
    let isNew = entry.kind != .directory
    entry.kind = .directory
    entry.directory = record
    entry.id = record.tree
    return changed || isNew
  }

  private mutating func updateFile(
    _ entry: inout DirectoryRecord.Entry, in parent: Int32, _ seen: stat
  ) throws(WorkspaceError) -> Bool {
    let size = UInt64(max(0, seen.st_size))
    bytes &+= size
    diskBytes &+= UInt64(max(0, seen.st_blocks)) &* 512
    let isLarge = entry.kind == .largeFile
    if !rereads, !entry.isRacy, entry.key == StatKey(seen), entry.directory == nil,
      isLarge == (size > limits.fileBytes), let kind = entry.kind, kind != .symlink
    {
      if isLarge { skip(entry.name.bytes, .largeFile) }
      return false
    }
    if bytes - size > limits.totalBytes { return keep(entry, .totalBytes) }

    let opened = At.open(parent, entry.name, O_RDONLY | O_NONBLOCK)
    guard opened >= 0 else {
      if errno == ENOENT { return forget(&entry) }
      return keep(entry, errno == ELOOP ? .changedWhileRead : .unreadable(code: errno))
    }
    let file = Descriptor(owning: opened)
    var status = stat()
    guard unsafe fstat(file.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return keep(entry, .changedWhileRead)
    }
    switch try recorder.record(file.raw, status, limit: limits.fileBytes, in: repository) {
    case .skipped(let reason): return keep(entry, reason)
    case .recorded(let kind, let id):
      if kind != .largeFile { newBytes &+= size }
      if kind == .largeFile { skip(entry.name.bytes, .largeFile) }
      return note(&entry, kind, id, StatKey(status))
    }
  }

  private mutating func updateLink(
    _ entry: inout DirectoryRecord.Entry, in parent: Int32, _ status: stat
  ) throws(WorkspaceError) -> Bool {
    let key = StatKey(status)
    if !rereads, entry.kind == .symlink, !entry.isRacy, entry.key == key { return false }
    guard let target = At.readLink(parent, entry.name) else { return keep(entry, .changedWhileRead) }
    return note(&entry, .symlink, try repository.objects.write(target), key)
  }

  private func note(
    _ entry: inout DirectoryRecord.Entry, _ kind: EntryKind, _ id: ObjectID, _ key: StatKey
  ) -> Bool {
    let changed = entry.kind != kind || entry.id != id
    entry.kind = kind
    entry.id = id
    entry.key = key
    entry.isRacy = key.changed >= racyAfter
    entry.directory = nil
    return changed
  }

  private func forget(_ entry: inout DirectoryRecord.Entry) -> Bool {
    let changed = entry.kind != nil
    entry.kind = nil
    entry.id = nil
    entry.directory = nil
    return changed
  }

  private mutating func keep(_ entry: DirectoryRecord.Entry, _ reason: Snapshot.SkipReason) -> Bool {
    skip(entry.name.bytes, reason)
    return false
  }

  private mutating func skip(_ name: ArraySlice<UInt8>, _ reason: Snapshot.SkipReason) {
    skippedCount += 1
    if reason != .special && reason != .largeFile { isComplete = false }
    if skipped.count < Snapshot.skippedListed {
      skipped.append(Snapshot.Skipped(path: path + name, reason: reason))
    }
  }
}
