// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import PluginHost
import Processes
import Testing

private let spec = TaskSpec(
  id: "t1", version: 1, title: "T", area: "a", definition: "d",
  metrics: [MetricSpec(name: "acc", direction: .lower, primary: true)], submission: ["answer.txt"])

@Suite struct AgentSessionTests {
  @Test func observationAndDecisionCrossUnchanged() throws {
    let agent = try agent("echo")
    try agent.begin(spec: spec, limits: Limits(steps: 9), deadline: .after(seconds: 30))
    let grade = Grade(split: .validation, outcome: .scored(metrics: ["acc": 0.5]), details: "{\"a\":1}")
    let decision = try agent.act(
      Observation(output: [0, 255, 10], elided: 77, exitCode: 3, timedOut: true, grade: grade), step: 4,
      stepsLeft: 5, secondsLeft: 1.5, deadline: .after(seconds: 30))
    let json = #"{"details":{"a":1},"metrics":{"acc":0.5},"outcome":"scored","split":"validation"}"#
    let expected = "flags=53 step=4 left=5 ms=1500 exit=3 signal=0 elided=77 score=0.5 grade=\(json) out="
    #expect(decision.action.input == Array(expected.utf8) + [0, 255, 10])
    #expect(decision.thought == Array("I think ".utf8) + [0xFF])
    #expect(decision.action.name == "bash")
    #expect(decision.action.path == Array("a/b".utf8))
    #expect(decision.action.arguments == "{\"k\": [1, null]}")
    #expect(agent.close()?.code == 0)
  }

  @Test func aTestGradeIsNotShownAndARefusalIs() throws {
    let agent = try agent("echo")
    let hidden = Grade(split: .test, outcome: .scored(metrics: ["acc": 1]))
    let first = try agent.act(Observation(grade: hidden))
    #expect(String(decoding: first.action.input, as: UTF8.self).hasPrefix("flags=0 "))
    let second = try agent.act(Observation(output: [1], refusal: "no such file"))
    #expect(String(decoding: second.action.input, as: UTF8.self).hasSuffix("out=no such file"))
    #expect(String(decoding: second.action.input, as: UTF8.self).hasPrefix("flags=2 "))
    let third = try agent.act(Observation(signal: 9))
    #expect(String(decoding: third.action.input, as: UTF8.self).hasPrefix("flags=8 "))
  }

  @Test func theTaskIsShown() throws {
    let agent = try agent("begin")
    try agent.begin(spec: spec, limits: Limits(steps: 9), deadline: .after(seconds: 30))
    #expect(try agent.act().action.input == Array("t1|/home/agent/work|acc|0|9".utf8))
  }

  @Test func theEnvironmentIsTheHostsOwn() throws {
    #expect(try agent("host").act().action.input == Array("lyceum 65536 - enable=no".utf8))
  }

  @Test func theRandomStreamIsSplitMix64OfTheSeed() throws {
    var generator = SeededGenerator(Seed(42))
    let expected = "\(generator.next()) \(generator.next())"
    #expect(try agent("random").act().action.input == Array(expected.utf8))
    #expect(try agent("services").act().action.input == Array("ynnnn".utf8))
    #expect(try agent("services", seed: nil).act().action.input == Array("nnnnn".utf8))
    _ = try agent("early-service")
  }

  @Test(arguments: [("segfault", Int32(11)), ("abort", 6)])
  func aCrashIsASignal(mode: String, signal: Int32) throws {
    let agent = try agent(mode)
    #expect(pluginError { _ = try agent.act() }?.kind == .crashed(signal: signal))
    #expect(agent.runner.exit?.signal == signal)
    #expect(pluginError { _ = try agent.act() }?.kind == .crashed(signal: signal))
  }

  @Test func anExitIsACode() throws {
    #expect(pluginError { _ = try agent("exit").act() }?.kind == .exited(code: 7))
  }

