// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import TaskFolders
import Testing

@Suite struct LoadingTests {
  private func problems(_ folder: Scratch, named: Bool = true) -> [String] {
    do throws(TaskFolderError) {
      _ = try TaskFolder.load(folder.path, named: named)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test func `every key reaches the specification`() throws {
    let scratch = try Scratch()
    let spec = try TaskFolder.load(scratch.path + "/").spec
    #expect(spec.id == "small" && spec.version == 1 && spec.title == "A small task" && spec.area == "testing")
    #expect(spec.definition == "Write the answer." && spec.avoid == ["guessing"])
    #expect(
      spec.metrics == [
        MetricSpec(
          name: "accuracy", direction: .higher, primary: true, lowest: 0, highest: 1, baseline: 0.5,
          reference: 0.9,
          tolerance: 0.01),
        MetricSpec(name: "seconds", direction: .lower, primary: false, lowest: 0),
      ])
    #expect(spec.limits == Limits(steps: 10, stepSeconds: 1.5, memoryMB: 512))
    #expect(spec.profile == "default" && spec.workspacePath == "/home/agent/work")
    #expect(spec.packages == ["python3-numpy"] && spec.sources == ["/usr/share/common-licenses/Apache-2.0"])
    #expect(spec.starter == "/usr/bin/python3 train.py" && spec.params == "params.json")
    #expect(spec.submission == ["out.csv"])
    #expect(
      spec.folder
        == TaskSpec.FolderSpec(
          template: "workspace", prepare: "/usr/bin/python3 prepare.py",
          grader: "/usr/bin/python3 grader/grade.py",
          submissionCommand: "/usr/bin/python3 /harness/serve.py", solution: "solution",
          solutionCommand: "/usr/bin/python3 best.py"))
    #expect(spec.problems() == [])
    #expect(try JSONDecoder().decode(TaskSpec.self, from: try JSONEncoder().encode(spec)) == spec)
  }

