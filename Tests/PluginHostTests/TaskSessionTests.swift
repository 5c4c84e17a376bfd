// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import PluginHost
import Processes
import Testing

private func task(_ mode: String = "", services: HostServices = HostServices()) throws -> TaskSession {
  let plugin = try PluginCatalog.load(try Compiled.library("task", ["-lm"]), launcher: .direct)
  return try TaskSession(
    plugin: plugin, task: "test.task", config: mode, launcher: .direct, services: services,
    startDeadline: .after(seconds: 30))
}

private func soon() -> Deadline { .after(seconds: 30) }

@Suite struct TaskSessionTests {
  @Test func theTaskDescribesItself() throws {
    let spec = try task().describe(deadline: soon())
    #expect(spec.id == "test")
    #expect(spec.primaryMetric?.name == "acc")
    #expect(spec.limits.steps == 5)
    #expect(spec.starter == nil)
  }

  @Test(arguments: [
    (#"{"id":"x"}"#, "is missing"), (#"{"id":"#, "describe"), (#"{"id":3}"#, "id is not a String"),
  ])
  func aDescriptionThatIsNoneIsNamed(json: String, words: String) throws {
    let error = pluginError { _ = try task(json).describe(deadline: soon()) }
    #expect(error?.kind == .protocolViolation)
    #expect(error?.detail.contains(words) == true, "\(error?.detail ?? "")")
  }

  private static let sound = """
    {"id":"x","version":1,"title":"T","area":"a","definition":"d","avoid":[],"metrics":[{"name":"m",
    "direction":"higher","primary":true,"tolerance":0}],"limits":{"steps":5,"step_seconds":10,"trial_seconds":60,
    "output_bytes":4096,"memory_mb":256,"processes":32,"cpus":1,"file_mb":16},"profile":"default",
    "workspacePath":"/home/agent/work","packages":[],"sources":[],"submission":["a.txt"]}
    """

  @Test(arguments: [
    ("\"primary\":true", "\"primary\":false", "exactly one metric"),
    ("\"/home/agent/work\"", "\"/usr/work\"", "workspacePath"),
    ("\"/home/agent/work\"", "\"/home/../etc\"", "workspacePath"),
    ("\"a.txt\"", "\"../a\"", "submission[0]"), ("\"steps\":5", "\"steps\":0", "limits.steps"),
    ("\"avoid\":[]", "\"avoid\":[],\"colour\":1", "no key 'colour'"),
    ("\"tolerance\":0", "\"tolerance\":0,\"weight\":1", "no key 'metrics[0].weight'"),
  ])
  func aDescriptionThatCannotBeRunIsNamed(old: String, new: String, words: String) throws {
    #expect(try task(TaskSessionTests.sound).describe(deadline: soon()).id == "x")
    let json = TaskSessionTests.sound.replacing(old, with: new)
    let error = pluginError { _ = try task(json).describe(deadline: soon()) }
    #expect(error?.kind == .protocolViolation)
    #expect(error?.detail.contains(words) == true, "\(error?.detail ?? "")")
  }

  @Test func prepareReachesFilesAndBoxesAndNothingElse() throws {
    var files: [(Bytes, Bytes, Bool)] = []
    var commands: [TaskBoxCommand] = []
    let services = HostServices(
      taskBox: { command throws(ServiceFailure) in
        commands.append(command)
        return TaskBoxResult(
          exitCode: 3, signal: nil, timedOut: false, output: Array("hello".utf8), result: Array("ok".utf8))
      },
      putFile: { path, content, isExecutable throws(ServiceFailure) in
        files.append((path, content, isExecutable))
      },
      readSubmission: { _, _ throws(ServiceFailure) in throw ServiceFailure(.notFound, "none") })
    try task(services: services).prepare(seed: Seed(123), deadline: soon())
    #expect(files.count == 1)
    #expect(files.first?.0 == Array("data/seed.txt".utf8))
    #expect(files.first?.1 == Array("123".utf8))
    #expect(files.first?.2 == true)
    #expect(commands.count == 1)
    #expect(commands.first?.script == "make data")
    #expect(commands.first?.environment == ["SEED": "7", "EMPTY": ""])
    #expect(commands.first?.seconds == 1.5)
  }

  @Test func prepareFailsWithoutTheServiceItNeeds() throws {
    let error = pluginError { try task().prepare(seed: Seed(1), deadline: soon()) }
    #expect(error == PluginError(.failed(status: 1), "prepare: no files"))
  }

  @Test func gradesAreMeasuredOnEitherSplit() throws {
    let task = try task()
    let validation = try task.grade(.validation, seed: Seed(1), deadline: soon())
    #expect(validation == Grade(split: .validation, outcome: .scored(metrics: ["acc": 0.25, "loss": 3])))
    let test = try task.grade(.test, seed: Seed(1), deadline: soon())
    #expect(test.metrics?["acc"] == 0.5)
    task.close()
  }

  @Test func aRefusedSubmissionHasAReason() throws {
    let grade = try task("refuse").grade(.validation, seed: Seed(1), deadline: soon())
    #expect(grade.outcome == .refused(reason: "answer.txt is empty"))
    #expect(grade.details == "{\"lines\": 0}")
  }

  @Test(arguments: [
    ("missing", "'loss' is missing"), ("undeclared", "'speed' is not declared"),
    ("twice", "'acc' is given twice"),
    ("nan", "'loss' is nan"), ("range", "'acc' is 1.5"), ("outcome", "outcome 9"), ("details", "JSON object"),
    ("many", "metric_count is 65"), ("fails", "the grader broke"),
  ])
  func agradeThatBreaksTheRulesIsUnscored(mode: String, words: String) throws {
    let grade = try task(mode).grade(.test, seed: Seed(1), deadline: soon())
    guard case .unscored(.grader, let reason) = grade.outcome else {
      Issue.record("\(grade.outcome)")
      return
    }
    #expect(reason.contains(words), "\(reason)")
  }

  @Test func aGraderThatCrashesIsAnError() throws {
    let task = try task("crash")
    #expect(
      pluginError { _ = try task.grade(.test, seed: Seed(1), deadline: soon()) }?.kind == .crashed(signal: 6))
  }

  @Test func submittedFilesAreReadWithinTheirLimits() throws {
    let services = HostServices(
      putFile: { _, _, _ throws(ServiceFailure) in },
      readSubmission: { path, limit throws(ServiceFailure) in
        guard path == Array("answer.txt".utf8) else { throw ServiceFailure(.notFound, "no such file") }
        return Array("1234".utf8)
      })
    let grade = try task("read", services: services).grade(.test, seed: Seed(1), deadline: soon())
    #expect(grade.outcome == .scored(metrics: ["acc": 0.4, "loss": 3]))
  }

  @Test func aBoxThatCannotBeHadIsTheSandboxsFault() throws {
    let services = HostServices(taskBox: { _ throws(ServiceFailure) in
      throw ServiceFailure(.failed, "no cgroup")
    })
    let grade = try task("box", services: services).grade(.test, seed: Seed(1), deadline: soon())
    #expect(grade.outcome == .unscored(cause: .sandbox, reason: "no box for the grader: no cgroup"))
  }
}
