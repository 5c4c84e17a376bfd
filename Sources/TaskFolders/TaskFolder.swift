// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import LyceumCore

/// A research task that comes as a folder: `task.yaml` and the files that it names. See `docs/tasks.md`.
public struct TaskFolder: Sendable, Hashable {
  /// As it was given to ``load(_:named:)``, without a slash at the end.
  public let path: String
  public let spec: TaskSpec

  /// A folder that was loaded and checked before, perhaps by another process.
  public init(path: String, spec: TaskSpec) {
    self.path = path
    self.spec = spec
  }

  /// Reads and checks a task folder.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - named: Whether the folder must be called as the task is; false where it is mounted under another
  /// name.
  /// - Throws: All problems that were found, each with its line and column.
  public static func load(_ path: String, named: Bool = true) throws(TaskFolderError) -> TaskFolder {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    let yaml = try readTaskFile(path)
    var reader = TaskReader()
    let spec = reader.read(yaml)
    if let spec {
      reader.add(spec.findings())
      reader.checkFiles(of: spec, in: path)
      if named { reader.checkName(of: spec, folder: path) }
    }
    guard let spec, reader.problems.isEmpty else {
      throw TaskFolderError(folder: path, problems: reader.problems)
    }
    return TaskFolder(path: path, spec: spec)
  }

  /// The task folders among `paths` and directly inside them: in the order of `paths`, then of names, and of each
  /// folder name the first. A path that does not exist or cannot be read holds none. Folders are found, not checked.
  public static func discover(in paths: [String]) -> [String] {
    var names: Set<Substring> = []
    return paths.flatMap { path in
      [path] + ((try? FileTree.names(in: path)) ?? []).sorted().map { path + "/" + $0 }
    }.filter { folder in
      FileTree.kind(of: folder + "/task.yaml") == .file
        && names.insert(folder.split(separator: "/").last ?? "").inserted
    }
  }

  private static func readTaskFile(_ path: String) throws(TaskFolderError) -> String {
    var bytes: Bytes = []
    do {
      try FileTree.read(path + "/task.yaml") { chunk in
        bytes += chunk
        return bytes.count <= 1 << 20
      }
    } catch {
      throw TaskFolderError(folder: path, reason: "\(error)")
    }
    guard bytes.count <= 1 << 20 else { throw TaskFolderError(folder: path, reason: "is larger than 1 MiB") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TaskFolderError(folder: path, reason: "is not UTF-8 text")
    }
    return text
  }
}
