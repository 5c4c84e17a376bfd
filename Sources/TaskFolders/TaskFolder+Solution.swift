// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore

extension TaskFolder {
  /// The reference solution in the form that the `oracle` agent takes; nil when the task has none.
  public func oracleConfiguration() throws(TaskFolderError) -> String? {
    guard let folder = spec.folder, folder.solution != nil || folder.solutionCommand != nil else {
      return nil
    }
    struct Configuration: Encodable {
      struct File: Encodable {
        var path: String
        var base64: Data
      }
      var files: [File] = []
      var command: String?
    }
    var configuration = Configuration(command: folder.solutionCommand)
    do {
      if let solution = folder.solution {
        let root = path + "/" + solution
        for file in try FileTree.walk(root) {
          guard file.kind != .link else { throw FileTree.Failure("\(root)/\(file.path) is a link", EINVAL) }
          var content = Data()
          try FileTree.read(root + "/" + file.path) { chunk in
            content += chunk
            return true
          }
          configuration.files.append(Configuration.File(path: file.path, base64: content))
        }
      }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(configuration), as: UTF8.self)
    } catch {
      throw TaskFolderError(folder: path, reason: "the reference solution cannot be read: \(error)")
    }
  }
}
