// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import PluginHost
internal import Processes
internal import Sandbox
internal import TaskFolders
internal import TrajectoryStore
internal import Workspace

/// Everything that one trial is played with: sets it up in order, plays, and grades what is left.
final class Stage {
  let plan: TrialPlan
  let installation: Installation
  let writer: TrialWriter
  let limits: Limits
  /// This trial's own folder in the cache; its name says nothing about the task.
  let folder: String
  /// Whose fault it is when the next call throws.
  private(set) var blame = Cause.host
  /// The trial's end is stored: whatever fails now does not change it.
  private(set) var isOver = false
  /// When the agent's time is up.
  private var deadline = Deadline.never

  init(
    plan: TrialPlan, installation: Installation, writer: TrialWriter, limits: Limits,
    folder: String
  ) {
    self.plan = plan
    self.installation = installation
    self.writer = writer
    self.limits = limits
    self.folder = folder
  }

  /// Plays the trial. Throws what kept it from being played; `blame` says whose fault that is.
  func run(report: @escaping (Progress) -> Void) throws -> (TrialEnd, score: Double?) {
    let template = TemplateFolder(at: "\(folder)/template")
    let boxes = TaskBoxes(task: plan.task, slot: plan.slot, cache: installation.cache)

    try checkFolder()

    // The plugins load, each in a process of its own, while the workspace and its box are made.
    blame = .task
    let taskRunner = try startTask(boxes, template)
    blame = .agent
    let agentRunner = try startAgent()
    blame = .host
    let repository = try Repository(at: repositoryPath(store: plan.store))
    // A reference of this name is left from a store that is gone: run ids repeat.
    try repository.setRef(of: plan.trial, to: nil)
    let history = History(repository: repository, trial: plan.trial)
    defer { try? history.mark() }
    let early = try boxes.isPrepared() ? makeRoom(repository, history, template, boxes) : nil

    blame = .task
    let task = try greetTask(taskRunner)
    defer { _ = task.close() }
    do throws(PluginError) {
      try task.prepare(seed: plan.seed.derive("prepare"), deadline: .after(seconds: Timeouts.prepare + 60))
    } catch { throw boxes.failure ?? error }
    let room = try early ?? makeRoom(repository, history, template, boxes)

    blame = .agent
    let agent = try AgentSession(
      agentRunner, plugin: plan.agent.plugin, agent: plan.agent.id, config: plan.agent.choice.config,
      startDeadline: .after(seconds: Timeouts.call))
    blame = .host
    let grading = Grading(
      task: plan.task, session: task, boxes: boxes, repository: repository, scratch: folder, seed: plan.seed)
    var loop = TrialLoop(
      agent: agent,
      tools: Tools(
        box: room.box, workspace: room.workspace, grading: grading, limits: limits, slot: plan.slot),
      workspace: room.workspace, writer: writer, history: history, limits: limits, start: room.start,
      report: report)
    var end: TrialEnd
    deadline = .after(seconds: limits.trialSeconds)
    do { end = try loop.play(task: plan.task.spec, until: deadline) } catch let error as PluginError {
      end = TrialEnd(
        kind: .failed, reason: "agent-\(error.word)", cause: error.cause(of: .agent), detail: error.story)
    }
    _ = agent.close()

    blame = .sandbox
    try room.box.close()
    blame = .host
    let final = try room.workspace.snapshot().tree
    try history.append(final, message: "after the last step")
    let score = try grade(&end, final: final, loop: loop, grading: grading)
    let head = try writer.end(end, score: score)
    isOver = true
    try history.seal(message: "\(end.kind.rawValue): \(end.reason)", head: head)
    return (end, score)
  }

  /// The folder is what it was when the run began, so its digest stands for what is played.
  private func checkFolder() throws {
    guard let folder = plan.task.folder else { return }
    guard try TaskFolder(path: folder.path, spec: plan.task.spec).digest() == folder.digest else {
      throw RunError(
        .environment,
        "the folder of task \(plan.task.spec.id) changed since the run began: start the run again")
    }
  }

  /// Grades the last valid submission: what is there now, or, when that is none, what last validated.
  private func grade(
    _ end: inout TrialEnd, final: TreeID, loop: TrialLoop, grading: Grading
  ) throws -> Double? {
    var grade = try measure(final, step: loop.last, grading: grading)
    if case .refused = grade.outcome, end.reason != "submitted", let valid = loop.lastValid {
      grade = try measure(valid.tree, step: valid.step, grading: grading)
    }
    switch grade.outcome {
    case .scored(let metrics): return plan.task.spec.primaryMetric.flatMap { metrics[$0.name] }
    case .refused(let reason):
      end.cause = .agent
      end.detail = [end.detail, "submission refused: \(String(line: reason.utf8))"].filter { !$0.isEmpty }
        .joined(separator: "; ")
    case .unscored(let cause, let reason):
      end.cause = cause
      end.detail = String(line: reason.utf8)
    }
    return nil
  }

