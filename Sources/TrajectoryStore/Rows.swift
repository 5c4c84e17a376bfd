// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore

/// Rows made of values and values made of rows; each pair names its fields in the order of the table.
extension RunRecord {
  var fields: [Field] {
    [
      .string(id), .string(name), .int(createdMicroseconds), .int(Int64(bitPattern: seed.value)),
      .string(spec), .string(host),
    ]
  }

  init(_ row: inout FieldReader) throws(StoreError) {
    let id = try row.text()
    let name = try row.text()
    let created = try row.integer(Int64.self)
    let seed = Seed(UInt64(bitPattern: try row.integer(Int64.self)))
    let spec = try row.text()
    self.init(
      id: id, name: name, createdMicroseconds: created, spec: spec, seed: seed, host: try row.text())
  }
}

extension TrialRecord {
  var fields: [Field] {
    [
      .string(id), .string(run), .string(cell.task), .string(cell.agent), .int(cell.number), .int(attempt),
      .int(taskVersion), .blob(taskDigest.bytes), .blob(agentDigest.bytes),
      .int(Int64(bitPattern: seed.value)), .string(metric), .string(direction.rawValue),
      .int(startedMicroseconds), .string(manifest),
    ]
  }

  init(_ row: inout FieldReader) throws(StoreError) {
    let id = try row.text()
    let run = try row.text()
    let cell = Cell(task: try row.text(), agent: try row.text(), number: try row.integer())
    let attempt = try row.integer(Int.self)
    let version = try row.integer(Int.self)
    let task = try row.digest()
    let agent = try row.digest()
    let seed = Seed(UInt64(bitPattern: try row.integer(Int64.self)))
    let metric = try row.text()
    let direction = try row.word(MetricSpec.Direction.self)
    let started = try row.integer(Int64.self)
    self.init(
      id: id, run: run, cell: cell, attempt: attempt, taskVersion: version, taskDigest: task,
      agentDigest: agent, seed: seed, metric: metric, direction: direction, startedMicroseconds: started,
      manifest: try row.text())
  }
}

extension StoredTrial.Ending {
  func fields(trial: String, sequence: Int64) -> [Field] {
    [
      .string(trial), .int(sequence), .int(endedMicroseconds), .string(end.kind.rawValue),
      .string(end.reason), .string(end.cause?.rawValue), .string(end.detail), .number(score), .int(steps),
    ]
  }

  /// Nil when the trial has not ended; the digest is the stored chain head.
  init?(_ row: inout FieldReader, head: Digest?) throws(StoreError) {
    _ = try row.text()
    guard try row.optionalInteger() != nil else { return nil }
    guard let head else { throw .damaged(path: "", detail: "an ended trial has no chain head") }
    endedMicroseconds = try row.integer()
    let kind = try row.word(TrialEnd.Kind.self)
    let reason = try row.text()
    let cause = try row.optionalWord(Cause.self)
    end = TrialEnd(kind: kind, reason: reason, cause: cause, detail: try row.text())
    score = try row.optionalReal()
    steps = try row.integer()
    chainHead = head
  }
}

extension Step {
  func fields(trial: String, sequence: Int64) throws(StoreError) -> [Field] {
    let seen = observation
    return [
      .string(trial), .int(sequence), .int(index), .string(decision.action.name), .int(seen.exitCode),
      .int(seen.signal), .int(seen.timedOut ? 1 : 0), .string(seen.refusal), .string(tree),
      .int(startedMicroseconds), .int(thinkingMicroseconds), .int(seen.usage.wallMicroseconds),
      .int(seen.usage.cpuMicroseconds), .int(seen.usage.peakKB), .int(seen.usage.leftovers),
      .int(seen.elided), .string(skipped.isEmpty ? "[]" : try json(skipped)),
      .blob(decision.action.path), .string(decision.action.arguments), .blob(decision.thought),
      .blob(decision.action.input), .blob(seen.output),
    ]
  }

