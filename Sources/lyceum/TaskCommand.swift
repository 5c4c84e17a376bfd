// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import Foundation
internal import LyceumCore
internal import Reporting
internal import Trials

struct TaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task", abstract: "List, show, make and check tasks.",
    subcommands: [TaskList.self, TaskShow.self, TaskInit.self, TaskCheckCommand.self])
}

struct TaskList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Tasks that can be named in a run.",
    discussion: "EXAMPLE\n  lyceum task list --json")

  @OptionGroup var output: JSONFlag

  struct Entry: Encodable {
    let name: String
    let title: String
    let area: String
    let metric: String
    let path: String
    let problem: String?
  }

  func run() throws {
    let entries = Catalog(.current()).listTasks().map { name, path, result in
      switch result {
      case .success(let spec):
        Entry(
          name: name, title: spec.title, area: spec.area, metric: spec.primaryMetric?.name ?? "", path: path,
          problem: nil)
      case .failure(let error):
        Entry(name: name, title: "", area: "", metric: "", path: path, problem: error.description)
      }
    }
    if output.json { return try printJSON(entries) }
    var table = TextTable([("task", .left), ("title", .left), ("area", .left), ("metric", .left)])
    for entry in entries where entry.problem == nil {
      table.add([entry.name, entry.title, entry.area, entry.metric])
    }
    print(table.text, terminator: "")
    for problem in entries.compactMap(\.problem) { say(problem) }
  }
}

struct TaskShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "What a task asks, measures and allows.",
    discussion: "EXAMPLE\n  lyceum task show prisoners-dilemma")

  @Argument(help: "A task: its name, its folder, or PATH.so:ID.")
  var task: String
  @OptionGroup var output: JSONFlag

  func run() throws {
    let task = try Catalog(.current()).task(task)
    if output.json { return try printJSON(task.spec) }
    let spec = task.spec
    print("\(spec.title) (\(spec.id), version \(spec.version), \(spec.area))\ndigest \(task.digest)\n")
    print(spec.definition)
    for line in spec.avoid { print("Avoid: \(line)") }
    var table = TextTable([
      ("metric", .left), ("", .left), ("baseline", .right), ("reference", .right), ("valid", .left),
    ])
    for metric in spec.metrics {
      table.add([
        metric.name + (metric.primary ? " *" : ""), metric.direction == .higher ? "↑" : "↓",
        metric.baseline.map { "\($0)" } ?? "–", metric.reference.map { "\($0)" } ?? "–",
        "\(metric.lowest.map { "\($0)" } ?? "−∞") … \(metric.highest.map { "\($0)" } ?? "∞")",
      ])
    }
    print("\n\(table.text)")
    let limits = spec.limits
    print(
      "\(limits.steps) steps, \(limits.stepSeconds) s a step, \(limits.trialSeconds) s a trial, \(limits.memoryMB) MiB, \(limits.cpus) cores"
    )
    print(
      "workspace \(spec.workspacePath), submission \(spec.submission.joined(separator: ", ")), profile \(spec.profile)"
    )
  }
}

struct TaskInit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a small complete task to change.",
    discussion: "EXAMPLE\n  lyceum task init line-fit && lyceum task check ./line-fit")

  @Argument(help: "Name of the new folder: lower-case letters, digits and dashes.")
  var name: String

  func run() throws {
    try writeTemplate(TaskTemplate.files(name: try identifier(name)), to: name)
    print("\(name)/task.yaml is where to begin; `lyceum task check ./\(name)` proves that it works")
  }
}

struct TaskCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Prove in boxes that a task measures what it says.",
    discussion: """
      EXAMPLES
        lyceum task check prisoners-dilemma
        lyceum task check --all --json

      Ends with 1 when a check fails.
      """)

  @Argument(help: "Tasks by name or folder.")
  var tasks: [String] = []
  @Flag(name: .long, help: "Every task of the search path.")
  var all = false
  @OptionGroup var output: JSONFlag

  func run() throws {
    let preparation = Preparation(.current())
    let names = all ? preparation.catalog.listTasks().map(\.name) : tasks
    guard !names.isEmpty else { throw RunError(.usage, "name a task, or use --all") }
    let (resolved, _) = try preparation.resolve(RunSpec(tasks: names, agents: []))
    let progress = ProgressPrinter()
    var reports: [TaskCheck] = []
    for task in resolved {
      let report = try TaskCheck(task, catalog: preparation.catalog, onEvent: progress.show)
      progress.finish()
      reports.append(report)
      guard !output.json else { continue }
      print("\(report.task)")
      for finding in report.findings {
        print(
          "  \(finding.passed ? "ok  " : "FAIL") \(finding.name): \(String(line: finding.detail.utf8, limit: 200))"
        )
      }
    }
    if output.json { try printJSON(reports) }
    if reports.contains(where: { !$0.passed }) { throw ExitCode(1) }
  }
}
