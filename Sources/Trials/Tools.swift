// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import Processes
internal import Sandbox
internal import Workspace

/// Carries out an agent's actions. What the agent got wrong is an observation; what throws is not its fault.
struct Tools {
  let box: Box
  let workspace: Workspace
  let grading: Grading
  let limits: Limits
  let slot: Int
  /// Largest file that `read_file` shows and `write_file` writes.
  static let fileBytes = 16 << 20

  func perform(_ action: Action, before deadline: Deadline) throws -> Observation {
    let started = Clock.now
    var seen = try observe(action, before: deadline)
    if seen.usage.wallMicroseconds == 0 { seen.usage.wallMicroseconds = Clock.microseconds(since: started) }
    return seen
  }

  private func observe(_ action: Action, before deadline: Deadline) throws -> Observation {
    switch action.name {
    case "bash":
      let result = try box.run(
        BoxCommand(
          action.input, timeoutSeconds: min(limits.stepSeconds, deadline.secondsLeft),
          outputBytes: limits.outputBytes, keepsState: true,
          watch: .init(everySeconds: 0.5) { workspace.fits(megabytes: limits.workspaceMB) }))
      return Observation(
        output: result.output + note(on: result), elided: result.elided, exitCode: result.exitCode,
        signal: result.signal, timedOut: result.timedOut, usage: result.usage)
    case "write_file":
      return try refusable {
        try workspace.writeFile(action.path, action.input, owner: uid(slot: slot))
        return Observation(output: Bytes("wrote \(action.input.count) bytes".utf8))
      }
    case "read_file":
      return try refusable {
        let content = try workspace.readFile(action.path, limit: Self.fileBytes)
        let (kept, elided) = headAndTail(content, limit: limits.outputBytes)
        return Observation(output: kept, elided: elided)
      }
    case "validate":
      let grade = grading.grade(try workspace.snapshot().tree, split: .validation)
      return Observation(output: Bytes(describe(grade).utf8), grade: grade)
    case "submit", "stop":
      return Observation()
    default:
      return Observation(
        refusal:
          "there is no action `\(String(line: action.name.utf8, limit: 64))`; there are bash, write_file, read_file, "
          + "validate, submit and stop")
    }
  }

  /// A line for what the command cannot know: why something of it was killed.
  private func note(on result: CommandResult) -> Bytes {
    var words: [String] = []
    if result.stoppedByWatch {
      words.append("the workspace may hold \(limits.workspaceMB) MiB: the command was stopped")
    }
    if result.outOfMemory { words.append("the memory limit of \(limits.memoryMB) MiB was reached") }
    if result.boxLost {
      words.append("the box was lost and made again: /tmp, home and shell state are empty")
    }
    return Bytes(words.map { "\n[lyceum: \($0)]\n" }.joined().utf8)
  }

  /// What the agent itself asked for wrongly comes back to it.
  private func refusable(_ body: () throws -> Observation) throws -> Observation {
    do { return try body() } catch WorkspaceError.file(let path, let problem) {
      return Observation(refusal: "\(String(line: path)): \(problem)")
    }
  }

  private func describe(_ grade: Grade) -> String {
    switch grade.outcome {
    case .scored(let metrics):
      metrics.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
    case .refused(let reason): "the submission was refused: \(reason)"
    // The reason may quote what a grader printed, and that is not for the agent.
    case .unscored(let cause, _): "nothing was measured (cause: \(cause.rawValue))"
    }
  }
}

/// The first and last bytes of what is longer than `limit`, and how many are missing between them.
func headAndTail(_ bytes: Bytes, limit: Int) -> (Bytes, elided: UInt64) {
  guard bytes.count > limit else { return (bytes, 0) }
  let head = limit / 2
  return (bytes.prefix(head) + bytes.suffix(limit - head), UInt64(bytes.count - limit))
}
