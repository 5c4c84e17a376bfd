// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
internal import Glibc
public import LyceumCore
internal import Processes

/// What became of a declared file.
public struct ExtractedFile: Sendable, Hashable {
  public enum Outcome: Sendable, Hashable {
    /// Written as a regular file.
    case written(bytes: UInt64)
    case missing
    /// A symbolic link or a directory, or below one of these where a directory is needed.
    case notRegular(EntryKind)
    /// Longer than allowed, or longer than what a snapshot stores.
    case tooLarge(bytes: UInt64)
    /// Empty, with a NUL byte or a `..`.
    case invalidPath
  }

  public let path: Bytes
  public let outcome: Outcome
}

extension Repository {
  /// Writes the files at `paths` of `tree` into `directory`, which must be missing or empty: what an agent is to
  /// hand in, for its grader. Only regular files are written, with mode 0644 or 0755; links are neither followed
  /// nor made. One answer for each path, in the same order.
  ///
  /// - Parameter limit: bytes of one file.
  public func extract(
    _ tree: TreeID, paths: [Bytes], into directory: String, owner: UInt32? = nil, limit: UInt64 = 50 << 20
  ) throws(WorkspaceError) -> [ExtractedFile] {
    let root = try Materializer.makeEmptyDirectory(directory)
    let maker = Materializer(self, path: directory, owner: owner, limits: WorkspaceLimits())
    var answers: [ExtractedFile] = []
    var written: [[Component]: UInt64] = [:]
    for path in paths {
      let outcome: ExtractedFile.Outcome
      if let components = RelativePath(path)?.components {
        if let bytes = written[components] {
          outcome = .written(bytes: bytes)
        } else {
          outcome = try extract(tree, components, into: root.raw, maker, limit: limit)
          if case .written(let bytes) = outcome { written[components] = bytes }
        }
      } else {
        outcome = .invalidPath
      }
      answers.append(ExtractedFile(path: path, outcome: outcome))
    }
    return answers
  }

  private func extract(
    _ tree: TreeID, _ components: [Component], into root: Int32, _ maker: borrowing Materializer,
    limit: UInt64
  ) throws(WorkspaceError) -> ExtractedFile.Outcome {
    var found = TreeEntry(name: [], kind: .directory, id: tree.object)
    for component in components {
      guard found.kind == .directory else { return .notRegular(found.kind) }
      guard let next = try entries(of: found.id).first(where: { $0.name.elementsEqual(component.bytes) })
      else {
        return .missing
      }
      found = next
    }
    let bytes = try size(of: found)
    switch found.kind {
    case .directory, .symlink: return .notRegular(found.kind)
    case .largeFile: return .tooLarge(bytes: bytes)
    case .file, .executable: if bytes > limit { return .tooLarge(bytes: bytes) }
    }
    let content = try objects.read(found.id, as: GIT_OBJECT_BLOB, limit: limit)
    let parent = try makeParents(of: components, in: root, maker)
    guard let name = components.last else { return .invalidPath }
    _ = try maker.makeFile(name, content, isExecutable: found.kind == .executable, in: parent.raw)
    return .written(bytes: bytes)
  }

  /// The directory that is to hold the last component, open; made as far as it is missing.
  private func makeParents(
    of components: [Component], in root: Int32, _ maker: borrowing Materializer
  ) throws(WorkspaceError) -> Descriptor {
    let start = At.openDirectory(root, Component([0x2E]))
    guard start >= 0 else { throw maker.failed("openat", Component([0x2E])) }
    var parent = Descriptor(owning: start)
    for component in components.dropLast() {
      let opened = At.openDirectory(parent.raw, component)
      if opened >= 0 {
        parent = Descriptor(owning: opened)
        continue
      }
      let made = try maker.makeDirectory(component, in: parent.raw)
      try maker.finish(made.raw)
      parent = made
    }
    return parent
  }
}