  private func measure(_ tree: TreeID, step: Int, grading: Grading) throws -> Grade {
    let started = Clock.now
    let grade = grading.grade(tree, split: .test)
    try writer.append(grade, afterStep: step, wallMicroseconds: Clock.microseconds(since: started))
    return grade
  }

  private func startTask(_ boxes: TaskBoxes, _ template: TemplateFolder) throws(PluginError) -> Runner {
    let binds = plan.task.folder.map { [Bind(host: $0.path, box: "/task", writable: false)] } ?? []
    return try Runner.start(
      plan.task.plugin, launcher: boxedLauncher(cache: installation.cache, slot: plan.slot, binds: binds),
      services: HostServices(
        log: log(from: "task"), seed: plan.seed.derive("task"), taskBox: boxes.run, putFile: template.put,
        readSubmission: boxes.readSubmission))
  }

  private func greetTask(_ runner: Runner) throws -> TaskSession {
    let session = try TaskSession(
      runner, plugin: plan.task.plugin, task: plan.task.id, config: plan.task.config,
      startDeadline: .after(seconds: Timeouts.call))
    let spec = try session.describe(deadline: .after(seconds: Timeouts.call))
    guard spec == plan.task.spec else {
      _ = session.close()
      throw RunError(
        .environment,
        "task \(plan.task.spec.id) described itself differently than when the run began: start a new run")
    }
    return session
  }

  private func startAgent() throws(PluginError) -> Runner {
    try Runner.start(
      plan.agent.plugin, launcher: boxedLauncher(cache: installation.cache, slot: plan.slot),
      services: HostServices(
        log: log(from: "agent"), seed: plan.seed.derive("agent"),
        isCancelled: { [unowned self] in deadline.hasPassed }))
  }

  /// The workspace, its first tree, and the box that the agent's commands run in.
  private func makeRoom(
    _ repository: Repository, _ history: History, _ template: TemplateFolder, _ boxes: TaskBoxes
  ) throws -> (workspace: Workspace, start: TreeID, box: Box) {
    blame = .host
    let spec = plan.task.spec
    let source =
      plan.task.folder.map { "\($0.path)/\(spec.folder?.template ?? "workspace")" } ?? template.path
    let workspace = try Workspace.create(
      from: .directory(source), at: "\(folder)/workspace", repository: repository,
      owner: uid(slot: plan.slot),
      limits: WorkspaceLimits(totalBytes: UInt64(limits.workspaceMB) << 20))
    let tree = try workspace.snapshot().tree
    try history.append(tree, message: "workspace of \(spec.id)")
    blame = .sandbox
    return (workspace, tree, try openBox(workspace: "\(folder)/workspace", data: boxes.data))
  }

  private func openBox(workspace: String, data: TaskData?) throws -> Box {
    let spec = plan.task.spec
    var binds = [Bind(host: workspace, box: spec.workspacePath, writable: true)]
    if let data { binds.append(Bind(host: data.publicFolder, box: "/data", writable: false)) }
    return try Box.open(
      BoxSpec(
        profile: plan.task.profile, limits: limits, binds: binds, hidden: spec.sources,
        directory: spec.workspacePath,
        environment: [:], slot: plan.slot))
  }

  /// A plugin's lines and prints in the trial's log. The log is bounded by the writer; a line that does not get in is
  /// not worth a trial.
  private func log(from owner: String) -> (PluginHost.LogLevel, LogSource, Bytes) -> Void {
    { [writer] level, source, line in
      let level: TrajectoryStore.LogLevel =
        switch level {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
      try? writer.log(level, source == .printed ? "\(owner) printed" : owner, line)
    }
  }
}

extension PluginError {
  /// What happened, for the detail of a trial's end: a plugin that failed says so in words of its own.
  var story: String {
    if case .failed = kind, !detail.isEmpty { detail } else { description }
  }

  /// The kind in one word, for the reason of a trial's end.
  var word: String {
    switch kind {
    case .crashed: "crashed"
    case .exited: "exited"
    case .hung: "hung"
    case .failed: "failed"
    case .protocolViolation: "broke-rules"
    case .cancelled: "cancelled"
    case .launch: "not-started"
    case .notFound, .notAPlugin, .unloadable, .refused, .wrongABI, .duplicate: "refused"
    }
  }
}
