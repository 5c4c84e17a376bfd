// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CLyceum
import LyceumKit
import Testing

@Suite struct KitTests {
  private struct Odd: Error {}

  private struct Echo: Agent {
    static let descriptor = AgentDescriptor(
      id: "echo", name: "Echo", version: "2.1", description: "Says what it sees.", license: "MIT",
      configHelp: "words")
    let host: HostServices
    let config: String
    var title = ""

    init(config: String, host: HostServices) throws {
      if config == "refuse" { throw PluginError("I was told to refuse") }
      self.host = host
      self.config = config
      host.log(.warning, "made with \(config)")
    }

    mutating func begin(_ task: TaskView) throws {
      if task.id == "odd" { throw Odd() }
      title = "\(task.id)/\(task.starter)/\(task.higherIsBetter)/\(task.maxSteps)"
    }

    mutating func act(_ o: Observation) throws -> Decision {
      try host.checkCancellation()
      if o.refused { throw PluginError("over", status: .limit) }
      var random = try host.random()
      var action = Action(name: "custom")
      action.arguments = #"{"n": \#(random.next())}"#
      action.path = [0xFF, 0x2F]
      action.input = o.output.reversed()
      return Decision(
        "\(title) \(config) \(String(describing: o.exitCode)) \(String(describing: o.score))", action)
    }
  }

  private struct Sum: ResearchTask {
    static let descriptor = TaskDescriptor(id: "sum", name: "Sum", version: "1", description: "Adds.")
    let host: HostServices
    init(config: String, host: HostServices) { self.host = host }

    func describe() -> String { #"{"id": "sum"}"# }

    func prepare(seed: UInt64) throws {
      try host.putFile("seed", Array("\(seed)".utf8))
      if seed == 0 { try host.putFile("/etc/passwd", []) }
    }

    func grade(_ split: Split, seed: UInt64) throws -> Grade {
      guard let file = try host.readFile("answer", limit: 4) else { return Grade(.refused("no answer")) }
      if file.isEmpty { return Grade(.scored(["sum": .nan])) }
      return Grade(
        .scored(["sum": Double(file.reduce(0) { $0 + Int($1) }), "second": 2]),
        details: #"{"split": "\#(split)"}"#)
    }
  }

  private static func entry() throws -> UnsafePointer<lyc_entry> {
    try #require(
      Plugin.export(
        1 << 16 | 7, name: "kit-tests", version: "0.1", agents: [Echo.self], tasks: [Sum.self]))
  }

  @Test func `the entry says what the library holds`() throws {
    let entry = try Self.entry().pointee
    #expect(entry.magic == LYC_ENTRY_MAGIC)
    #expect(entry.abi_version == 1 << 16)
    #expect(text(entry.name) == "kit-tests")
    #expect(text(entry.toolchain).hasPrefix("swift 6"))
    #expect(entry.`init`(view("/x")) == LYC_OK && entry.`init`(view("/x")) == LYC_OK)
    #expect(entry.get_factory("lyceum.agent-factory/2") == nil)
    let factory = try #require(entry.get_factory(LYC_AGENT_FACTORY)).assumingMemoryBound(
      to: lyc_agent_factory.self)
    #expect(factory.pointee.list.count() == 1)
    let descriptor = try #require(factory.pointee.list.descriptor(0)?.pointee)
    #expect(text(descriptor.id) == "echo" && text(descriptor.config_help) == "words")
    #expect(factory.pointee.list.descriptor(1) == nil)
  }

  @Test func `a host of another major version is refused`() {
    #expect(Plugin.export(2 << 16, name: "x", version: "1", agents: [Echo.self]) == nil)
    #expect(Plugin.export(0, name: "x", version: "1", agents: [Echo.self]) == nil)
  }

  @Test func `calls and results cross the tables unharmed`() throws {
    let agent = try #require(LoadedAgent(try Self.entry(), "echo", config: "größe"))
    #expect(agent.host.log == ["2 made with größe"])
    var task = TaskView()
    (task.id, task.starter, task.higherIsBetter, task.maxSteps) = ("t", "run", false, 9)
    #expect(agent.begin(task) == LYC_OK)
    var observation = Observation()
    observation.output = [0, 1, 0xFE]
    observation.exitCode = 3
    let decision = agent.act(observation)
    #expect(decision.thought == "t/run/false/9 größe Optional(3) nil")
    #expect(decision.action == "custom" && decision.input == [0xFE, 1, 0])
    observation.exitCode = nil
    observation.score = 0.5
    #expect(agent.act(observation).thought.hasSuffix("nil Optional(0.5)"))
  }

  @Test func `errors become statuses and words`() throws {
    let refusing = LoopbackHost()
    #expect(LoadedAgent(try Self.entry(), "echo", config: "refuse", host: refusing) == nil)
    #expect(refusing.error == "I was told to refuse")
    #expect(LoadedAgent(try Self.entry(), "other", host: refusing) == nil)
    #expect(refusing.error == "this plugin has no agent named other")

    let agent = try #require(LoadedAgent(try Self.entry(), "echo"))
    var task = TaskView()
    task.id = "odd"
    #expect(agent.begin(task) == LYC_FAILED)
    #expect(agent.host.error == "Odd()")
    var observation = Observation()
    observation.refused = true
    #expect(agent.status(observation) == LYC_LIMIT)
    #expect(agent.host.error == "over")
    agent.host.offersServices = false
    #expect(agent.status() == LYC_UNSUPPORTED)
    agent.host.isCancelled = true
    #expect(agent.status() == LYC_CANCELLED)
  }

  @Test func `structs that are too small are refused`() throws {
    let host = LoopbackHost()
    let factory = try #require(try Self.entry().pointee.get_factory(LYC_AGENT_FACTORY))
      .assumingMemoryBound(to: lyc_agent_factory.self)
    let agent = try #require(factory.pointee.create(host.table, view("echo"), lyc_str()))
    defer { agent.pointee.destroy(agent) }
    var observation = lyc_observation()
    var decision = lyc_decision()
    decision.struct_size = UInt32(MemoryLayout<lyc_decision>.size)
    #expect(agent.pointee.act(agent, &observation, &decision) == LYC_INVALID)
    #expect(agent.pointee.act(agent, nil, &decision) == LYC_INVALID)
    #expect(agent.pointee.begin(nil, nil) == LYC_INVALID)
  }

  @Test func `a task prepares and grades through the host's files`() throws {
    let task = try #require(LoadedTask(try Self.entry(), "sum"))
    #expect(task.describe() == #"{"id": "sum"}"#)
    #expect(task.prepare(seed: 42) == LYC_OK)
    #expect(task.host.files["seed"] == Array("42".utf8))
    #expect(task.prepare(seed: 0) == LYC_INVALID)
    #expect(task.host.error.hasPrefix("cannot add /etc/passwd to the workspace"))

    let refused = task.grade()
    #expect(refused.status == LYC_OK && refused.outcome == LYC_GRADE_REFUSED && refused.reason == "no answer")
    task.host.files["answer"] = [1, 2, 3]
    let scored = task.grade(LYC_SPLIT_VALIDATION)
    #expect(scored.outcome == LYC_GRADE_SCORED && scored.metrics == ["sum": 6, "second": 2])
    #expect(scored.details == #"{"split": "validation"}"#)
    task.host.files["answer"] = []
    let notANumber = task.grade()
    #expect(notANumber.status == LYC_FAILED && notANumber.outcome == 0)
    task.host.files["answer"] = [1, 2, 3, 4, 5]
    #expect(task.grade().status == LYC_LIMIT)
    #expect(task.grade(3).status == LYC_INVALID)
  }
}
