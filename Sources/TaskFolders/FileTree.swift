// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import LyceumCore

/// Files as a task folder has them: links are not followed, names need not be text.
enum FileTree {
  enum Kind { case file, executable, folder, link, other }

  struct Failure: Error, CustomStringConvertible {
    var description: String

    init(_ what: String, _ code: Int32 = errno) {
      description = "\(what): \(String(cString: strerror(code)))"
    }
  }

  /// Nil when there is nothing at `path`. A link is not followed.
  static func kind(of path: String) -> Kind? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return status.st_mode & S_IXUSR != 0 ? .executable : .file
    case S_IFDIR: return .folder
    case S_IFLNK: return .link
    default: return .other
    }
  }

  /// Names in a folder, sorted by their bytes. One that is not UTF-8 is an error.
  static func names(in path: String) throws -> [String] {
    guard let stream = opendir(path) else { throw Failure("cannot list \(path)") }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(validating: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let name else { throw Failure("a name in \(path) is not UTF-8", EILSEQ) }
      if name != "." && name != ".." { names.append(name) }
    }
    if errno != 0 { throw Failure("cannot list \(path)") }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Gives the content in pieces of at most 1 MiB until `take` returns false.
  static func read(_ path: String, _ take: (Bytes) -> Bool) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Failure("cannot open \(path)") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Failure("\(path) is not a regular file", EINVAL)
    }
    while true {
      var failure: Int32 = 0
      let chunk = Bytes(unsafeUninitializedCapacity: 1 << 20) { buffer, filled in
        // A short read is filled up, so that pieces are cut at the same places every time.
        while filled < buffer.count {
          let count = Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
          if count < 0 && errno == EINTR { continue }
          if count < 0 { failure = errno }
          if count <= 0 { return }
          filled += count
        }
      }
      if failure != 0 { throw Failure("cannot read \(path)", failure) }
      if chunk.isEmpty || !take(chunk) { return }
    }
  }

  /// Paths below `root`, relative to it, with their kinds: files and links, depth first in the order of
  /// their bytes. Folders named `__pycache__` are passed over. `skip` says which relative paths to leave out.
  static func walk(_ root: String, skip: (String) -> Bool = { _ in false }) throws -> [(
    path: String, kind: Kind
  )] {
    var found: [(path: String, kind: Kind)] = []
    func visit(_ folder: String) throws {
      for name in try names(in: folder.isEmpty ? root : root + "/" + folder) where name != "__pycache__" {
        let path = folder.isEmpty ? name : folder + "/" + name
        if skip(path) { continue }
        switch kind(of: root + "/" + path) {
        case .folder: try visit(path)
        case .other: throw Failure("\(root)/\(path) is neither file, folder nor link", EINVAL)
        case nil: throw Failure("\(root)/\(path) went away", ENOENT)
        case let kind?: found.append((path, kind))
        }
      }
    }
    try visit("")
    return found
  }
}
