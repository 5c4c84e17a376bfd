// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import TaskFolders

/// The agents that a check sends to a task, by the names that its findings use.
enum CheckAgents {
  static let searchLabel = "search"

  static func all(for task: ResolvedTask) throws(RunError) -> [RunSpec.AgentChoice] {
    [
      RunSpec.AgentChoice(agent: "oracle", config: try solution(of: task), name: "reference"),
      RunSpec.AgentChoice(agent: "baseline"),
      scripted("nothing", "submit"),
      scripted("repeated", starter(task) + String(repeating: "validate\n", count: 5) + "submit"),
    ] + garbage(for: task)
  }

  /// Submissions that are none, each in place of every declared file.
  static func garbage(for task: ResolvedTask) -> [RunSpec.AgentChoice] {
    let kinds: [(String, (String) -> String)] = [
      ("empty files", { ": > \($0)" }),
      ("random bytes", { "head -c 4096 /dev/urandom > \($0)" }),
      ("numbers that are none", { "printf 'nan,inf,-inf\\n1e999,NaN,\\n' > \($0)" }),
      ("symbolic links", { "ln -sfn /etc/passwd \($0)" }),
      ("300 MiB of zeros", { "rm -f \($0); truncate -s 300M \($0)" }),
    ]
    return kinds.map { name, make in
      let files = task.spec.submission.map { quoted($0) }
      let script = files.map { "mkdir -p \"$(dirname \($0))\"; rm -rf \($0); \(make($0))" }.joined(
        separator: "\n")
      return scripted(name, "bash <<LYCEUM_END\n\(script)\nLYCEUM_END\nsubmit")
    }
  }

  /// Looks through everything that an agent can see for the private files.
  static func search(for secrets: Secrets) -> RunSpec.AgentChoice {
    scripted(searchLabel, "bash <<LYCEUM_END\n\(secrets.search)\nLYCEUM_END\nstop")
  }

  private static func scripted(_ name: String, _ script: String) -> RunSpec.AgentChoice {
    RunSpec.AgentChoice(agent: "scripted", config: script + "\n", name: name)
  }

  private static func starter(_ task: ResolvedTask) -> String {
    task.spec.starter.map { "bash: \($0)\n" } ?? ""
  }

  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
  }

  /// The configuration of `oracle`: the files of the solution folder and the command that submits them.
  private static func solution(of task: ResolvedTask) throws(RunError) -> String {
    do throws(TaskFolderError) {
      if let folder = task.folder,
        let configuration = try TaskFolder.load(folder.path, named: false).oracleConfiguration()
      {
        return configuration
      }
    } catch { throw RunError(.usage, error.description) }
    throw RunError(.usage, "task \(task.spec.id) has no solution to check: add `solution` to its task.yaml")
  }
}

/// Files that no agent may see: a task's private data and the sources that it is made from.
struct Secrets {
  struct File {
    let name: String
    let size: Int
    let digest: Digest
  }

  let files: [File]

  /// Printed by a search that went through everything.
  static let complete = "search-complete"

  init(_ task: ResolvedTask, folder: StagedFolder, cache: String) throws {
    // A task without `prepare` has no private data; its grader and solution are secrets all the same.
    let data = TaskData.find(task: task.spec.id, digest: folder.prepareDigest, cache: cache)
    if data == nil, task.spec.folder?.prepare != nil {
      throw RunError(.environment, "the data of \(task.spec.id) was not prepared")
    }
    let roots =
      task.spec.sources
      + [data?.privateFolder, "\(folder.path)/grader", "\(folder.path)/solution"].compactMap { $0 }
    files = roots.flatMap { root -> [File] in
      let members = FileManager.default.subpaths(atPath: root).map { $0.map { "\(root)/\($0)" } } ?? [root]
      return members.compactMap { path -> File? in
        var info = stat()
        guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_size > 0,
          let content = FileManager.default.contents(atPath: path)
        else { return nil }
        return File(name: path, size: content.count, digest: Digest(of: content))
      }
    }
  }

  /// A script that prints the digest of every visible file of a private file's size.
  var search: String {
    let sizes = Set(files.map(\.size)).sorted().map { "-size \($0)c" }.joined(separator: " -o ")
    return """
      find / -path /proc -prune -o -type f \\( \(sizes.isEmpty ? "-false" : sizes) \\) -print0 2>/dev/null \
      | xargs -0 -r sha256sum 2>/dev/null | cut -c1-64 | sort -u
      echo \(Self.complete)
      """
  }
}
