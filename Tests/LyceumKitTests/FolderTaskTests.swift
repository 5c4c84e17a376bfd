// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CLyceum
import Foundation
import LyceumKit
import Testing

@Suite struct FolderTaskTests {
  /// A folder with a task of two metrics.
  private final class Folder {
    let path = NSTemporaryDirectory() + "/lyceum-folder-" + UUID().uuidString

    init(submission: String = "{files: [out.csv]}") throws {
      try FileManager.default.createDirectory(atPath: path + "/workspace", withIntermediateDirectories: true)
      try write("grade.py", "")
      try write("prepare.py", "")
      try write(
        "task.yaml",
        """
        id: two-metrics
        version: 3
        title: Two metrics
        area: testing
        definition: Do it.
        metrics:
          - {name: accuracy, direction: higher, primary: true, range: [0, 1]}
          - {name: loss, direction: lower}
        workspace: {template: workspace}
        prepare: /usr/bin/python3 prepare.py
        submission: \(submission)
        grader: /usr/bin/python3 grade.py
        """)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
      try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
    }

    func task(_ host: LoopbackHost = LoopbackHost()) throws -> LoadedTask? {
      LoadedTask(try Loaded.entry("task-folder"), "folder", config: #"{"folder": "\#(path)"}"#, host: host)
    }
  }

  private func result(_ text: String, exit: Int32? = 0) -> BoxResult {
    var box = BoxResult()
    box.exitCode = exit
    box.signal = exit == nil ? 9 : nil
    box.output = Array("line one\nTraceback: \u{1B}[31mboom\n".utf8)
    box.result = Array(text.utf8)
    return box
  }

  @Test func `it describes the folder as JSON`() throws {
    let task = try #require(try Folder().task())
    let json = try JSON(parsing: task.describe())
    #expect(json["id"] == .string("two-metrics") && json["version"] == .integer(3))
    #expect(json["submission"] == .array([.string("out.csv")]))
    #expect(json["limits"]?["step_seconds"]?.double == 120)
    #expect(json["folder"]?["grader"] == .string("/usr/bin/python3 grade.py"))
    #expect(json["metrics"]?.array?.first?["highest"] == .integer(1))
  }

  @Test func `a broken folder or configuration is refused with words`() throws {
    let folder = try Folder(submission: "{files: [out.csv], comand: x}")
    let host = LoopbackHost()
    #expect(try folder.task(host) == nil)
    #expect(host.error.contains("task.yaml:11:32: submission.comand: unknown key; did you mean command?"))
    let entry = try Loaded.entry("task-folder")
    for config in ["", "{}", #"{"folder": 1}"#, #"{"folder": "/x", "other": 1}"#, #"{"folder": "/nowhere"}"#]
    {
      #expect(LoadedTask(entry, "folder", config: config, host: host) == nil)
    }
    #expect(host.error.contains("/nowhere/task.yaml: cannot open"))
  }

  @Test func `prepare runs in its box and fails with the end of the output`() throws {
    let task = try #require(try Folder().task())
    task.host.box = { _ in (LYC_OK, self.result("")) }
    #expect(task.prepare() == LYC_OK)
    #expect(task.host.commands.map(\.box) == [.prepare])
    #expect(task.host.commands[0].script == "/usr/bin/python3 prepare.py")
    #expect(task.host.commands[0].environment == ["LYCEUM_PUBLIC": "/data", "LYCEUM_PRIVATE": "/private"])
    task.host.box = { _ in (LYC_OK, self.result("", exit: 2)) }
    #expect(task.prepare() == LYC_FAILED)
    #expect(
      task.host.error == "prepare exited with 2; its output ends: line one ⏎ Traceback: \\u{1b}[31mboom")
    task.host.box = { _ in (LYC_FAILED, BoxResult()) }
    #expect(task.prepare() == LYC_FAILED)
    #expect(task.host.error.hasPrefix("cannot run a command in a box"))
  }

