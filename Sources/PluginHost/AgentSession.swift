// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Frames
public import LyceumCore
public import Processes

/// One agent in a process of its own. Not thread-safe.
public final class AgentSession {
  public let runner: Runner
  public let descriptor: PluginDescriptor
  private var primaryMetric = ""

  /// Starts the plugin's process and creates the agent `id` with `config`.
  public convenience init(
    plugin: PluginManifest, agent id: String, config: String = "", launcher: RunnerLauncher,
    services: HostServices, startDeadline: Deadline
  ) throws(PluginError) {
    try self.init(
      Runner.start(plugin, launcher: launcher, services: services), plugin: plugin, agent: id, config: config,
      startDeadline: startDeadline)
  }

  /// Creates the agent `id` with `config` in a process that ``Runner/start(_:launcher:services:)`` has started.
  public init(
    _ runner: Runner, plugin: PluginManifest, agent id: String, config: String = "", startDeadline: Deadline
  ) throws(PluginError) {
    self.runner = runner
    try runner.greet(startDeadline)
    guard runner.manifest.digest == plugin.digest else {
      throw PluginError(.launch, "\(plugin.path) changed since the run began: run the command again")
    }
    guard let descriptor = runner.manifest.agent(id) else {
      throw PluginError(.notFound, "\(plugin.path) has no agent \(id)")
    }
    self.descriptor = descriptor
    try runner.create(.createAgent, id, config, startDeadline)
  }

  /// Shows the agent its task. Once, before the first ``act(_:step:stepsLeft:secondsLeft:deadline:)``.
  public func begin(spec: TaskSpec, limits: Limits, deadline: Deadline) throws(PluginError) {
    primaryMetric = spec.primaryMetric?.name ?? ""
    let _: NoFields = try runner.call(.begin, TaskViewMessage(spec, limits), deadline)
  }

  /// The agent's next decision, with every bound of `lyc_decision` checked.
  ///
  /// - Parameters:
  ///   - observation: What the last action led to; empty before the first. A grade on the test split is not shown.
  ///   - step: Index of the action that is observed, from 1; 0 before the first.
  public func act(
    _ observation: Observation, step: Int, stepsLeft: Int, secondsLeft: Double, deadline: Deadline
  ) throws(PluginError) -> Decision {
    var message = ObservationMessage(observation, primaryMetric: primaryMetric)
    message.step = UInt32(clamping: step)
    message.stepsLeft = UInt32(clamping: stepsLeft)
    message.millisecondsLeft = milliseconds(secondsLeft)
    let decision: DecisionMessage = try runner.call(.act, message, deadline)
    return try decision.checked()
  }

  /// Destroys the agent and ends its process; see ``Runner/close(deadline:)``.
  @discardableResult
  public func close(deadline: Deadline = .after(seconds: 2)) -> ProcessExit? {
    runner.close(deadline: deadline)
  }
}

extension Runner {
  func create(_ kind: FrameKind, _ id: String, _ config: String, _ deadline: Deadline) throws(PluginError) {
    guard config.utf8.count <= 1 << 20 else {
      throw PluginError(.launch, "the configuration is larger than 1 MiB")
    }
    let message = CreateMessage(
      id: id, config: config, services: services.offered, seed: services.seed?.value ?? 0)
    let _: NoFields = try call(kind, message, deadline)
  }
}

extension TaskViewMessage {
  init(_ spec: TaskSpec, _ limits: Limits) {
    var definition = spec.definition
    if !spec.avoid.isEmpty {
      definition += "\n\nAvoid:\n" + spec.avoid.map { "- \($0)" }.joined(separator: "\n")
    }
    if !spec.submission.isEmpty {
      definition += "\n\nSubmit, relative to the workspace:\n"
      definition += spec.submission.map { "- \($0)" }.joined(separator: "\n")
    }
    self.init(
      maxSteps: UInt32(clamping: limits.steps), maxMilliseconds: milliseconds(limits.trialSeconds),
      stepMilliseconds: milliseconds(limits.stepSeconds), taskID: spec.id, title: spec.title,
      definition: definition, workspace: spec.workspacePath, starter: spec.starter ?? "",
      params: spec.params ?? "", metric: spec.primaryMetric?.name ?? "",
      higherIsBetter: spec.primaryMetric?.direction != .lower)
  }
}

extension ObservationMessage {
  init(_ observation: Observation, primaryMetric: String) {
    self.init()
    let limit = DecisionMessage.inputLimit
    let shown = observation.refusal.map { Array($0.utf8) } ?? observation.output
    output = Array(shown.prefix(limit))
    outputElided = observation.elided + UInt64(shown.count - output.count)
    if observation.refusal != nil { flags |= ObservationMessage.refused }
    if observation.timedOut { flags |= ObservationMessage.timedOut }
    if let code = observation.exitCode {
      flags |= ObservationMessage.exited
      exitCode = code
    }
    if let signal = observation.signal {
      flags |= ObservationMessage.signaled
      termSignal = signal
    }
    guard let grade = observation.grade, grade.split == .validation else { return }
    flags |= ObservationMessage.graded
    self.grade = grade.json
    if let value = grade.metrics?[primaryMetric] {
      flags |= ObservationMessage.scored
      score = value
    }
  }
}

extension DecisionMessage {
  func checked() throws(PluginError) -> Decision {
    func check(_ holds: Bool, _ field: String, _ rule: String) throws(PluginError) {
      guard holds else { throw PluginError(.protocolViolation, "act: \(field) \(rule)") }
    }
    try check(thought.count <= DecisionMessage.thoughtLimit, "thought", "is larger than 1 MiB")
    try check(
      (1...DecisionMessage.nameLimit).contains(action.utf8.count), "action", "must have 1 to 64 bytes")
    let isName = action.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F || byte == 0x2D
    }
    try check(isName, "action", "'\(action)' is not a-z, 0-9, '_' and '-'")
    try check(path.count <= DecisionMessage.pathLimit, "path", "is longer than 4096 bytes")
    try check(!path.contains(0), "path", "holds a NUL byte")
    try check(input.count <= DecisionMessage.inputLimit, "input", "is larger than 16 MiB")
    try check(arguments.utf8.count <= DecisionMessage.argumentsLimit, "arguments", "is larger than 1 MiB")
    try check(arguments.isEmpty || JSONValue.isObject(arguments), "arguments", "is not a JSON object")
    return Decision(
      thought: thought, action: Action(name: action, path: path, input: input, arguments: arguments))
  }
}

/// Seconds as the wire has them; not finite or too many is the largest number.
func milliseconds(_ seconds: Double) -> UInt64 {
  guard seconds.isFinite, seconds < 1e15 else { return .max }
  return UInt64(max(0, seconds) * 1000)
}