  /// The line of the example, what it becomes, and what is said about it.
  @Test(
    arguments: [
      (
        "version: 1", "versoin: 1",
        ["task.yaml:1:1: version: is missing", "task.yaml:2:1: versoin: unknown key; did you mean version?"]
      ),
      ("version: 1", "version: one", ["task.yaml:2:10: version: must be a whole number"]),
      ("version: 1", "version: \"1\"", ["task.yaml:2:10: version: must be a whole number"]),
      ("version: 1", "version: 0", ["task.yaml:2:10: version: must be 1 or more"]),
      ("version: 1", "version: 1\nversion: 2", ["task.yaml:2:1: the key version is there twice"]),
      ("title: A small task", "title: [a]", ["task.yaml:3:8: title: must be text"]),
      ("title: A small task", "title:", ["task.yaml:3:7: title: is missing"]),
      ("title: A small task", "title: \" \"", ["task.yaml:3:8: title: must not be empty"]),
      ("title: A small task", "title: {", ["task.yaml:5:11: did not find expected ',' or '}'"]),
      ("avoid: [guessing]", "avoid: guessing", ["task.yaml:7:8: avoid: must be a list"]),
      ("avoid: [guessing]", "avoid: [guessing, {a: b}]", ["task.yaml:7:19: avoid[1]: must be text"]),
      ("avoid: [guessing]", "avoid: [guessing]\nrecipe: x", ["task.yaml:8:1: recipe: unknown key"]),
      (
        "    direction: higher", "    direction: up",
        ["task.yaml:10:16: metrics[0].direction: must be higher or lower"]
      ),
      (
        "    primary: true", "    primary: yes",
        [
          "task.yaml:9:3: metrics: exactly one metric must be primary, not 0",
          "task.yaml:11:14: metrics[0].primary: must be true or false",
        ]
      ),
      (
        "    primary: true", "    primary: false",
        ["task.yaml:9:3: metrics: exactly one metric must be primary, not 0"]
      ),
      (
        "    range: [0, 1]", "    range: [0, 1, 2]",
        ["task.yaml:12:12: metrics[0].range: must be [LOWEST, HIGHEST], with null for an open end"]
      ),
      (
        "    range: [0, 1]", "    range: [1, 0]",
        [
          "task.yaml:12:12: metrics[0].range: the range 1.0 to 0.0 is empty",
          "task.yaml:13:15: metrics[0].baseline: 0.5 is outside the metric's range",
          "task.yaml:14:16: metrics[0].reference: 0.9 is outside the metric's range",
        ]
      ),
      (
        "    baseline: 0.5", "    baseline: 1.5",
        [
          "task.yaml:13:15: metrics[0].baseline: 1.5 is outside the metric's range",
          "task.yaml:14:16: metrics[0].reference: 0.9 is not better than the baseline 1.5; higher is better",
        ]
      ),
      ("    baseline: 0.5", "    baseline: .nan", ["task.yaml:13:15: metrics[0].baseline: must be a number"]),
      (
        "    tolerance: 0.01", "    tolerance: -1",
        ["task.yaml:15:16: metrics[0].tolerance: must be 0 or more"]
      ),
      (
        "  - {name: seconds, direction: lower, range: [0, null]}",
        "  - {name: accuracy, direction: lower, primary: true}",
        [
          "task.yaml:9:3: metrics: exactly one metric must be primary, not 2",
          "task.yaml:16:12: metrics[1].name: accuracy is there twice",
        ]
      ),
      (
        "  - {name: seconds, direction: lower, range: [0, null]}", "  - {name: a b}",
        [
          "task.yaml:16:5: metrics[1].direction: is missing",
          "task.yaml:16:12: metrics[1].name: must begin with a letter or digit and hold letters, digits, '-', '.' and '_' alone",
        ]
      ),
      (
        "  - {name: seconds, direction: lower, range: [0, null]}", "  - seconds",
        [
          "task.yaml:16:5: metrics[1]: must be a mapping with the keys name, direction, primary, range, baseline, reference, tolerance"
        ]
      ),
      (
        "limits: {steps: 10, step_seconds: 1.5, memory_mb: 512}",
        "limits: {steps: 0, step_seconds: -1, memory: 512}",
        [
          "task.yaml:17:17: limits.steps: must be a whole number from 1 to 1000000",
          "task.yaml:17:34: limits.step_seconds: must be more than 0 and at most 31536000",
          "task.yaml:17:38: limits.memory: unknown key",
        ]
      ),
      (
        "limits: {steps: 10, step_seconds: 1.5, memory_mb: 512}", "limits: 3",
        [
          "task.yaml:17:9: limits: must be a mapping with the keys steps, step_seconds, trial_seconds, decision_seconds, output_bytes, memory_mb, processes, cpus, file_mb, workspace_mb"
        ]
      ),
      (
        "workspace: {path: /home/agent/work, template: workspace}",
        "workspace: {path: work, template: nowhere}",
        [
          "task.yaml:18:19: workspace.path: must be an absolute path without '.', '..', empty parts or control characters",
          "task.yaml:18:35: workspace.template: nowhere is not a folder here",
          "task.yaml:22:10: starter: train.py does not exist in the folder",
          "task.yaml:23:9: params: nowhere/params.json does not exist",
        ]
      ),
      (
        "workspace: {path: /home/agent/work, template: workspace}",
        "workspace: {path: /data/x, template: workspace}",
        ["task.yaml:18:19: workspace.path: /data belongs to the box; use a folder below /home or /tmp"]
      ),
      (
        "workspace: {path: /home/agent/work, template: workspace}",
        "workspace: {path: /tmp, template: workspace}",
        ["task.yaml:18:19: workspace.path: /tmp itself is not a workspace; use a folder below"]
      ),
      (
        "packages: [python3-numpy]", "packages: [Numpy]",
        ["task.yaml:19:12: packages[0]: \"Numpy\" is not the name of a Debian package"]
      ),
      (
        "sources: [/usr/share/common-licenses/Apache-2.0]", "sources: [share/../x]",
        [
          "task.yaml:20:11: sources[0]: must be an absolute path without '.', '..', empty parts or control characters"
        ]
      ),
      (
        "prepare: /usr/bin/python3 prepare.py", "prepare: /usr/bin/python3 preprae.py",
        ["task.yaml:21:10: prepare: preprae.py does not exist in the folder"]
      ),
      (
        "params: params.json", "params: ../params.json",
        [
          "task.yaml:23:9: params: must be a path inside, relative, without '.', '..', empty parts or control characters"
        ]
      ),
      (
        "submission: {files: [out.csv], command: /usr/bin/python3 /harness/serve.py}",
        "submission: {files: [/out.csv, a, a/b, params.json], command: /harness/x.py}",
        [
          "task.yaml:24:22: submission.files[0]: must be a path inside, relative, without '.', '..', empty parts or control characters",
          "task.yaml:24:35: submission.files[2]: overlaps with a",
          "task.yaml:24:40: submission.files[3]: workspace/params.json exists already; an agent that does nothing would have a submission",
          "task.yaml:24:63: submission.command: harness/x.py does not exist in the folder",
        ]
      ),
      (
        "submission: {files: [out.csv], command: /usr/bin/python3 /harness/serve.py}",
        "submission: {files: []}", ["task.yaml:24:21: submission.files: must name at least one file"]
      ),
      (
        "grader: /usr/bin/python3 grader/grade.py", "grader: /usr/bin/python3 grade.py",
        ["task.yaml:25:9: grader: grade.py does not exist in the folder"]
      ),
      (
        "solution: {files: solution, command: /usr/bin/python3 best.py}",
        "solution: {files: solutions, command: /usr/bin/python3 train.py}",
        ["task.yaml:26:19: solution.files: solutions is not a folder here"]
      ),
      ("id: small", "id: other", ["task.yaml:1:5: id: other differs from the folder's name small"]),
      (
        "id: small", "id: -small",
        [
          "task.yaml:1:5: id: -small differs from the folder's name small",
          "task.yaml:1:5: id: must begin with a letter or digit and hold letters, digits, '-', '.' and '_' alone",
        ]
      ),
    ] as [(String, String, [String])]) func `a problem is named with its place`(
      line: String, change: String, expected: [String]
    ) throws
  {
    #expect(Scratch.yaml.components(separatedBy: line).count == 2, "the example has the line once")
    let found = problems(try Scratch(Scratch.yaml.replacing(line, with: change)))
    #expect(found == expected)
  }