  /// The step without the grade of its observation, which is a row of its own, and its place among the events.
  static func stored(_ row: inout FieldReader) throws(StoreError) -> (step: Step, sequence: Int64) {
    _ = try row.text()
    let sequence = try row.integer(Int64.self)
    let index = try row.integer(Int.self)
    var action = Action(name: try row.text())
    var seen = Observation()
    seen.exitCode = try row.optionalInteger().map { Int32(truncatingIfNeeded: $0) }
    seen.signal = try row.optionalInteger().map { Int32(truncatingIfNeeded: $0) }
    seen.timedOut = try row.integer(Int64.self) != 0
    seen.refusal = try row.optionalText()
    let tree = try row.text()
    let started = try row.integer(UInt64.self)
    let thinking = try row.integer(UInt64.self)
    seen.usage.wallMicroseconds = try row.integer()
    seen.usage.cpuMicroseconds = try row.integer()
    seen.usage.peakKB = try row.integer()
    seen.usage.leftovers = try row.integer()
    seen.elided = try row.integer()
    let skipped = try row.text()
    action.path = try row.blob()
    action.arguments = try row.text()
    let thought = try row.blob()
    action.input = try row.blob()
    seen.output = try row.blob()
    let step = Step(
      index: index, decision: Decision(thought: thought, action: action), observation: seen, tree: tree,
      skipped: skipped == "[]" ? [] : try value(of: skipped), startedMicroseconds: started,
      thinkingMicroseconds: thinking)
    return (step, sequence)
  }
}

extension StoredGrade {
  func fields(trial: String) throws(StoreError) -> [Field] {
    let outcome: [Field]
    switch grade.outcome {
    case .scored(let metrics):
      guard metrics.values.allSatisfy(\.isFinite) else {
        throw .invalid("a metric of a grade is not finite: grade such a submission as unscored")
      }
      outcome = [.string("scored"), .string(try json(metrics)), .null, .null]
    case .refused(let reason): outcome = [.string("refused"), .null, .null, .string(reason)]
    case .unscored(let cause, let reason):
      outcome = [.string("unscored"), .null, .string(cause.rawValue), .string(reason)]
    }
    return [.string(trial), .int(sequence), .int(step), .string(grade.split.rawValue)] + outcome
      + [.int(wallMicroseconds), .string(grade.details)]
  }

  init(_ row: inout FieldReader) throws(StoreError) {
    _ = try row.text()
    sequence = try row.integer()
    step = try row.integer()
    let split = try row.word(Split.self)
    let word = try row.text()
    let metrics = try row.optionalText()
    let cause = try row.optionalWord(Cause.self)
    let reason = try row.optionalText()
    let outcome: Grade.Outcome
    switch (word, metrics, cause, reason) {
    case ("scored", let metrics?, nil, nil): outcome = .scored(metrics: try value(of: metrics))
    case ("refused", nil, nil, let reason?): outcome = .refused(reason: reason)
    case ("unscored", nil, let cause?, let reason?): outcome = .unscored(cause: cause, reason: reason)
    default: throw .damaged(path: "", detail: "a grade is neither scored, refused nor unscored")
    }
    wallMicroseconds = try row.integer()
    grade = Grade(split: split, outcome: outcome, details: try row.text())
  }
}

extension LogLine {
  func fields(trial: String) -> [Field] {
    [
      .string(trial), .int(sequence), .int(atMicroseconds), .string(level.rawValue), .string(source),
      .blob(message),
    ]
  }

  init(_ row: inout FieldReader) throws(StoreError) {
    _ = try row.text()
    sequence = try row.integer()
    atMicroseconds = try row.integer()
    level = try row.word()
    source = try row.text()
    message = try row.blob()
  }
}

/// JSON with sorted keys, so that equal values give equal bytes.
private func json(_ value: some Encodable) throws(StoreError) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  do {
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  } catch {
    throw .invalid("a value has no JSON form: \(String(line: "\(error)".utf8))")
  }
}

private func value<T: Decodable>(of json: String) throws(StoreError) -> T {
  do {
    return try JSONDecoder().decode(T.self, from: Data(json.utf8))
  } catch {
    throw .damaged(path: "", detail: "a row does not hold the JSON that belongs there")
  }
}
