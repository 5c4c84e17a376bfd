// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
public import LyceumCore

extension TaskFolder {
  /// SHA-256 over the folder: path, executable bit and content of every file, in the order of the paths'
  /// bytes. Links count with their target's name. Empty folders and `__pycache__` do not count.
  public func digest() throws(TaskFolderError) -> Digest {
    var row = CanonicalBytes()
    try fingerprint(files: try list(), into: &row)
    return Digest(of: row.bytes)
  }

  /// What public and private data depend on: id, version, the command, the folder without `task.yaml`,
  /// `*.md` and the reference solution, and the content of `sources`. Two folders with the same one prepare
  /// the same data.
  ///
  /// Throws when a source cannot be read; the message names the packages to install.
  public func prepareDigest() throws(TaskFolderError) -> Digest {
    var row = CanonicalBytes()
    row.append(spec.id)
    row.append(Int64(spec.version))
    row.append(spec.folder?.prepare)
    let solution = spec.folder?.solution
    try fingerprint(
      files: try list { $0 == "task.yaml" || $0 == solution || !$0.contains("/") && $0.hasSuffix(".md") },
      into: &row)
    for source in spec.sources {
      row.append(source)
      do {
        try TaskFolder.fingerprint(source: source, into: &row)
      } catch {
        let hint = spec.packages.isEmpty ? "" : "; install \(spec.packages.joined(separator: " "))"
        throw TaskFolderError(folder: path, reason: "sources: \(error)\(hint)")
      }
    }
    return Digest(of: row.bytes)
  }

  private func list(skip: (String) -> Bool = { _ in false }) throws(TaskFolderError) -> [(
    path: String, kind: FileTree.Kind
  )] {
    do {
      return try FileTree.walk(path, skip: skip)
    } catch {
      throw TaskFolderError(folder: path, reason: "\(error)")
    }
  }

  private func fingerprint(
    files: [(path: String, kind: FileTree.Kind)], into row: inout CanonicalBytes
  ) throws(TaskFolderError) {
    do {
      for file in files {
        try TaskFolder.fingerprint(path + "/" + file.path, named: file.path, kind: file.kind, into: &row)
      }
    } catch {
      throw TaskFolderError(folder: path, reason: "\(error)")
    }
  }

  private static func fingerprint(source: String, into row: inout CanonicalBytes) throws {
    guard let real = realpath(source, nil) else { throw FileTree.Failure("cannot find \(source)") }
    defer { free(real) }
    let root = String(cString: real)
    guard let kind = FileTree.kind(of: root), kind != .other else {
      throw FileTree.Failure("\(source) is neither file nor folder", EINVAL)
    }
    if kind != .folder { return try fingerprint(root, named: "", kind: kind, into: &row) }
    for file in try FileTree.walk(root) {
      try fingerprint(root + "/" + file.path, named: file.path, kind: file.kind, into: &row)
    }
  }

  /// A file counts with the digests of its MiB, so that none has to be in memory as a whole.
  private static func fingerprint(
    _ path: String, named name: String, kind: FileTree.Kind, into row: inout CanonicalBytes
  ) throws {
    row.append(name)
    if kind == .link {
      var target = Bytes(repeating: 0, count: 4096)
      let length = target.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { readlink(path, $0, buffer.count) } ?? -1
      }
      guard length >= 0 else { throw FileTree.Failure("cannot read the link \(path)") }
      row.append(Int64(2))
      row.append(Bytes(target.prefix(length)))
      return
    }
    var pieces = CanonicalBytes()
    try FileTree.read(path) { chunk in
      pieces.append(Digest(of: chunk).bytes)
      return true
    }
    row.append(Int64(kind == .executable ? 1 : 0))
    row.append(Digest(of: pieces.bytes).bytes)
  }
}