  @Test func aForkedChildCannotHideTheEndOfThePlugin() throws {
    #expect(pluginError { _ = try agent("fork").act(within: 10) }?.kind == .exited(code: 9))
  }

  @Test(arguments: ["hang", "spin"])
  func aHangEndsAtTheDeadline(mode: String) throws {
    let agent = try agent(mode)
    let start = Clock.now
    #expect(pluginError { _ = try agent.act(within: 0.3) }?.kind == .hung)
    #expect(Clock.microseconds(since: start) >= 300_000)
    #expect(agent.runner.exit?.signal == 9)
  }

  @Test func aClosedSocketIsNotedAndTheProcessKilled() throws {
    let agent = try agent("close")
    #expect(pluginError { _ = try agent.act() }?.kind == .protocolViolation)
    #expect(agent.runner.exit?.signal == 9)
  }

  @Test func aPluginThatHangsInDestroyIsKilled() throws {
    let lines = Lines()
    let agent = try agent("destroy-hangs", log: lines)
    _ = try agent.act()
    #expect(agent.close(deadline: .after(seconds: 0.2))?.signal == 9)
    #expect(lines.count(.host) == 1)
  }

  @Test func whatIsPrintedGoesToTheLogAndHarmsNothing() throws {
    let lines = Lines()
    let agent = try agent("print", log: lines)
    #expect(try agent.act().action.name == "bash")
    agent.close()
    #expect(lines.contains("line 4999 of what it prints"))
    #expect(lines.contains("no newline"))
    #expect(lines.contains("to stderr"))
    #expect(lines.count(.printed) == 5002)
  }

  @Test func printingWithoutEndIsBounded() throws {
    let lines = Lines()
    let agent = try agent("print-much", log: lines)
    _ = try agent.act()
    agent.close()
    #expect(lines.count(.printed) == 10_000)
    #expect(lines.all.allSatisfy { $0.text.count <= 4096 })
    #expect(lines.count(.host) == 1)
  }

  @Test func logsAreCutAndCounted() throws {
    let lines = Lines()
    let agent = try agent("log", log: lines)
    _ = try agent.act()
    agent.close()
    #expect(lines.all.first?.level == .warning)
    #expect(lines.all.first?.text.count == 4096)
    #expect(lines.all.dropFirst().first?.level == .info)
    #expect(lines.count(.plugin) == 10_000)
    #expect(lines.all.last?.source == .host)
  }

  @Test func anyThreadMayLogAndAskForCancellation() throws {
    let lines = Lines()
    let agent = try agent("threads", log: lines)
    _ = try agent.act()
    #expect(lines.all.count { $0.text.elementsEqual("from a thread".utf8) } == 200)
    // random.next belongs to the run thread: refused and logged.
    #expect(lines.all.count { $0.level == .warning } == 4)
    #expect(try agent.act().action.name == "bash")
  }

  @Test func statusesCarryTheWordsOnOneLine() throws {
    let failed = pluginError { _ = try agent("fails").act() }
    #expect(failed?.kind == .failed(status: 1))
    #expect(failed?.detail == "act: first second \\u{1b}[31m")
    #expect(pluginError { _ = try agent("fails-silently").act() }?.kind == .failed(status: 1))
    #expect(pluginError { _ = try agent("is-cancelled").act() }?.kind == .cancelled)
    #expect(pluginError { _ = try agent("create-fails") }?.detail == "create_agent: create says no")
    #expect(pluginError { _ = try agent("create-crashes") }?.kind == .crashed(signal: 6))
    let refusing = try agent("begin-fails")
    let begin = pluginError {
      try refusing.begin(spec: spec, limits: Limits(), deadline: .after(seconds: 30))
    }
    #expect(begin?.detail == "begin: no such luck")
    #expect(refusing.runner.failure == nil)
  }

