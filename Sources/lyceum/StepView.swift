// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import TrajectoryStore

/// Bytes in JSON: text where they are UTF-8, else base64.
struct Content: Encodable {
  let bytes: Bytes

  init(_ bytes: Bytes) { self.bytes = bytes }

  func encode(to encoder: any Encoder) throws {
    if let text = String(validating: bytes, as: UTF8.self) {
      var container = encoder.singleValueContainer()
      try container.encode(text)
    } else {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(Data(bytes).base64EncodedString(), forKey: .base64)
    }
  }

  enum CodingKeys: String, CodingKey { case base64 }
}

/// One step in full.
struct StepView: Encodable {
  let index: Int
  let thought: Content
  let action: String
  let path: Content
  let input: Content
  let arguments: String
  let output: Content
  let elided: UInt64
  let exitCode: Int32?
  let signal: Int32?
  let timedOut: Bool
  let refusal: String?
  let tree: String
  let skipped: [String]
  let thinkingMicroseconds: UInt64
  let usage: StepUsage
  let grades: [Grade]

  init(_ step: Step, grades: [StoredGrade]) {
    index = step.index
    thought = Content(step.decision.thought)
    action = step.decision.action.name
    path = Content(step.decision.action.path)
    input = Content(step.decision.action.input)
    arguments = step.decision.action.arguments
    output = Content(step.observation.output)
    elided = step.observation.elided
    exitCode = step.observation.exitCode
    signal = step.observation.signal
    timedOut = step.observation.timedOut
    refusal = step.observation.refusal
    tree = step.tree
    skipped = step.skipped
    thinkingMicroseconds = step.thinkingMicroseconds
    usage = step.observation.usage
    self.grades = grades.map(\.grade)
  }

  /// For a terminal: nothing that an agent wrote can move its cursor.
  var text: String {
    var parts = ["step \(index)  \(ending)  tree \(tree)"]
    if !thought.bytes.isEmpty { parts.append("── thought\n\(String(escaping: thought.bytes))") }
    let target = path.bytes.isEmpty ? "" : " \(String(line: path.bytes))"
    parts.append("── \(action)\(target)\(input.bytes.isEmpty ? "" : "\n" + String(escaping: input.bytes))")
    if !arguments.isEmpty { parts.append(String(escaping: arguments.utf8)) }
    if let refusal { parts.append("── refused\n\(String(escaping: refusal.utf8))") }
    if !output.bytes.isEmpty {
      let missing = elided > 0 ? " (\(elided) bytes missing in the middle)" : ""
      parts.append("── output\(missing)\n\(String(escaping: output.bytes))")
    }
    parts += grades.map { "── \($0.line)" }
    parts += skipped.map { "── not kept: \(String(line: $0.utf8))" }
    return parts.joined(separator: "\n")
  }

  private var ending: String {
    let how = exitCode.map { "exit \($0)" } ?? signal.map { "signal \($0)" } ?? "no command"
    return "\(how)\(timedOut ? ", timed out" : "")  \(usage.wallMicroseconds / 1000) ms"
  }
}

extension Grade {
  /// One line for a terminal.
  var line: String {
    switch outcome {
    case .scored(let metrics):
      let values = metrics.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      return "\(split.rawValue) split: \(values)"
    case .refused(let reason): return "\(split.rawValue) split: refused, \(String(line: reason.utf8))"
    case .unscored(let cause, let reason):
      return "\(split.rawValue) split: unscored, cause \(cause.rawValue), \(String(line: reason.utf8))"
    }
  }
}
