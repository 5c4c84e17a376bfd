// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CLyceum
internal import Glibc
internal import LyceumCore
internal import Processes

/// A file that may be a plugin, before any of its code has run.
struct PluginFile {
  static let sizeLimit = 1 << 30

  let path: String
  let form: PluginManifest.Form
  /// Names that the library exports; nil for a program or a library without a section table.
  let exports: [String]?

  /// Looks at the file at `path`, made absolute. Nothing of it is run.
  init(_ path: String) throws(PluginError) {
    let path = try PluginFile.absolute(path)
    self.path = path
    let file: Descriptor
    do throws(SystemError) {
      file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
    } catch {
      throw PluginError(.notFound, "\(error)")
    }
    var status = stat()
    guard unsafe fstat(file.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw PluginError(.notAPlugin, "\(path) is not a regular file")
    }
    let elf = ELFFile(file, withExports: true)
    let hasEntry = elf?.exports?.contains(LYC_ENTRY_SYMBOL) ?? false
    if let elf, elf.isDynamic, hasEntry || elf.interpreter == nil {
      form = .library
      exports = elf.exports
      if let exports, !exports.contains(LYC_ENTRY_SYMBOL) {
        throw PluginError(.notAPlugin, "\(path) exports no symbol \(LYC_ENTRY_SYMBOL)")
      }
    } else if status.st_mode & 0o111 != 0, !path.hasSuffix(".so") {
      form = .program
      exports = nil
    } else {
      throw PluginError(.notAPlugin, "\(path) is neither a shared library for this machine nor a program")
    }
  }

  /// The digest of its bytes; reads all of it.
  func digest() throws(PluginError) -> Digest {
    let unreadable = PluginError(.notFound, "\(path) cannot be read")
    guard let file = try? Descriptor.open(path, O_RDONLY | O_NONBLOCK) else { throw unreadable }
    var stream = DigestStream()
    var size = 0
    while let part = (try? file.read(upTo: 1 << 18)) ?? nil, size <= PluginFile.sizeLimit {
      if part.isEmpty { return stream.finish() }
      stream.append(part)
      size += part.count
    }
    throw unreadable
  }

  private static func absolute(_ path: String) throws(PluginError) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw PluginError(.notFound, "'\(path)' is not a path")
    }
    if path.hasPrefix("/") { return path }
    guard let here = unsafe getcwd(nil, 0) else { throw PluginError(SystemError("getcwd")) }
    defer { unsafe free(here) }
    return unsafe "\(String(cString: here))/\(path)"
  }
}
