// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import LyceumKit

/// Runs the task's starter once and submits: what any other agent has to beat.
struct Baseline: Agent {
  static let descriptor = AgentDescriptor(
    id: "baseline", name: "Baseline", version: "1.0.0",
    description: "Runs the task's starter once and submits what it made.", license: "Apache-2.0")

  private var starter = ""
  private var hasRun = false

  init(config: String, host: HostServices) throws {
    guard config.isEmpty else { throw PluginError("baseline takes no configuration", status: .invalid) }
  }

  mutating func begin(_ task: TaskView) {
    starter = task.starter
  }

  mutating func act(_ observation: Observation) -> Decision {
    if starter.isEmpty {
      return Decision("The task has no starter; I submit the workspace as it is.", .submit)
    }
    if !hasRun {
      hasRun = true
      return Decision("I run the task's starter.", .bash(starter))
    }
    if observation.succeeded { return Decision("The starter exited with 0; I submit what it made.", .submit) }
    return Decision("The starter \(observation.failure); there is nothing sound to submit, so I stop.", .stop)
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func lyceum_plugin_entry_v1(_ hostABI: UInt32) -> UnsafePointer<lyc_entry>? {
  Plugin.export(hostABI, name: "baseline", version: "1.0.0", agents: [Baseline.self])
}
