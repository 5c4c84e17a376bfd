// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import LyceumCore
internal import PluginHost
internal import Processes
internal import TrajectoryStore
internal import Workspace

/// One agent at work on one task: observation → thought and action → observation, each step on record before the
/// next begins.
struct TrialLoop {
  let agent: AgentSession
  let tools: Tools
  let workspace: Workspace
  let writer: TrialWriter
  let history: History
  let limits: Limits
  let report: (Progress) -> Void

  /// The tree of the last step.
  private(set) var tree: TreeID
  /// The last step that was taken.
  private(set) var last = 0
  /// Content that snapshots had to read and store.
  private var recordedBytes: UInt64 = 0
  /// The last submission that a `validate` scored.
  private(set) var lastValid: (tree: TreeID, step: Int)?

  init(
    agent: AgentSession, tools: Tools, workspace: Workspace, writer: TrialWriter, history: History,
    limits: Limits, start: TreeID, report: @escaping (Progress) -> Void
  ) {
    self.agent = agent
    self.tools = tools
    self.workspace = workspace
    self.writer = writer
    self.history = history
    self.limits = limits
    self.tree = start
    self.report = report
  }

  /// Plays until the agent is done or a limit ends it. Throws what broke; the steps until then are on record.
  mutating func play(task: TaskSpec, until deadline: Deadline) throws -> TrialEnd {
    let began = Clock.now
    try agent.begin(spec: task, limits: limits, deadline: .after(seconds: Timeouts.call))
    var observation = Observation()

    while last < limits.steps {
      let thinking = Deadline.after(seconds: limits.decisionSeconds)
      let asked = Clock.now
      let decision: Decision
      do throws(PluginError) {
        decision = try agent.act(
          observation, step: last, stepsLeft: limits.steps - last, secondsLeft: deadline.secondsLeft,
          deadline: min(thinking, deadline))
      } catch {
        if deadline.hasPassed { break }
        throw error
      }
      let received = Clock.now
      observation = try tools.perform(decision.action, before: deadline)
      let snapshot = try workspace.snapshot()
      last += 1
      tree = snapshot.tree
      recordedBytes &+= snapshot.newBytes
      if let grade = observation.grade {
        try writer.append(grade, afterStep: last, wallMicroseconds: observation.usage.wallMicroseconds)
        if grade.metrics != nil { lastValid = (tree, last) }
      }
      try writer.append(
        Step(
          index: last, decision: decision, observation: observation, tree: tree.hex,
          skipped: snapshot.skipped.map { "\(String(line: $0.path)): \($0.reason)" },
          startedMicroseconds: (received - began) / 1000, thinkingMicroseconds: (received - asked) / 1000))
      try history.append(tree, message: "step \(last): \(decision.action.name)")
      report(
        .step(
          index: last, action: decision.action.name, exitCode: observation.exitCode,
          score: task.primaryMetric.flatMap { observation.grade?.metrics?[$0.name] }))

      if let excess = excess(of: snapshot) {
        return TrialEnd(kind: .truncated, reason: "workspace-limit", detail: excess)
      }
      switch decision.action.name {
      case "submit": return TrialEnd(kind: .terminated, reason: "submitted")
      case "stop":
        return TrialEnd(kind: .terminated, reason: "stopped", detail: String(line: decision.thought))
      default: if deadline.hasPassed { return timeUp }
      }
    }
    return deadline.hasPassed
      ? timeUp : TrialEnd(kind: .truncated, reason: "step-limit", detail: "\(limits.steps) steps")
  }

  /// What the workspace has too much of; nil when it is within its limits.
  private func excess(of snapshot: Snapshot) -> String? {
    if snapshot.entries >= workspace.limits.entries { return "more than \(workspace.limits.entries) names" }
    if snapshot.isTooDeep { return "folders deeper than \(workspace.limits.depth)" }
    let limit = UInt64(limits.workspaceMB) << 20
    if max(snapshot.diskBytes, snapshot.bytes) > limit { return "more than \(limits.workspaceMB) MiB" }
    return recordedBytes > 4 * limit ? "more than \(4 * limits.workspaceMB) MiB of changes" : nil
  }

  private var timeUp: TrialEnd {
    TrialEnd(kind: .truncated, reason: "time-limit", detail: "\(limits.trialSeconds) s")
  }
}
