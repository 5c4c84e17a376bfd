// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import PluginHost

/// The workspace template of a task that is code alone: files that its `prepare` hands over.
struct TemplateFolder {
  let path: String

  /// An empty folder at `path`.
  init(at path: String) {
    self.path = path
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Adds a file. The caller has checked that the path stays inside, and nothing in the folder is a link.
  func put(_ file: Bytes, _ content: Bytes, _ executable: Bool) throws(ServiceFailure) {
    guard let name = String(validating: file, as: UTF8.self) else {
      throw ServiceFailure(.invalid, "put_file: the path is not UTF-8")
    }
    let target = "\(path)/\(name)"
    do {
      try FileManager.default.createDirectory(
        atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(content).write(to: URL(fileURLWithPath: target))
      if executable {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: target)
      }
    } catch {
      throw ServiceFailure(.failed, "put_file \(String(line: file)): \(error.localizedDescription)")
    }
  }
}
