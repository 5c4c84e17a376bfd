// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
internal import CSupport
internal import Glibc
internal import LyceumCore
internal import Processes

extension Materializer {
  /// Copies the directory `template` of the host into the open, empty directory, and records it. Special files in
  /// it are left out; symbolic links are copied as links.
  mutating func copy(_ template: String, into directory: Int32) throws(WorkspaceError) -> DirectoryRecord {
    let source = try Materializer.openDirectory(template)
    var copier = TemplateCopier(self.repository, template: template)
    let record = try copier.copy(source.raw, into: directory, depth: 0, &self)
    record.markRacy(after: Scan.now - 10_000_000)
    return record
  }
}

/// One walk over a template.
struct TemplateCopier: ~Copyable {
  private let repository: Repository
  private let template: String
  private var recorder = FileRecorder()

  init(_ repository: Repository, template: String) {
    self.repository = repository
    self.template = template
  }

  mutating func copy(
    _ source: Int32, into target: Int32, depth: Int, _ maker: inout Materializer
  ) throws(WorkspaceError) -> DirectoryRecord {
    guard depth <= maker.limits.depth else {
      throw .limit("levels of directories", limit: UInt64(maker.limits.depth))
    }
    let copy = At.openDirectory(source, Component([0x2E]))
    guard copy >= 0, var names = DirectoryStream(owning: copy) else {
      throw failed("opendir", Component([0x2E]))
    }
    let record = DirectoryRecord()
    while names.advance() {
      try maker.count()
      let name = Component(terminated: names.name)
      var status = stat()
      guard At.status(source, name, &status) == 0 else { throw failed("fstatat", name) }
      var entry = DirectoryRecord.Entry(name: name, key: StatKey(status))
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        let from = At.openDirectory(source, name)
        guard from >= 0 else { throw failed("openat", name) }
        let fromDirectory = Descriptor(owning: from)
        let to = try maker.makeDirectory(name, in: target)
        let child = try self.copy(fromDirectory.raw, into: to.raw, depth: depth + 1, &maker)
        (entry.kind, entry.directory, entry.id) = (.directory, child, child.tree)
      case S_IFREG:
        try copyFile(&entry, from: source, into: target, maker)
      case S_IFLNK:
        guard let link = At.readLink(source, name) else { throw failed("readlinkat", name) }
        entry.key = try maker.makeSymlink(name, link, in: target)
        (entry.kind, entry.id) = (.symlink, try repository.objects.write(link))
      default: continue
      }
      record.entries.append(entry)
    }
    record.tree = try record.writeTree(to: repository.objects, isRoot: depth == 0)
    try maker.finish(target)
    return record
  }

  private mutating func copyFile(
    _ entry: inout DirectoryRecord.Entry, from source: Int32, into target: Int32,
    _ maker: borrowing Materializer
  ) throws(WorkspaceError) {
    let opened = At.open(source, entry.name, O_RDONLY | O_NONBLOCK)
    guard opened >= 0 else { throw failed("openat", entry.name) }
    let from = Descriptor(owning: opened)
    var status = stat()
    guard unsafe fstat(from.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw failed("fstat", entry.name)
    }
    switch try recorder.record(from.raw, status, limit: maker.limits.fileBytes, in: repository) {
    case .skipped(let reason): throw .damaged("template \(template): \(entry.name.text): \(reason)")
    case .recorded(let kind, let id): (entry.kind, entry.id) = (kind, id)
    }
    let to = try maker.openNewFile(entry.name, in: target)
    guard lyc_copy_content(from.raw, to.raw) == 0 else { throw failed("copy_file_range", entry.name) }
    entry.key = try maker.finish(to.raw, entry.name, isExecutable: status.st_mode & S_IXUSR != 0)
  }

  private func failed(_ call: String, _ name: Component) -> WorkspaceError {
    let code = errno
    return .system(call, path: "\(template): \(name.text)", code: code)
  }
}
