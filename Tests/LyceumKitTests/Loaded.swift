// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CLyceum
import Glibc
import LyceumKit
import Testing

/// An agent or task behind its C table, made by a plugin's entry.
enum Loaded {
  /// The entry of a shipped plugin, from its library beside the test's executable.
  static func entry(_ name: String) throws -> UnsafePointer<lyc_entry> {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let length = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
    let folder = String(decoding: buffer.prefix(max(length, 0)), as: UTF8.self).split(separator: "/")
      .dropLast()
    let path = "/" + folder.joined(separator: "/") + "/lib\(name).so"
    let handle = try #require(
      dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE), "\(String(cString: dlerror()))")
    let symbol = try #require(dlsym(handle, LYC_ENTRY_SYMBOL))
    typealias Function = @convention(c) (UInt32) -> UnsafePointer<lyc_entry>?
    return try #require(unsafeBitCast(symbol, to: Function.self)(1 << 16))
  }
}

final class LoadedAgent {
  struct Decision: Equatable {
    var thought: String
    var action: String
    var path = ""
    var input: [UInt8] = []

    var script: String { String(decoding: input, as: UTF8.self) }
  }

  let host: LoopbackHost
  private let agent: UnsafeMutablePointer<lyc_agent>

  /// Nil when the plugin refused; the host has the words.
  init?(
    _ entry: UnsafePointer<lyc_entry>, _ id: String, config: String = "", host: LoopbackHost = LoopbackHost()
  ) {
    self.host = host
    let factory = entry.pointee.get_factory(LYC_AGENT_FACTORY)!.assumingMemoryBound(
      to: lyc_agent_factory.self)
    guard let agent = factory.pointee.create(host.table, view(id), view(config)) else { return nil }
    self.agent = agent
  }

  deinit { agent.pointee.destroy(agent) }

  func begin(_ task: TaskView) -> lyc_status {
    var raw = lyc_task_view()
    raw.struct_size = UInt32(MemoryLayout<lyc_task_view>.size)
    raw.max_steps = UInt32(task.maxSteps)
    raw.max_milliseconds = task.maxMilliseconds
    raw.step_milliseconds = task.stepMilliseconds
    raw.task_id = view(task.id)
    raw.starter = view(task.starter)
    raw.params = view(task.params)
    raw.metric = view(task.metric)
    raw.higher_is_better = task.higherIsBetter ? 1 : 0
    return agent.pointee.begin(agent, &raw)
  }

  func status(_ observation: Observation = Observation()) -> lyc_status { call(observation).status }

  func act(_ observation: Observation = Observation()) -> Decision {
    let (status, raw) = call(observation)
    #expect(status == LYC_OK, "\(host.error)")
    return Decision(
      thought: String(decoding: bytes(raw.thought), as: UTF8.self), action: text(raw.action),
      path: String(decoding: bytes(raw.path), as: UTF8.self), input: bytes(raw.input))
  }

  private func call(_ observation: Observation) -> (status: lyc_status, decision: lyc_decision) {
    var raw = lyc_observation()
    raw.struct_size = UInt32(MemoryLayout<lyc_observation>.size)
    raw.flags =
      (observation.timedOut ? LYC_OBSERVED_TIMED_OUT : 0) | (observation.refused ? LYC_OBSERVED_REFUSED : 0)
      | (observation.exitCode == nil ? 0 : LYC_OBSERVED_EXITED)
      | (observation.signal == nil ? 0 : LYC_OBSERVED_SIGNALED)
      | (observation.grade == nil ? 0 : LYC_OBSERVED_GRADED)
      | (observation.score == nil ? 0 : LYC_OBSERVED_SCORED)
    raw.step = UInt32(observation.step)
    raw.steps_left = UInt32(observation.stepsLeft)
    raw.milliseconds_left = observation.millisecondsLeft
    raw.output_elided = observation.elided
    raw.exit_code = observation.exitCode ?? 0
    raw.term_signal = observation.signal ?? 0
    raw.grade = view(observation.grade ?? "")
    raw.score = observation.score ?? 0
    var decision = lyc_decision()
    decision.struct_size = UInt32(MemoryLayout<lyc_decision>.size)
    let status = observation.output.withUnsafeBufferPointer { output in
      raw.output = lyc_bytes(data: output.baseAddress, size: output.count)
      return agent.pointee.act(agent, &raw, &decision)
    }
    return (status, decision)
  }
}

final class LoadedTask {
  struct Grade {
    var status: lyc_status
    var outcome: UInt32 = 0
    var metrics: [String: Double] = [:]
    var reason = ""
    var details = ""
  }

  let host: LoopbackHost
  private let task: UnsafeMutablePointer<lyc_task>

  init?(
    _ entry: UnsafePointer<lyc_entry>, _ id: String, config: String = "", host: LoopbackHost = LoopbackHost()
  ) {
    self.host = host
    let factory = entry.pointee.get_factory(LYC_TASK_FACTORY)!.assumingMemoryBound(to: lyc_task_factory.self)
    guard let task = factory.pointee.create(host.table, view(id), view(config)) else { return nil }
    self.task = task
  }

  deinit { task.pointee.destroy(task) }

  func describe() -> String {
    var json = lyc_str()
    #expect(task.pointee.describe(task, &json) == LYC_OK, "\(host.error)")
    return text(json)
  }

  func prepare(seed: UInt64 = 1) -> lyc_status { task.pointee.prepare(task, seed) }

  func grade(_ split: UInt32 = LYC_SPLIT_TEST, seed: UInt64 = 1) -> Grade {
    var raw = lyc_grade()
    raw.struct_size = UInt32(MemoryLayout<lyc_grade>.size)
    var grade = Grade(status: task.pointee.grade(task, split, seed, &raw))
    grade.outcome = raw.outcome
    for metric in UnsafeBufferPointer(start: raw.metrics, count: raw.metric_count) {
      grade.metrics[text(metric.name)] = metric.value
    }
    grade.reason = text(raw.reason)
    grade.details = text(raw.details)
    return grade
  }
}