  @Test(arguments: [
    ("", "task.yaml:1:1: the file is empty"),
    ("- a", "task.yaml:1:1: a task: must be a mapping with the keys id, version"),
    ("id: small\n\tversion: 1", "task.yaml:2:1: found a tab character"),
    ("a: 1\n---\nb: 2", "task.yaml:2:1: but found another document"),
    ("id: \u{7}", "task.yaml:1:5: control characters are not allowed"),
  ]) func `a file that is no YAML mapping`(yaml: String, expected: String) throws {
    let found = problems(try Scratch(yaml))
    #expect(found.count == 1 && found[0].hasPrefix(expected), "\(found)")
  }

  @Test func `an empty mapping names all that is missing`() throws {
    #expect(
      problems(try Scratch("id: small")).map { $0.split(separator: " ")[1] } == [
        "area:", "definition:", "grader:", "metrics:", "submission:", "title:", "version:", "workspace:",
      ])
  }

  @Test func `the error carries the folder, the name may be left unchecked`() throws {
    let scratch = try Scratch(Scratch.yaml.replacing("id: small", with: "id: other"))
    #expect(problems(scratch, named: false) == [])
    let error = #expect(throws: TaskFolderError.self) { try TaskFolder.load(scratch.path) }
    #expect(error?.description.hasPrefix("\(scratch.path)/task.yaml:1:5: ") == true)
    let missing = #expect(throws: TaskFolderError.self) { try TaskFolder.load(scratch.parent) }
    #expect(missing?.problems.map(\.line) == [0])
  }

  @Test func `folders are discovered once and sorted`() throws {
    let scratch = try Scratch()
    try scratch.write("../another/task.yaml", "")
    try scratch.write("../no-task/readme", "")
    #expect(
      TaskFolder.discover(in: [scratch.parent, scratch.parent + "/small", "/nowhere"])
        == [scratch.parent + "/another", scratch.parent + "/small"])
  }

  @Test func `the tasks that come with the program are sound`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    for path in TaskFolder.discover(in: [root + "/Tasks"]) {
      #expect(throws: Never.self) { try TaskFolder.load(path).digest() }
    }
  }
}
