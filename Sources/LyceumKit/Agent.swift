// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// Reads observations and decides actions. It touches the workspace through actions alone.
///
/// Calls come one at a time and always on the same thread. A struct or a final class will do.
public protocol Agent {
  static var descriptor: AgentDescriptor { get }

  /// `config` is what the run gives to this agent, in a form that the agent documents; possibly empty.
  /// Of the host's services only ``HostServices/log(_:_:)`` may be used here.
  init(config: String, host: HostServices) throws

  /// Called once, before the first ``act(_:)``.
  mutating func begin(_ task: TaskView) throws

  /// The next decision. The first observation is empty: nothing has been done yet.
  mutating func act(_ observation: Observation) throws -> Decision
}

extension Agent {
  public mutating func begin(_ task: TaskView) throws {}
}

/// The task as the agent may know it.
public struct TaskView: Sendable, Hashable {
  public var id = ""
  public var title = ""
  /// The problem, what to avoid, what to submit.
  public var definition = ""
  /// Absolute path inside the box; where commands start.
  public var workspace = ""
  /// Command that makes the baseline submission; empty when there is none.
  public var starter = ""
  /// Workspace file that declares tunable parameters; empty when there is none.
  public var params = ""
  /// Name of the primary metric.
  public var metric = ""
  public var higherIsBetter = true
  /// Actions that may be taken, `submit` included.
  public var maxSteps = 0
  /// Wall clock of the whole trial.
  public var maxMilliseconds: UInt64 = 0
  /// Wall clock of one action.
  public var stepMilliseconds: UInt64 = 0

  public init() {}
}

/// What the last action led to.
public struct Observation: Sendable, Hashable {
  /// Index of the action that this observes, from 1; 0 before the first.
  public var step = 0
  public var stepsLeft = 0
  /// What is left of the trial's wall clock.
  public var millisecondsLeft: UInt64 = 0
  /// Output of the command or content of the file; head and tail when it was long.
  public var output: [UInt8] = []
  /// Bytes that are missing between head and tail.
  public var elided: UInt64 = 0
  /// Set when a command ended by itself.
  public var exitCode: Int32?
  /// Set when a signal ended the command.
  public var signal: Int32?
  /// Whether the action was ended by its time limit.
  public var timedOut = false
  /// Whether the action could not be carried out; `output` says why.
  public var refused = false
  /// What `validate` measured, as JSON; nil after any other action.
  public var grade: String?
  /// Primary metric on the validation split; nil without a value.
  public var score: Double?

  public init() {}

  /// The output as text, UTF-8 repaired.
  public var text: String { String(decoding: output, as: UTF8.self) }

  /// Whether the last action did what it was asked to: not refused, in time, and exit status 0 where it has
  /// one.
  public var succeeded: Bool { !refused && !timedOut && signal == nil && (exitCode ?? 0) == 0 }

  /// What went wrong, to follow a subject: `exited with 1`, `ran out of time`; `succeeded` when nothing did.
  public var failure: String {
    if refused {
      return "was refused (\(text.prefix(200).split(whereSeparator: \.isNewline).joined(separator: " ")))"
    }
    if timedOut { return "ran out of time" }
    if let signal { return "was ended by signal \(signal)" }
    if let exitCode, exitCode != 0 { return "exited with \(exitCode)" }
    return "succeeded"
  }
}

/// A thought and the action that it led to.
public struct Decision: Sendable, Hashable {
  /// Why this action; kept in the trial's record.
  public var thought: String
  public var action: Action

  public init(_ thought: String, _ action: Action) {
    self.thought = thought
    self.action = action
  }
}

/// What an agent can ask for. A name that the host does not know is answered by an observation that says so.
public struct Action: Sendable, Hashable {
  /// 1 to 64 bytes.
  public var name: String
  /// Relative to the workspace.
  public var path: [UInt8] = []
  /// At most 16 MiB.
  public var input: [UInt8] = []
  /// JSON object; empty when the action has a field for all that it needs.
  public var arguments = ""

  public init(name: String) { self.name = name }

  /// Runs a script; directory, exported variables and functions carry over to the next one.
  public static func bash(_ script: String) -> Action {
    var action = Action(name: "bash")
    action.input = Array(script.utf8)
    return action
  }

  public static func writeFile(_ path: String, _ content: [UInt8]) -> Action {
    var action = Action(name: "write_file")
    action.path = Array(path.utf8)
    action.input = content
    return action
  }

  public static func readFile(_ path: String) -> Action {
    var action = Action(name: "read_file")
    action.path = Array(path.utf8)
    return action
  }

  /// Grades the submission on the validation split; the trial goes on.
  public static let validate = Action(name: "validate")
  /// Grades the submission on the test split; the trial ends.
  public static let submit = Action(name: "submit")
  /// Ends the trial; the last valid submission is graded.
  public static let stop = Action(name: "stop")
}
