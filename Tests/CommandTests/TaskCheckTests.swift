// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumTesting
import Testing

/// `task check` finds what would make a task's scores worthless.
@Suite struct TaskCheckTests {
  private struct Report: Decodable {
    struct Finding: Decodable {
      let name: String
      let passed: Bool
      let detail: String
    }
    let task: String
    let findings: [Finding]
  }

  private let ground: Playground

  init() throws { ground = try playground() }

  /// Names of the findings that did not pass.
  private func failures(_ task: String) throws -> [String] {
    let result = try ground.lyceum("task", "check", task, "--json")
    let report = try #require(try ground.decode([Report].self, result).first, "\(result.errors)")
    #expect(report.findings.count == 11)
    #expect(result.code == (report.findings.allSatisfy(\.passed) ? 0 : 1), "\(result.errors)")
    #expect(ground.workFolders.isEmpty)
    return report.findings.filter { !$0.passed }.map(\.name)
  }

  private func variant(_ files: [String: String]) throws -> String {
    try Fixture.task(in: ground.folder, changing: files)
  }

  @Test func theFixturePasses() throws {
    let text = try ground.lyceum("task", "check", "tiny")
    #expect(text.code == 0, "\(text.output)\(text.errors)")
    #expect(text.output.split(separator: "\n").count == 12 && !text.output.contains("FAIL"), "\(text.output)")
  }

  @Test func scoresThatAreNotAsStated() throws {
    let task = try variant([
      "solution/start.sh": "echo 5 >answer.txt\n",
      "task.yaml": try Fixture.file("task.yaml", replacing: "baseline: 68", by: "baseline: 67"),
    ])
    #expect(
      try failures(task) == [
        "the reference beats the baseline on the test split", "the baseline reproduces its stated score",
        "the reference reproduces its stated score",
      ])
  }

  @Test func answersThatCanBeSeenAndGradesThatVary() throws {
    let grader = try Fixture.file(
      "grader/grade.sh", replacing: "$((100 - distance))",
      by: "$((100 - distance - $(od -An -N1 -tu1 /dev/urandom) % 30))")
    let task = try variant(["grader/grade.sh": grader, "workspace/notes.txt": grader])
    let failures = try failures(task)
    #expect(failures.contains("no private file is visible to an agent"))
    #expect(failures.contains("five grades of one submission agree"))
    #expect(!failures.contains { $0.hasPrefix("a submission of") || $0.hasPrefix("doing nothing") })
  }

  @Test func privateDataThatIsPublicAndAGraderThatAcceptsGarbage() throws {
    let prepare = try Fixture.file(
      "prepare.sh", replacing: "echo \"between",
      by: "cp \"$LYCEUM_PRIVATE/test.txt\" \"$LYCEUM_PUBLIC/copy\"\necho \"between")
    let lax = try Fixture.file(
      "grader/grade.sh", replacing: "*[!0-9]* | ????* | 0?*) refuse", by: "*[!0-9]*) answer=0")
    #expect(
      try failures(try variant(["prepare.sh": prepare, "grader/grade.sh": lax])) == [
        "a submission of empty files is refused with a reason",
        "a submission of random bytes is refused with a reason",
        "a submission of numbers that are none is refused with a reason",
        "no private file is visible to an agent",
      ])
  }

  @Test func aGraderThatCrashes() throws {
    #expect(
      try failures(try variant(["grader/grade.sh": "exit 1\n"])) == [
        "the reference beats the baseline on the test split", "the baseline reproduces its stated score",
        "the reference reproduces its stated score", "a submission of empty files is refused with a reason",
        "a submission of random bytes is refused with a reason",
        "a submission of numbers that are none is refused with a reason",
        "five grades of one submission agree",
      ])
  }
}
