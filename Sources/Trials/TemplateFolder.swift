// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import PluginHost
internal import Workspace

/// The workspace template of a task that is code alone: files that its `prepare` hands over.
struct TemplateFolder {
  let path: String

  /// An empty folder at `path`.
  init(at path: String) {
    self.path = path
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Adds a file. The path cannot leave the folder.
  func put(_ file: Bytes, _ content: Bytes, _ executable: Bool) throws(ServiceFailure) {
    do throws(WorkspaceError) {
      try Workspace.writeFile(file, content, beneath: path, executable: executable)
    } catch {
      throw ServiceFailure(.invalid, error.description)
    }
  }
}
