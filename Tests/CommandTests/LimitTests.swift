// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import LyceumTesting
import Testing
import TrajectoryStore

/// What a run's limits do to a trial.
@Suite struct LimitTests {
  @Test func stepLimitGradesTheLastValidSubmission() throws {
    let ground = try playground()
    let trial = try ground.play(
      """
      bash: echo 41 > answer.txt
      validate
      bash: echo broken > answer.txt
      bash: echo never > reached.txt
      submit

      """, "--steps", "3")
    let ending = try #require(trial.ending)
    #expect(ending.steps == 3)
    #expect(ending.end.kind == .truncated && ending.end.reason == "step-limit")
    #expect(ending.score == 99, "\(ending.end)")
  }

  @Test func trialLimitEndsAStepThatRuns() throws {
    let ground = try playground()
    let trial = try ground.play(
      "bash: echo 40 > answer.txt\nbash: sleep 60\nsubmit\n", "--trial-seconds", "1")
    let ending = try #require(trial.ending)
    #expect(ending.end.kind == .truncated && ending.end.reason == "time-limit")
    #expect(ending.steps == 2)
    #expect(ending.score == 98, "\(ending.end)")
    #expect(try ground.store().step(trial.record.id, 2)?.observation.timedOut == true)
  }

  @Test func trialLimitEndsAnAgentThatThinks() throws {
    let ground = try playground()
    let library = try Fixture.agent("faulty", in: ground.folder)
    let spec = try ground.specify([Player("player", agent: library, "loop")])
    _ = try ground.lyceum("run", spec, "--trial-seconds", "1")
    let ending = try #require(try ground.trials()["player"]?.ending)
    #expect(ending.end.reason == "time-limit", "\(ending.end)")
    #expect(ending.end.cause == .agent, "it made no submission")
  }

  @Test func stepLimitOfTimeIsAnObservation() throws {
    let ground = try playground()
    let trial = try ground.play(
      "bash: echo started; sleep 60\nbash: echo 42 > answer.txt\nsubmit\n", "--step-seconds", "0.5")
    let first = try #require(try ground.store().step(trial.record.id, 1))
    #expect(first.observation.timedOut)
    #expect(first.observation.output.starts(with: "started".utf8))
    #expect(trial.ending?.score == 100)
  }

  @Test func longOutputLosesItsMiddle() throws {
    let ground = try playground()
    let trial = try ground.play(
      "bash: echo first; head -c 100000 /dev/zero | tr '\\0' x; echo; echo last\nsubmit\n", "--output-bytes",
      "1000")
    let seen = try #require(try ground.store().step(trial.record.id, 1)?.observation)
    #expect(seen.output.count == 1000)
    #expect(seen.elided == 100_000 + 6 + 1 + 5 - 1000)
    #expect(seen.output.starts(with: "first\n".utf8))
    #expect(seen.output.suffix(5).elementsEqual("last\n".utf8))
  }

  @Test func aRunCannotRaiseALimit() throws {
    let ground = try playground()
    let trial = try ground.play(String(repeating: "bash: true\n", count: 30) + "submit\n", "--steps", "1000")
    #expect(trial.ending?.steps == 20)
    #expect(trial.ending?.end.reason == "step-limit")
  }
}
