// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import FoundationEssentials
internal import Frames
public import LyceumCore
public import Processes

/// One task in a process of its own. Not thread-safe.
public final class TaskSession {
  public let runner: Runner
  public let descriptor: PluginDescriptor
  private var spec: TaskSpec?

  /// Starts the plugin's process and creates the task `id` with `config`.
  public convenience init(
    plugin: PluginManifest, task id: String, config: String = "", launcher: RunnerLauncher,
    services: HostServices, startDeadline: Deadline
  ) throws(PluginError) {
    try self.init(
      Runner.start(plugin, launcher: launcher, services: services), plugin: plugin, task: id, config: config,
      startDeadline: startDeadline)
  }

  /// Creates the task `id` with `config` in a process that ``Runner/start(_:launcher:services:)`` has started.
  public init(
    _ runner: Runner, plugin: PluginManifest, task id: String, config: String = "", startDeadline: Deadline
  ) throws(PluginError) {
    self.runner = runner
    try runner.greet(startDeadline)
    guard runner.manifest.digest == plugin.digest else {
      throw PluginError(.launch, "\(plugin.path) changed since the run began: run the command again")
    }
    guard let descriptor = runner.manifest.task(id) else {
      throw PluginError(.notFound, "\(plugin.path) has no task \(id)")
    }
    self.descriptor = descriptor
    try runner.create(.createTask, id, config, startDeadline)
  }

  /// The task, decoded strictly and checked; a key that does not exist is an error too. Asked once and kept.
  public func describe(deadline: Deadline) throws(PluginError) -> TaskSpec {
    if let spec { return spec }
    let message: DescriptionMessage = try runner.call(.describe, NoFields(), deadline)
    let spec = try TaskSession.decode(message.json)
    let problems = spec.problems()
    guard problems.isEmpty else {
      throw PluginError(.protocolViolation, "describe: \(problems.joined(separator: "; "))")
    }
    self.spec = spec
    return spec
  }

  /// Lets the task make data and workspace files through the host's services. Once, before the first grade.
  public func prepare(seed: Seed, deadline: Deadline) throws(PluginError) {
    runner.phase = .prepare
    defer { runner.phase = .other }
    let _: NoFields = try runner.call(.prepare, PrepareMessage(seed: seed.value), deadline)
  }

  /// Grades the submission on `split`.
  ///
  /// A status other than LYC_OK, or a grade that breaks its rules, is an unscored grade: caused by the
  /// grader, or by the sandbox when the box service failed. An error means that the process is gone.
  public func grade(_ split: Split, seed: Seed, deadline: Deadline) throws(PluginError) -> Grade {
    let spec = try describe(deadline: deadline)
    runner.phase = .grade
    runner.boxFailure = nil
    defer { runner.phase = .other }
    let request = GradeRequestMessage(
      split: split == .validation ? GradeRequestMessage.validation : GradeRequestMessage.test,
      seed: seed.value)
    do throws(PluginError) {
      let message: GradeMessage = try runner.call(.grade, request, deadline)
      return message.grade(split, spec.metrics)
    } catch {
      if runner.failure != nil { throw error }
      if let words = runner.boxFailure {
        let reason = String(line: Array("no box for the grader: \(words)".utf8), limit: 1000)
        return Grade(split: split, outcome: .unscored(cause: .sandbox, reason: reason))
      }
      return Grade(split: split, outcome: .unscored(cause: .grader, reason: error.detail))
    }
  }

  /// Destroys the task and ends its process; see ``Runner/close(deadline:)``.
  @discardableResult
  public func close(deadline: Deadline = .after(seconds: 2)) -> ProcessExit? {
    runner.close(deadline: deadline)
  }

  static func decode(_ json: String) throws(PluginError) -> TaskSpec {
    guard json.utf8.count <= DescriptionMessage.limit else {
      throw PluginError(.protocolViolation, "describe: the JSON is larger than 1 MiB")
    }
    let data = Data(json.utf8)
    do {
      let spec = try JSONDecoder().decode(TaskSpec.self, from: data)
      let given = try JSONDecoder().decode(JSONValue.self, from: data)
      let kept = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(spec))
      guard let key = given.firstKey(missingIn: kept) else { return spec }
      throw PluginError(.protocolViolation, "describe: the task has no key '\(key)'")
    } catch let error as PluginError {
      throw error
    } catch let error as DecodingError {
      throw PluginError(.protocolViolation, "describe: \(error.oneLine)")
    } catch {
      throw PluginError(.protocolViolation, "describe: \(error)")
    }
  }
}

extension GradeMessage {
  /// This grade as the host believes it: every declared metric once, no other, each inside its range.
  fileprivate func grade(_ split: Split, _ declared: [MetricSpec]) -> Grade {
    func broken(_ reason: String) -> Grade {
      Grade(
        split: split,
        outcome: .unscored(cause: .grader, reason: String(line: Array(reason.utf8), limit: 1000)))
    }
    guard reason.utf8.count <= GradeMessage.reasonLimit else {
      return broken("the reason is longer than 4096 bytes")
    }
    guard details.utf8.count <= GradeMessage.detailsLimit else {
      return broken("the details are larger than 64 KiB")
    }
    guard details.isEmpty || JSONValue.isObject(details) else {
      return broken("the details are not a JSON object")
    }
    switch outcome {
    case GradeMessage.refused:
      let words = reason.isEmpty ? "the task gave no reason" : reason
      return Grade(split: split, outcome: .refused(reason: words), details: details)
    case GradeMessage.scored: break
    default: return broken("the grade has outcome \(outcome)")
    }
    var values: [String: Double] = [:]
    for metric in metrics {
      guard let spec = declared.first(where: { $0.name == metric.name }) else {
        return broken("metric '\(metric.name)' is not declared")
      }
      guard values.updateValue(metric.value, forKey: metric.name) == nil else {
        return broken("metric '\(metric.name)' is given twice")
      }
      guard spec.accepts(metric.value) else {
        return broken("metric '\(metric.name)' is \(metric.value), outside its range")
      }
    }
    for spec in declared where values[spec.name] == nil { return broken("metric '\(spec.name)' is missing") }
    return Grade(split: split, outcome: .scored(metrics: values), details: details)
  }
}

extension DecodingError {
  /// What is wrong and where, without the decoder's own types.
  fileprivate var oneLine: String {
    func place(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
      let keys = (path + [last].compactMap(\.self)).map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
      return keys.isEmpty ? "the top level" : keys.joined(separator: ".")
    }
    switch self {
    case .keyNotFound(let key, let context): return "\(place(context.codingPath, key)) is missing"
    case .typeMismatch(let type, let context): return "\(place(context.codingPath)) is not a \(type)"
    case .valueNotFound(_, let context): return "\(place(context.codingPath)) is null"
    case .dataCorrupted(let context): return "\(place(context.codingPath)): \(context.debugDescription)"
    @unknown default: return "\(self)"
    }
  }
}
