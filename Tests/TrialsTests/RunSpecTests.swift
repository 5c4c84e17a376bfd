// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import LyceumTesting
import Testing

@testable import Trials

@Suite struct RunSpecTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(_ yaml: String) throws -> RunSpec {
    try RunSpec.load(folder.write("run.yaml", yaml))
  }

  /// The words of the error that a specification gives.
  private func refusal(_ yaml: String) throws -> String {
    let path = try folder.write("run.yaml", yaml)
    do {
      _ = try RunSpec.load(path)
      Issue.record("accepted: \(yaml)")
      return ""
    } catch {
      #expect(error.kind == .usage)
      #expect(error.description.hasPrefix("\(path): "), "\(error)")
      #expect(!error.description.contains("\n"), "more than one line: \(error)")
      return error.description
    }
  }

  @Test func everyKeyIsRead() throws {
    let config = try folder.write("actions.txt", "submit\n")
    let spec = try load(
      """
      tasks: [a, ./b]
      agents:
        - baseline
        - {agent: tuner, config: tries=20, name: tuner-20}
        - agent: scripted
          config: "@\(config)"
          name: from-file
      trials: 3
      seed: 18446744073709551615
      limits: {steps: 5, step_seconds: 1.5, trial_seconds: 60, decision_seconds: 2, output_bytes: 1000}
      """)
    #expect(
      spec
        == RunSpec(
          tasks: ["a", "./b"],
          agents: [
            .init(agent: "baseline"), .init(agent: "tuner", config: "tries=20", name: "tuner-20"),
            .init(agent: "scripted", config: "submit\n", name: "from-file"),
          ], trials: 3, seed: .max,
          limits: .init(
            steps: 5, stepSeconds: 1.5, trialSeconds: 60, decisionSeconds: 2, outputBytes: 1000)))
    #expect(spec.problems().isEmpty)
  }

  @Test func mostKeysMayBeLeftOut() throws {
    let spec = try load("tasks: [a]\nagents: [b]\n")
    #expect(spec == RunSpec(tasks: ["a"], agents: [.init(agent: "b")]))
    #expect(spec.trials == 1 && spec.seed == 1)
  }

  @Test func unknownKeysAreRefused() throws {
    #expect(try refusal("tasks: [a]\nagents: [b]\ntrails: 3\n").contains("unknown key `trails`"))
    #expect(try refusal("tasks: [a]\nagents: [{agent: b, confg: c}]\n").contains("unknown key `confg`"))
    #expect(try refusal("tasks: [a]\nagents: [b]\nlimits: {step: 3}\n").contains("unknown key `step`"))
  }

  @Test func wrongTypesAreRefused() throws {
    #expect(try refusal("tasks: [a]\nagents: [b]\ntrials: many\n").contains("trials"))
    #expect(try refusal("tasks: a\nagents: [b]\n").contains("tasks"))
    #expect(try refusal("tasks: [a]\nagents: [b]\nseed: -1\n").contains("seed"))
    #expect(try refusal("tasks: [a]\nagents: [b]\nlimits: {steps: 1.5}\n").contains("steps"))
    #expect(try refusal("tasks: [a]\nagents: [[b]]\n").contains("agents"))
    #expect(try refusal("tasks: [a]\n").contains("`agents` is missing"))
    #expect(try !refusal("").isEmpty)
    #expect(try refusal("- a\n").isEmpty == false)
  }

  @Test func brokenYAMLIsRefusedInOneLine() throws {
    #expect(try refusal("tasks: [a\nagents: b: c\n").contains("2"))
    #expect(try !refusal("tasks: [a]\n\tagents: [b]\n").isEmpty)
  }

  @Test func filesThatAreNotThereAreNamed() throws {
    #expect(throws: RunError.self) { try RunSpec.load(folder("none.yaml")) }
    let yaml = "tasks: [a]\nagents: [{agent: b, config: \"@\(folder("none.txt"))\"}]\n"
    let path = try folder.write("run.yaml", yaml)
    #expect {
      try RunSpec.load(path)
    } throws: {
      "\($0)".contains(folder("none.txt"))
    }
  }

  @Test func agentsOnTheCommandLine() throws {
    #expect(try RunSpec.AgentChoice(parsing: "tuner") == .init(agent: "tuner"))
    #expect(try RunSpec.AgentChoice(parsing: "tuner=a=b") == .init(agent: "tuner", config: "a=b"))
    #expect(try RunSpec.AgentChoice(parsing: "tuner=") == .init(agent: "tuner"))
    let path = try folder.write("c", "text")
    #expect(try RunSpec.AgentChoice(parsing: "x=@\(path)").config == "text")
    #expect(throws: RunError.self) { try RunSpec.AgentChoice(parsing: "x=@/no/such/file") }
  }

  @Test func problemsAreAllNamed() {
    let spec = RunSpec(
      tasks: ["a", "a"], agents: [.init(agent: "b"), .init(agent: "c", name: "b")], trials: 0,
      limits: .init(steps: 0, stepSeconds: -1, trialSeconds: .nan, outputBytes: 10))
    #expect(spec.problems().count == 7)
    #expect(RunSpec(tasks: [], agents: []).problems().count == 2)
    #expect(RunSpec(tasks: ["a"], agents: [.init(agent: "b", name: "two\nlines")]).problems().count == 1)
  }

  @Test func limitsAreOnlyLowered() {
    let task = Limits(steps: 10, stepSeconds: 10, trialSeconds: 100, decisionSeconds: 10, outputBytes: 1000)
    let higher = RunSpec.LimitOverrides(
      steps: 20, stepSeconds: 20, trialSeconds: 200, decisionSeconds: 20, outputBytes: 2000)
    #expect(higher.applied(to: task) == task)
    #expect(RunSpec.LimitOverrides().applied(to: task) == task)
    let lower = RunSpec.LimitOverrides(
      steps: 2, stepSeconds: 2, trialSeconds: 20, decisionSeconds: 2, outputBytes: 300
    ).applied(to: task)
    #expect(lower.steps == 2 && lower.stepSeconds == 2 && lower.trialSeconds == 20)
    #expect(lower.decisionSeconds == 2 && lower.outputBytes == 300)
    #expect(lower.memoryMB == task.memoryMB)
  }
}
