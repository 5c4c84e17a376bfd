// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CLyceum
import Frames

/// The one agent or task that lives in this process.
@safe enum Instance {
  case agent(UnsafeMutablePointer<lyc_agent>)
  case task(UnsafeMutablePointer<lyc_task>)

  init(agent request: CreateMessage, _ library: Library, _ side: HostSide) throws(Refusal) {
    guard let factory = unsafe library.agents else {
      throw Refusal(FrameStatus.notFound, "the plugin has no agents")
    }
    let id = unsafe side.arena.view(request.id)
    let config = unsafe side.arena.view(request.config)
    guard let agent = unsafe factory.pointee.create(side.host, id, config) else {
      throw Refusal(FrameStatus.failed, side.takeWords())
    }
    try Library.check(unsafe agent.pointee.struct_size, SizesInABI1.agent, "lyc_agent")
    guard unsafe agent.pointee.begin != nil, unsafe agent.pointee.act != nil,
      unsafe agent.pointee.destroy != nil
    else { throw .violation("lyc_agent.begin, act or destroy is NULL") }
    self = unsafe .agent(agent)
  }

  init(task request: CreateMessage, _ library: Library, _ side: HostSide) throws(Refusal) {
    guard let factory = unsafe library.tasks else {
      throw Refusal(FrameStatus.notFound, "the plugin has no tasks")
    }
    let id = unsafe side.arena.view(request.id)
    let config = unsafe side.arena.view(request.config)
    guard let task = unsafe factory.pointee.create(side.host, id, config) else {
      throw Refusal(FrameStatus.failed, side.takeWords())
    }
    try Library.check(unsafe task.pointee.struct_size, SizesInABI1.task, "lyc_task")
    guard unsafe task.pointee.describe != nil, unsafe task.pointee.grade != nil,
      unsafe task.pointee.destroy != nil
    else { throw .violation("lyc_task.describe, grade or destroy is NULL") }
    self = unsafe .task(task)
  }

  func destroy() {
    switch self {
    case .agent(let agent): unsafe agent.pointee.destroy(agent)
    case .task(let task): unsafe task.pointee.destroy(task)
    }
  }

  /// A table that no plugin has.
  func hasUnknownExtension() -> Bool {
    let id = "lyceum.no-such-extension/1"
    switch self {
    case .agent(let agent):
      guard let get = unsafe agent.pointee.get_extension else { return false }
      return unsafe get(agent, id) != nil
    case .task(let task):
      guard let get = unsafe task.pointee.get_extension else { return false }
      return unsafe get(task, id) != nil
    }
  }

  func begin(_ view: TaskViewMessage, _ side: HostSide) throws(Refusal) {
    guard case .agent(let agent) = self else { throw Refusal(FrameStatus.invalid, "the instance is a task") }
    let arena = side.arena
    var task = unsafe lyc_task_view()
    unsafe task.struct_size = UInt32(MemoryLayout<lyc_task_view>.size)
    unsafe task.max_steps = view.maxSteps
    unsafe task.max_milliseconds = view.maxMilliseconds
    unsafe task.step_milliseconds = view.stepMilliseconds
    unsafe task.task_id = arena.view(view.taskID)
    unsafe task.title = arena.view(view.title)
    unsafe task.definition = arena.view(view.definition)
    unsafe task.workspace = arena.view(view.workspace)
    unsafe task.starter = arena.view(view.starter)
    unsafe task.params = arena.view(view.params)
    unsafe task.metric = arena.view(view.metric)
    unsafe task.higher_is_better = view.higherIsBetter ? 1 : 0
    try side.check(unsafe agent.pointee.begin(agent, &task))
  }

  func act(_ message: ObservationMessage, _ side: HostSide) throws(Refusal) -> DecisionMessage {
    guard case .agent(let agent) = self else { throw Refusal(FrameStatus.invalid, "the instance is a task") }
    var seen = unsafe lyc_observation()
    unsafe seen.struct_size = UInt32(MemoryLayout<lyc_observation>.size)
    unsafe seen.flags = message.flags
    unsafe seen.step = message.step
    unsafe seen.steps_left = message.stepsLeft
    unsafe seen.milliseconds_left = message.millisecondsLeft
    unsafe seen.output = side.arena.view(message.output)
    unsafe seen.output_elided = message.outputElided
    unsafe seen.exit_code = message.exitCode
    unsafe seen.term_signal = message.termSignal
    unsafe seen.grade = side.arena.view(message.grade)
    unsafe seen.score = message.score
    var decision = unsafe lyc_decision()
    unsafe decision.struct_size = UInt32(MemoryLayout<lyc_decision>.size)
    try side.check(unsafe agent.pointee.act(agent, &seen, &decision))
    return DecisionMessage(
      thought: try unsafe bytes(decision.thought, "thought", limit: DecisionMessage.thoughtLimit),
      action: try unsafe text(decision.action, "action", limit: DecisionMessage.nameLimit),
      path: try unsafe bytes(decision.path, "path", limit: DecisionMessage.pathLimit),
      input: try unsafe bytes(decision.input, "input", limit: DecisionMessage.inputLimit),
      arguments: try unsafe text(decision.arguments, "arguments", limit: DecisionMessage.argumentsLimit))
  }

  func describe(_ side: HostSide) throws(Refusal) -> DescriptionMessage {
    let task = unsafe try aTask()
    var json = unsafe lyc_str()
    try side.check(unsafe task.pointee.describe(task, &json))
    return DescriptionMessage(json: try unsafe text(json, "json", limit: DescriptionMessage.limit))
  }

  func prepare(_ message: PrepareMessage, _ side: HostSide) throws(Refusal) {
    let task = unsafe try aTask()
    guard let prepare = unsafe task.pointee.prepare else { return }
    try side.check(unsafe prepare(task, message.seed))
  }

  func grade(_ message: GradeRequestMessage, _ side: HostSide) throws(Refusal) -> GradeMessage {
    let task = unsafe try aTask()
    var grade = unsafe lyc_grade()
    unsafe grade.struct_size = UInt32(MemoryLayout<lyc_grade>.size)
    try side.check(unsafe task.pointee.grade(task, message.split, message.seed, &grade))
    let count = unsafe Int(grade.metric_count)
    guard count <= GradeMessage.metricLimit else { throw .violation("metric_count is \(count)") }
    var metrics: [GradeMessage.Value] = []
    for i in 0..<count {
      guard let values = unsafe grade.metrics else { throw .violation("metrics is NULL") }
      let name = try unsafe text(values[i].name, "metric name", limit: 128)
      metrics.append(GradeMessage.Value(name: name, value: unsafe values[i].value))
    }
    return GradeMessage(
      outcome: unsafe grade.outcome, metrics: metrics,
      reason: try unsafe text(grade.reason, "reason", limit: GradeMessage.reasonLimit),
      details: try unsafe text(grade.details, "details", limit: GradeMessage.detailsLimit))
  }

  private func aTask() throws(Refusal) -> UnsafeMutablePointer<lyc_task> {
    guard case .task(let task) = self else { throw Refusal(FrameStatus.invalid, "the instance is an agent") }
    return unsafe task
  }
}

extension HostSide {
  /// Turns a plugin's status into a refusal with the words that the plugin left.
  fileprivate func check(_ status: lyc_status) throws(Refusal) {
    let words = takeWords()
    guard status == LYC_OK else {
      throw Refusal((1...8).contains(status) ? status : FrameStatus.failed, words)
    }
  }
}
