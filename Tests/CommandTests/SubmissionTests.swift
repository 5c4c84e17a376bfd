// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import LyceumTesting
import Testing
import TrajectoryStore

/// Which tree is graded in the end.
@Suite struct SubmissionTests {
  @Test func stoppingAfterDestroyingFallsBackToWhatValidated() throws {
    let ground = try playground()
    let trial = try ground.play(
      """
      bash: echo 41 > answer.txt
      validate
      bash: rm answer.txt
      stop

      """)
    #expect(trial.ending?.score == 99)
    #expect(trial.ending?.end.reason == "stopped")
    #expect(trial.ending?.end.cause == nil)
    let grades = try ground.store().grades(trial.record.id)
    #expect(grades.map(\.step) == [2, 4, 2])
    #expect(grades.map(\.grade.split) == [.validation, .test, .test])
  }

  @Test func submittingSomethingBrokenIsNotForgiven() throws {
    let ground = try playground()
    let trial = try ground.play(
      "bash: echo 41 > answer.txt\nvalidate\nbash: echo no > answer.txt\nsubmit\n")
    #expect(trial.ending?.score == nil)
    #expect(trial.ending?.end.cause == .agent)
    #expect(trial.ending?.end.detail.contains("whole number from 0 to 100") == true)
  }

  @Test func doingNothingIsUnscoredAndTheAgentsOwn() throws {
    let ground = try playground()
    let trial = try ground.play("stop\n")
    #expect(trial.ending?.score == nil)
    #expect(trial.ending?.end.cause == .agent)
    #expect(trial.ending?.end.detail.contains("answer.txt is missing") == true)
  }

  @Test func aRefusedValidationSaysWhyAndTheTrialGoesOn() throws {
    let ground = try playground()
    let trial = try ground.play("validate\nbash: echo 42 > answer.txt\nsubmit\n")
    let seen = try #require(try ground.store().step(trial.record.id, 1)?.observation)
    #expect(String(decoding: seen.output, as: UTF8.self).contains("answer.txt is missing"))
    #expect(trial.ending?.score == 100)
  }

  @Test func fileActionsAreGraded() throws {
    let ground = try playground()
    let trial = try ground.play(
      "write_file answer.txt <<E\n42\nE\nread_file answer.txt\nread_file ../../etc/passwd\nsubmit\n")
    let store = try ground.store()
    #expect(try store.step(trial.record.id, 2)?.observation.output == Bytes("42\n".utf8))
    #expect(try store.step(trial.record.id, 3)?.observation.refusal != nil)
    #expect(trial.ending?.score == 100, "\(String(describing: trial.ending?.end))")
  }
}
