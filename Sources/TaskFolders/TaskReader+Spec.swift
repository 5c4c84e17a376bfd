// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import LyceumCore
internal import Yams

extension TaskReader {
  /// The specification as far as it can be read; nil when the file is no mapping. Problems are kept.
  mutating func read(_ yaml: String) -> TaskSpec? {
    guard let root = compose(yaml) else { return nil }
    let keys = [
      "id", "version", "title", "area", "definition", "avoid", "metrics", "limits", "profile", "workspace",
      "packages",
      "sources", "prepare", "starter", "params", "submission", "grader", "solution",
    ]
    guard let task = fields(of: root, name: "", known: keys) else { return nil }
    let workspace = section("workspace", ["path", "template"], in: task, required: true)
    let submission = section("submission", ["files", "command"], in: task, required: true)
    let solution = section("solution", ["files", "command"], in: task)
    return TaskSpec(
      id: text("id", in: task, key: "id", required: true) ?? "",
      version: whole("version", in: task, key: "version", required: true) ?? 0,
      title: text("title", in: task, key: "title", required: true) ?? "",
      area: text("area", in: task, key: "area", required: true) ?? "",
      definition: text("definition", in: task, key: "definition", required: true) ?? "",
      avoid: texts("avoid", in: task, key: "avoid"),
      metrics: metrics(in: task),
      limits: limits(in: task),
      profile: text("profile", in: task, key: "profile") ?? "default",
      workspacePath: text("path", in: workspace, key: "workspacePath") ?? "/home/agent/work",
      packages: texts("packages", in: task, key: "packages"),
      sources: texts("sources", in: task, key: "sources"),
      starter: text("starter", in: task, key: "starter"),
      params: text("params", in: task, key: "params"),
      submission: texts("files", in: submission, key: "submission", required: true),
      folder: TaskSpec.FolderSpec(
        template: text("template", in: workspace, key: "folder.template", required: true) ?? "",
        prepare: text("prepare", in: task, key: "folder.prepare"),
        grader: text("grader", in: task, key: "folder.grader", required: true) ?? "",
        submissionCommand: text("command", in: submission, key: "folder.submissionCommand"),
        solution: solution.flatMap { text("files", in: $0, key: "folder.solution") },
        solutionCommand: solution.flatMap { text("command", in: $0, key: "folder.solutionCommand") }))
  }

  private mutating func compose(_ yaml: String) -> Node? {
    do {
      if let node = try Yams.compose(yaml: yaml) { return node }
      add(nil, "the file is empty")
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        add(mark, problem)
      case .duplicatedKeysInMapping(let duplicates, let context):
        add(context.mark, "the key \(duplicates.joined(separator: ", ")) is there twice")
      case .reader(let problem, let offset, _, _):
        let before = yaml.prefix(offset ?? 0).split(separator: "\n", omittingEmptySubsequences: false)
        add(line: max(before.count, 1), column: (before.last?.unicodeScalars.count ?? 0) + 1, problem)
      default: add(nil, "cannot be read as YAML: \(error)")
      }
    } catch {
      add(nil, "cannot be read as YAML: \(error)")
    }
    return nil
  }

  private mutating func section(_ name: String, _ known: [String], in task: Fields, required: Bool = false)
    -> Fields?
  {
    node(name, in: task, key: name, required: required).flatMap { fields(of: $0, name: name, known: known) }
  }

  private mutating func limits(in task: Fields) -> Limits {
    let known = [
      "steps", "step_seconds", "trial_seconds", "decision_seconds", "output_bytes", "memory_mb", "processes",
      "cpus", "file_mb", "workspace_mb",
    ]
    var limits = Limits()
    guard let section = section("limits", known, in: task) else { return limits }
    limits.steps = whole("steps", in: section, key: "limits.steps") ?? limits.steps
    limits.stepSeconds = number("step_seconds", in: section, key: "limits.step_seconds") ?? limits.stepSeconds
    limits.trialSeconds =
      number("trial_seconds", in: section, key: "limits.trial_seconds") ?? limits.trialSeconds
    limits.decisionSeconds =
      number("decision_seconds", in: section, key: "limits.decision_seconds") ?? limits.decisionSeconds
    limits.outputBytes = whole("output_bytes", in: section, key: "limits.output_bytes") ?? limits.outputBytes
    limits.memoryMB = whole("memory_mb", in: section, key: "limits.memory_mb") ?? limits.memoryMB
    limits.processes = whole("processes", in: section, key: "limits.processes") ?? limits.processes
    limits.cpus = number("cpus", in: section, key: "limits.cpus") ?? limits.cpus
    limits.fileMB = whole("file_mb", in: section, key: "limits.file_mb") ?? limits.fileMB
    limits.workspaceMB = whole("workspace_mb", in: section, key: "limits.workspace_mb") ?? limits.workspaceMB
    return limits
  }

  private mutating func metrics(in task: Fields) -> [MetricSpec] {
    let known = ["name", "direction", "primary", "range", "baseline", "reference", "tolerance"]
    return items("metrics", in: task, key: "metrics", required: true).map { item in
      let metric = fields(of: item.node, name: item.name, known: known)
      let range = range("range", in: metric, key: item.key + ".lowest")
      let word = text("direction", in: metric, key: item.key + ".direction", required: true)
      let direction = word.flatMap(MetricSpec.Direction.init)
      if word != nil && direction == nil { add(key: item.key + ".direction", "must be higher or lower") }
      return MetricSpec(
        name: text("name", in: metric, key: item.key + ".name", required: true) ?? "",
        direction: direction ?? .higher,
        primary: flag("primary", in: metric, key: item.key + ".primary") ?? false,
        lowest: range.lowest, highest: range.highest,
        baseline: number("baseline", in: metric, key: item.key + ".baseline"),
        reference: number("reference", in: metric, key: item.key + ".reference"),
        tolerance: number("tolerance", in: metric, key: item.key + ".tolerance") ?? 0)
    }
  }
}