  @Test(arguments: [
    ("no-name", "action"), ("long-name", "action"), ("bad-name", "action"), ("not-text", "action"),
    ("null", "input"), ("big-input", "input"), ("big-thought", "thought"), ("nul-path", "path"),
    ("bad-arguments", "arguments"),
  ])
  func aDecisionThatBreaksTheRulesIsNamed(mode: String, field: String) throws {
    let error = pluginError { _ = try agent(mode).act() }
    #expect(error?.kind == .protocolViolation)
    #expect(error?.detail.contains(field) == true, "\(error?.detail ?? "")")
  }

  @Test func theLargestInputIsTaken() throws {
    #expect(try agent("largest-input").act().action.input.count == 16 << 20)
  }

  @Test(arguments: [
    ("lie-kind", "no frame has kind 0x63"), ("lie-length", "announces 2147483647 bytes"),
    ("lie-call", "was answered as act 99"), ("lie-payload", "follow the frame's last field"),
    ("lie-request", "`kind`"),
  ])
  func aLieOnTheSocketIsOnlyAnError(mode: String, words: String) throws {
    let agent = try agent(mode)
    try agent.begin(spec: spec, limits: Limits(), deadline: .after(seconds: 30))
    let error = pluginError { _ = try agent.act(within: 5) }
    #expect(error?.kind == .protocolViolation)
    #expect(error?.detail.contains(words) == true, "\(error?.detail ?? "")")
    #expect(agent.runner.exit?.signal == 9)
  }

  @Test func cancellationReachesALoopThatAsks() throws {
    var isCancelled = false
    let agent = try agent("wait", isCancelled: { isCancelled })
    isCancelled = true
    #expect(try agent.act().action.name == "bash")
  }

  @Test func cancellationEndsALoopThatDoesNotAsk() throws {
    var isCancelled = false
    let agent = try agent("hang", isCancelled: { isCancelled })
    isCancelled = true
    #expect(pluginError { _ = try agent.act() }?.kind == .cancelled)
    #expect(agent.runner.exit?.signal == 9)
  }

  @Test func aLauncherThatFailsIsTheHostsFault() throws {
    let path = try Compiled.library("agent")
    let launcher = RunnerLauncher { _ throws(PluginError) in throw PluginError(.launch, "no box today") }
    let error = pluginError { _ = try PluginCatalog.load(path, launcher: launcher) }
    #expect(error == PluginError(.launch, "no box today"))
    #expect(error?.cause(of: .agent) == .host)
  }

  @Test func theRequestNamesEveryFileThatTheRunnerOpens() throws {
    let path = try Compiled.library("agent")
    var seen: RunnerRequest?
    let launcher = RunnerLauncher { request throws(PluginError) in
      seen = request
      return try RunnerLauncher.direct.start(request)
    }
    _ = try PluginCatalog.load(path, launcher: launcher)
    let request = try #require(seen)
    #expect(request.readOnlyPaths.contains(path))
    #expect(request.readOnlyPaths.contains(request.launch.path))
    #expect(request.readOnlyPaths.contains { $0.contains("/ld-linux") })
    #expect(request.readOnlyPaths.contains { $0.hasSuffix("/libc.so.6") })
    // In a root that shows these files and nothing else the runner must still work.
    let box = RunnerLauncher(wraps: true) { request throws(PluginError) in
      var launch = request.launch
      let binds = request.readOnlyPaths.flatMap { ["--ro-bind", $0, $0] }
      launch.arguments =
        ["bwrap", "--unshare-all", "--die-with-parent"] + binds + ["--", request.launch.path]
        + request.launch.arguments.dropFirst()
      launch.path = "/usr/bin/bwrap"
      do throws(SystemError) { return try Child(launch) } catch { throw PluginError(.launch, "\(error)") }
    }
    let plugin = try PluginCatalog.load(path, launcher: box)
    #expect(plugin.name == "test-agent")
    let agent = try AgentSession(
      plugin: plugin, agent: "test.agent", config: "segfault", launcher: box, services: HostServices(),
      startDeadline: .after(seconds: 30))
    #expect(pluginError { _ = try agent.act() }?.kind == .crashed(signal: 11))
  }
}
