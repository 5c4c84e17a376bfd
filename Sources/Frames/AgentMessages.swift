// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// `lyc_task_view`: payload of `begin`.
public struct TaskViewMessage: Message, Hashable {
  public var maxSteps: UInt32
  public var maxMilliseconds, stepMilliseconds: UInt64
  public var taskID, title, definition, workspace, starter, params, metric: String
  public var higherIsBetter: Bool

  public init(
    maxSteps: UInt32, maxMilliseconds: UInt64, stepMilliseconds: UInt64, taskID: String, title: String,
    definition: String, workspace: String, starter: String, params: String, metric: String,
    higherIsBetter: Bool
  ) {
    self.maxSteps = maxSteps
    self.maxMilliseconds = maxMilliseconds
    self.stepMilliseconds = stepMilliseconds
    self.taskID = taskID
    self.title = title
    self.definition = definition
    self.workspace = workspace
    self.starter = starter
    self.params = params
    self.metric = metric
    self.higherIsBetter = higherIsBetter
  }

  public init(from input: inout WireReader) throws(FrameError) {
    maxSteps = try input.u32("max_steps")
    maxMilliseconds = try input.u64("max_milliseconds")
    stepMilliseconds = try input.u64("step_milliseconds")
    taskID = try input.text("task_id")
    title = try input.text("title")
    definition = try input.text("definition")
    workspace = try input.text("workspace")
    starter = try input.text("starter")
    params = try input.text("params")
    metric = try input.text("metric")
    higherIsBetter = try input.flag("higher_is_better")
  }

  public func encode(to out: inout WireWriter) {
    out.put(maxSteps)
    out.put(maxMilliseconds)
    out.put(stepMilliseconds)
    for field in [taskID, title, definition, workspace, starter, params, metric] { out.put(field) }
    out.put(Int32(higherIsBetter ? 1 : 0))
  }
}

/// `lyc_observation`: payload of `act`.
public struct ObservationMessage: Message, Hashable {
  public static let timedOut: UInt32 = 1
  public static let refused: UInt32 = 2
  public static let exited: UInt32 = 4
  public static let signaled: UInt32 = 8
  public static let graded: UInt32 = 16
  public static let scored: UInt32 = 32

  public var flags: UInt32 = 0
  public var step: UInt32 = 0
  public var stepsLeft: UInt32 = 0
  public var millisecondsLeft: UInt64 = 0
  public var output: [UInt8] = []
  public var outputElided: UInt64 = 0
  public var exitCode: Int32 = 0
  public var termSignal: Int32 = 0
  public var grade = ""
  public var score: Double = 0

  public init() {}

  public init(from input: inout WireReader) throws(FrameError) {
    flags = try input.u32("flags")
    step = try input.u32("step")
    stepsLeft = try input.u32("steps_left")
    millisecondsLeft = try input.u64("milliseconds_left")
    output = try input.bytes("output")
    outputElided = try input.u64("output_elided")
    exitCode = try input.i32("exit_code")
    termSignal = try input.i32("term_signal")
    grade = try input.text("grade")
    score = try input.f64("score")
  }

  public func encode(to out: inout WireWriter) {
    out.put(flags)
    out.put(step)
    out.put(stepsLeft)
    out.put(millisecondsLeft)
    out.put(output)
    out.put(outputElided)
    out.put(exitCode)
    out.put(termSignal)
    out.put(grade)
    out.put(score)
  }
}

/// `lyc_decision`: result of `act`.
public struct DecisionMessage: Message, Hashable {
  public static let thoughtLimit = 1 << 20
  public static let nameLimit = 64
  public static let pathLimit = 4096
  public static let inputLimit = 16 << 20
  public static let argumentsLimit = 1 << 20

  public var thought: [UInt8]
  public var action: String
  public var path: [UInt8]
  public var input: [UInt8]
  public var arguments: String

  public init(
    thought: [UInt8] = [], action: String, path: [UInt8] = [], input: [UInt8] = [], arguments: String = ""
  ) {
    self.thought = thought
    self.action = action
    self.path = path
    self.input = input
    self.arguments = arguments
  }

  public init(from reader: inout WireReader) throws(FrameError) {
    thought = try reader.bytes("thought")
    action = try reader.text("action")
    path = try reader.bytes("path")
    input = try reader.bytes("input")
    arguments = try reader.text("arguments")
  }

  public func encode(to out: inout WireWriter) {
    out.put(thought)
    out.put(action)
    out.put(path)
    out.put(input)
    out.put(arguments)
  }
}

extension WireReader {
  /// An i32 that is 0 or 1.
  mutating func flag(_ field: String) throws(FrameError) -> Bool {
    switch try i32(field) {
    case 0: return false
    case 1: return true
    default: throw .badValue(field)
    }
  }
}