  @Test func `a grade passes on what the grader measured`() throws {
    let task = try #require(try Folder(submission: "{files: [out.csv], command: ./play}").task())
    task.host.box = { _ in
      (
        LYC_OK,
        self.result(
          #" {"status": "scored", "metrics": {"loss": -2, "accuracy": 0.5}, "details": {"a": [1]}} \#n"#)
      )
    }
    let grade = task.grade(LYC_SPLIT_VALIDATION, seed: .max)
    #expect(grade.status == LYC_OK && grade.outcome == LYC_GRADE_SCORED, "\(task.host.error)")
    #expect(grade.metrics == ["loss": -2, "accuracy": 0.5] && grade.details == #"{"a": [1]}"#)
    let command = task.host.commands[0]
    #expect(command.box == .grade && command.submissionScript == "./play")
    #expect(command.environment["LYCEUM_SPLIT"] == "validation")
    #expect(command.environment["LYCEUM_SEED"] == "18446744073709551615")

    task.host.box = { _ in (LYC_OK, self.result(#"{"status": "refused", "reason": "no rows"}"#)) }
    let refused = task.grade()
    #expect(refused.outcome == LYC_GRADE_REFUSED && refused.reason == "no rows")
    #expect(task.host.commands[1].environment["LYCEUM_SPLIT"] == "test")
  }

  @Test(arguments: [
    ("", "nothing was written"),
    ("scored", "no JSON value begins like this"),
    ("[]", "a JSON object is expected"),
    ("{}", "status must be"),
    (#"{"status": "unscored"}"#, "status must be"),
    (#"{"status": "scored"}"#, "metrics must be an object"),
    (#"{"status": "scored", "metrics": {"accuracy": 0.5}}"#, "the metric loss is missing"),
    (#"{"status": "scored", "metrics": {"accuracy": 0.5, "loss": 1, "x": 1}}"#, "x does not belong there"),
    (#"{"status": "scored", "metrics": {"accuracy": NaN, "loss": 1}}"#, "no JSON value begins like this"),
    (
      #"{"status": "scored", "metrics": {"accuracy": 0.5, "loss": -Infinity}}"#,
      "no JSON value begins like this"
    ),
    (#"{"status": "scored", "metrics": {"accuracy": 0.5, "loss": 1e400}}"#, "beyond a double's range"),
    (#"{"status": "scored", "metrics": {"accuracy": "0.5", "loss": 1}}"#, "accuracy is not a number"),
    (#"{"status": "scored", "metrics": {"accuracy": true, "loss": 1}}"#, "accuracy is not a number"),
    (#"{"status": "scored", "metrics": {"accuracy": null, "loss": 1}}"#, "accuracy is not a number"),
    (#"{"status": "scored", "metrics": {"accuracy": 1.0001, "loss": 1}}"#, "outside its range"),
    (#"{"status": "scored", "metrics": {"accuracy": 0, "accuracy": 1, "loss": 1}}"#, "is there twice"),
    (#"{"status": "scored", "metrics": {"accuracy": 1, "loss": 1}} {}"#, "something after the value"),
    (#"{"status": "scored", "metrics": {"accuracy": 1, "loss": 1}, "status": "scored"}"#, "is there twice"),
    (
      #"{"status": "scored", "metrics": {"accuracy": 1, "loss": 1}, "details": "x"}"#,
      "details must be an object"
    ),
    (
      #"{"status": "scored", "metrics": {"accuracy": 1, "loss": 1}, "reason": "x"}"#,
      "reason does not belong there"
    ),
    (#"{"status": "refused"}"#, "reason must be text"),
    (#"{"status": "refused", "reason": ""}"#, "reason must be text"),
    (#"{"status": "refused", "reason": "x", "metrics": {}}"#, "metrics does not belong there"),
    (
      #"{"status": "scored", "metrics": {"accuracy": 1, "loss": 1}, "details": {"a": ""#
        + String(repeating: "x", count: 70_000) + "\"}}", "larger than 64 KiB"
    ),
  ]) func `anything else than a grade is a failure`(text: String, words: String) throws {
    let task = try #require(try Folder().task())
    task.host.box = { _ in (LYC_OK, self.result(text)) }
    let grade = task.grade()
    #expect(grade.status == LYC_FAILED && grade.outcome == 0 && grade.metrics.isEmpty)
    #expect(task.host.error.hasPrefix("the grader's result on descriptor 3: "))
    #expect(task.host.error.contains(words), "\(task.host.error)")
    #expect(task.host.error.hasSuffix("boom"))
  }

  @Test func `a grader that fails has no result, whatever it wrote`() throws {
    let task = try #require(try Folder().task())
    let good = #"{"status": "scored", "metrics": {"accuracy": 1, "loss": 1}}"#
    for (change, words) in [
      ({ $0.exitCode = 1 }, "the grader exited with 1"),
      ({ $0.timedOut = true }, "the grader ran out of time"),
      (
        {
          $0.exitCode = nil
          $0.signal = 11
        }, "the grader was ended by signal 11"
      ), ({ $0.resultTooLong = true }, "more than 1 MiB"),
    ] as [((inout BoxResult) -> Void, String)] {
      var box = result(good)
      change(&box)
      task.host.box = { [box] _ in (LYC_OK, box) }
      #expect(task.grade().status == LYC_FAILED)
      #expect(task.host.error.contains(words), "\(task.host.error)")
    }
  }
}
