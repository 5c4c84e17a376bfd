// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import LyceumCore

extension TaskReader {
  /// Checks that what the task names is in its folder, and that doing nothing is not a submission.
  mutating func checkFiles(of spec: TaskSpec, in root: String) {
    guard let folder = spec.folder else { return }
    let template = TaskSpec.isPlainRelative(folder.template) ? root + "/" + folder.template : nil
    let solution = folder.solution.flatMap { TaskSpec.isPlainRelative($0) ? root + "/" + $0 : nil }
    isFolder(template, key: "folder.template", folder.template)
    isFolder(solution, key: "folder.solution", folder.solution ?? "")
    if let template, let params = spec.params, TaskSpec.isPlainRelative(params),
      !exists([template + "/" + params])
    {
      add(key: "params", "\(folder.template)/\(params) does not exist")
    }
    for (index, file) in spec.submission.enumerated() where TaskSpec.isPlainRelative(file) {
      if let template, exists([template + "/" + file]) {
        add(
          key: "submission[\(index)]",
          "\(folder.template)/\(file) exists already; an agent that does nothing would have a submission")
      }
    }
    checkScript(folder.prepare, key: "folder.prepare", in: [root])
    checkScript(folder.grader, key: "folder.grader", in: [root])
    checkScript(spec.starter, key: "starter", in: [template])
    checkScript(folder.solutionCommand, key: "folder.solutionCommand", in: [template, solution])
    if let command = folder.submissionCommand {
      for word in program(command) where word.hasPrefix("/harness/") && !exists([root + word]) {
        add(key: "folder.submissionCommand", "\(word.dropFirst()) does not exist in the folder")
      }
    }
  }

  mutating func checkName(of spec: TaskSpec, folder path: String) {
    guard let real = realpath(path, nil) else { return }
    defer { free(real) }
    let name = String(cString: real).split(separator: "/").last.map(String.init) ?? ""
    if has("id") && name != spec.id {
      add(key: "id", "\(spec.id) differs from the folder's name \(name)")
    }
  }

  private func exists(_ paths: [String]) -> Bool { paths.contains { FileTree.kind(of: $0) != nil } }

  private mutating func isFolder(_ path: String?, key: String, _ name: String) {
    if let path, FileTree.kind(of: path) != .folder { add(key: key, "\(name) is not a folder here") }
  }

  /// The first two words of a command: a program, or an interpreter and its script.
  private func program(_ command: String) -> [Substring] {
    command.split(whereSeparator: \.isWhitespace).prefix(2).filter { word in
      word.utf8.allSatisfy {
        0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || "/._-+".utf8.contains($0)
      }
    }
  }

  /// A relative path among the first two words must be a file of one of `roots`.
  private mutating func checkScript(_ command: String?, key: String, in roots: [String?]) {
    let roots = roots.compactMap { $0 }
    guard let command, !roots.isEmpty else { return }
    for word in program(command) where !word.hasPrefix("/") && !word.hasPrefix("-") {
      let isFile = word.contains("/") || [".py", ".sh"].contains { word.hasSuffix($0) }
      if isFile && !exists(roots.map { $0 + "/" + word }) {
        add(key: key, "\(word) does not exist in the folder")
      }
    }
  }
}
