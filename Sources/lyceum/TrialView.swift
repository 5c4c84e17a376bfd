// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import Reporting
internal import TrajectoryStore

/// A trial with a line for each of its steps.
struct TrialView: Encodable {
  let id: String
  let run: String
  let task: String
  let taskDigest: Digest
  let agent: String
  let number: Int
  let attempt: Int
  let seed: UInt64
  let end: TrialEnd?
  let metric: String
  let score: Double?
  let chainHead: Digest?
  let manifest: TrialManifest?
  let steps: [Line]
  let grades: [GradeLine]
  let log: [LogView]

  struct Line: Encodable {
    let index: Int
    let thought: Content
    let action: String
    let path: Content
    let input: Content
    let exitCode: Int32?
    let signal: Int32?
    let timedOut: Bool
    let wallMicroseconds: UInt64
    let outputBytes: UInt64
    let tree: String
  }

  struct GradeLine: Encodable {
    let step: Int
    let grade: Grade
    let wallMicroseconds: UInt64
  }

  struct LogView: Encodable {
    let level: String
    let source: String
    let message: Content
  }

  init(_ trial: StoredTrial, _ store: Store) throws {
    let record = trial.record
    id = record.id
    run = record.run
    task = record.cell.task
    taskDigest = record.taskDigest
    agent = record.cell.agent
    number = record.cell.number
    attempt = record.attempt
    seed = record.seed.value
    end = trial.ending?.end
    metric = record.metric
    score = trial.ending?.score
    chainHead = trial.ending?.chainHead
    manifest = try? JSONDecoder().decode(TrialManifest.self, from: Data(record.manifest.utf8))
    var lines: [Line] = []
    try store.steps(record.id) { step in
      lines.append(
        Line(
          index: step.index, thought: Content(step.decision.thought), action: step.decision.action.name,
          path: Content(step.decision.action.path),
          input: Content(Bytes(step.decision.action.input.prefix(200))),
          exitCode: step.observation.exitCode, signal: step.observation.signal,
          timedOut: step.observation.timedOut, wallMicroseconds: step.observation.usage.wallMicroseconds,
          outputBytes: UInt64(step.observation.output.count) + step.observation.elided, tree: step.tree))
    }
    steps = lines
    grades = try store.grades(record.id).map {
      GradeLine(step: $0.step, grade: $0.grade, wallMicroseconds: $0.wallMicroseconds)
    }
    log = try store.logs(record.id).map {
      LogView(level: $0.level.rawValue, source: $0.source, message: Content($0.message))
    }
  }

  var text: String {
    var out = "trial \(id)  \(task) × \(agent) #\(number), attempt \(attempt), seed \(seed)\n"
    out +=
      "task \(taskDigest.hex.prefix(16))  isolation \(manifest?.isolation ?? "–")  profile \(manifest?.profile ?? "–")\n"
    if let end {
      let cause = end.cause.map { ", cause \($0.rawValue)" } ?? ""
      out +=
        "\(end.kind.rawValue): \(end.reason)\(cause)\(end.detail.isEmpty ? "" : ": " + String(line: end.detail.utf8))\n"
      out +=
        "\(metric) \(score.map { String($0) } ?? "unscored")  chain \(chainHead?.hex.prefix(16) ?? "–")\n"
    } else {
      out += "not over\n"
    }
    var table = TextTable([
      ("step", .right), ("action", .left), ("input", .left), ("exit", .right), ("ms", .right),
      ("output", .right),
      ("thought", .left),
    ])
    for step in steps {
      let exit =
        step.timedOut ? "time" : step.exitCode.map { String($0) } ?? step.signal.map { "sig \($0)" } ?? ""
      table.add([
        String(step.index), step.action,
        String(line: step.path.bytes.isEmpty ? step.input.bytes : step.path.bytes, limit: 36), exit,
        String(step.wallMicroseconds / 1000), String(step.outputBytes),
        String(line: step.thought.bytes, limit: 40),
      ])
    }
    out += "\n" + table.text
    if !grades.isEmpty { out += "\n" + grades.map { "after step \($0.step): \($0.grade.line)\n" }.joined() }
    if !log.isEmpty {
      out +=
        "\n"
        + log.suffix(20).map { "[\($0.source) \($0.level)] \(String(line: $0.message.bytes))\n" }.joined()
    }
    return out
  }
}
