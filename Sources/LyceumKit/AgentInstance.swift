// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CLyceum

/// One agent behind its C table. The table owns the instance until `destroy`.
@safe final class AgentInstance {
  private let host: HostServices
  private var agent: any Agent
  private let results = Results()

  private init(host: HostServices, agent: any Agent) {
    self.host = host
    self.agent = agent
  }

  static func table(_ type: any Agent.Type, config: String, host: HostServices) throws
    -> UnsafeMutablePointer<
      lyc_agent
    >
  {
    let instance = AgentInstance(host: host, agent: try type.init(config: config, host: host))
    let table = UnsafeMutablePointer<lyc_agent>.allocate(capacity: 1)
    unsafe table.initialize(
      to: lyc_agent(
        struct_size: UInt32(MemoryLayout<lyc_agent>.size), reserved: 0,
        plugin_data: Unmanaged.passRetained(instance).toOpaque(),
        begin: { unsafe AgentInstance.of($0)?.begin($1) ?? LYC_INVALID },
        act: { unsafe AgentInstance.of($0)?.act($1, $2) ?? LYC_INVALID },
        destroy: { table in
          guard let table = unsafe table, let data = unsafe table.pointee.plugin_data else { return }
          unsafe Unmanaged<AgentInstance>.fromOpaque(data).release()
          unsafe table.deallocate()
        },
        get_extension: nil))
    return unsafe table
  }

  private static func of(_ table: UnsafeMutablePointer<lyc_agent>?) -> AgentInstance? {
    guard let data = unsafe table?.pointee.plugin_data else { return nil }
    return unsafe Unmanaged<AgentInstance>.fromOpaque(data).takeUnretainedValue()
  }

  private func begin(_ task: UnsafePointer<lyc_task_view>?) -> lyc_status {
    results.clear()
    guard let task = unsafe task, unsafe task.pointee.struct_size >= MemoryLayout<lyc_task_view>.size
    else { return LYC_INVALID }
    return host.status { unsafe try agent.begin(TaskView(task.pointee)) }
  }

  private func act(
    _ observation: UnsafePointer<lyc_observation>?, _ decision: UnsafeMutablePointer<lyc_decision>?
  ) -> lyc_status {
    results.clear()
    guard let observation = unsafe observation, let decision = unsafe decision,
      unsafe observation.pointee.struct_size >= MemoryLayout<lyc_observation>.size,
      unsafe decision.pointee.struct_size >= MemoryLayout<lyc_decision>.size
    else { return LYC_INVALID }
    return host.status {
      let next = unsafe try agent.act(Observation(observation.pointee))
      unsafe decision.pointee.thought = results.view(Array(next.thought.utf8))
      unsafe decision.pointee.action = results.view(next.action.name)
      unsafe decision.pointee.path = results.view(next.action.path)
      unsafe decision.pointee.input = results.view(next.action.input)
      unsafe decision.pointee.arguments = results.view(next.action.arguments)
    }
  }
}

extension TaskView {
  fileprivate init(_ raw: lyc_task_view) {
    unsafe id = copy(raw.task_id)
    unsafe title = copy(raw.title)
    unsafe definition = copy(raw.definition)
    unsafe workspace = copy(raw.workspace)
    unsafe starter = copy(raw.starter)
    unsafe params = copy(raw.params)
    unsafe metric = copy(raw.metric)
    unsafe higherIsBetter = raw.higher_is_better != 0
    unsafe maxSteps = Int(raw.max_steps)
    unsafe maxMilliseconds = raw.max_milliseconds
    unsafe stepMilliseconds = raw.step_milliseconds
  }
}

extension Observation {
  fileprivate init(_ raw: lyc_observation) {
    let flags = unsafe raw.flags
    unsafe step = Int(raw.step)
    unsafe stepsLeft = Int(raw.steps_left)
    unsafe millisecondsLeft = raw.milliseconds_left
    unsafe output = copy(raw.output)
    unsafe elided = raw.output_elided
    unsafe exitCode = flags & LYC_OBSERVED_EXITED != 0 ? raw.exit_code : nil
    unsafe signal = flags & LYC_OBSERVED_SIGNALED != 0 ? raw.term_signal : nil
    timedOut = flags & LYC_OBSERVED_TIMED_OUT != 0
    refused = flags & LYC_OBSERVED_REFUSED != 0
    unsafe grade = flags & LYC_OBSERVED_GRADED != 0 ? copy(raw.grade) : nil
    unsafe score = flags & LYC_OBSERVED_SCORED != 0 ? raw.score : nil
  }
}
