// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import LyceumTesting
import Testing
import TrajectoryStore

/// A grader that fails leaves trials unscored; it never makes a zero.
@Suite struct GraderTests {
  static let failures: [(name: String, script: String, words: String?)] = [
    ("exits", "echo oh >&2; exit 5", "exited with 5"),
    ("is killed", "kill -9 $$", "137"),
    ("writes nothing", "true", "nothing was written"),
    ("writes NaN", #"echo '{"status": "scored", "metrics": {"closeness": NaN}}' >&3"#, nil),
    ("writes a huge number", #"echo '{"status": "scored", "metrics": {"closeness": 1e999}}' >&3"#, "range"),
    (
      "leaves the range", #"echo '{"status": "scored", "metrics": {"closeness": 101}}' >&3"#,
      "outside its range"
    ),
    (
      "writes two", #"echo '{"status":"refused","reason":"a"}{"status":"refused","reason":"b"}' >&3"#,
      "after the value"
    ),
    (
      "gives a name twice", #"echo '{"status": "scored", "metrics": {"closeness": 1, "closeness": 2}}' >&3"#,
      "twice"
    ),
    ("forgets the metric", #"echo '{"status": "scored", "metrics": {}}' >&3"#, "missing"),
    ("invents a metric", #"echo '{"status": "scored", "metrics": {"closeness": 1, "joy": 1}}' >&3"#, "joy"),
    ("writes text", "echo fine >&3", nil),
    (
      "answers on standard output", #"echo '{"status": "scored", "metrics": {"closeness": 1}}'"#,
      "nothing was written"
    ),
    ("writes too much", "head -c 2000000 /dev/zero >&3", "1 MiB"),
  ]

  @Test func aFailedGraderIsUnscored() throws {
    let ground = try playground()
    // The submission says which failure is wanted, so that one task has them all.
    let cases = Self.failures.enumerated().map { "\($0 + 1)) \($1.script) ;;" }.joined(separator: "\n")
    let task = try Fixture.task(
      in: ground.folder,
      changing: ["grader/grade.sh": "case $(cat /submission/answer.txt) in\n\(cases)\nesac\n"])
    let spec = try ground.specify(
      Self.failures.enumerated().map { Player($1.name, "bash: echo \($0 + 1) > answer.txt\nsubmit\n") },
      task: task)
    let result = try ground.lyceum("run", spec, "--jobs", "2")
    #expect(result.code == 1, "\(result.errors)")
    let trials = try ground.trials()
    for failure in Self.failures {
      let ending = try #require(trials[failure.name]?.ending)
      #expect(ending.score == nil, "\(failure.name)")
      #expect(ending.end.cause == .grader, "\(failure.name): \(ending.end)")
      let words = failure.words ?? "descriptor 3"
      #expect(ending.end.detail.contains(words), "\(failure.name): \(ending.end)")
    }
    // The grader is somebody's code: trying again would not change it.
    #expect(!(try ground.lyceum("run", spec).errors.contains("begins")))
    try ground.verify()
  }

  @Test func aFailedPreparationIsTheTasks() throws {
    let ground = try playground()
    let task = try Fixture.task(in: ground.folder, changing: ["prepare.sh": "echo no luck >&2; exit 9\n"])
    let trial = try ground.play("submit\n", task: task)
    #expect(trial.ending?.score == nil)
    #expect(trial.ending?.end.cause == .task)
    #expect(trial.ending?.end.detail.contains("no luck") == true, "\(String(describing: trial.ending))")
    let data = (try? FileManager.default.contentsOfDirectory(atPath: "\(ground.cache)/data")) ?? []
    #expect(data.isEmpty, "half-made data was kept: \(data)")
  }
}
