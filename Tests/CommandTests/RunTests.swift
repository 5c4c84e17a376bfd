// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import LyceumTesting
import Reporting
import Testing
import TrajectoryStore

/// A run from the command line to its table.
@Suite struct RunTests {
  @Test func playsScoresAndResumes() throws {
    let ground = try playground()
    let spec = try ground.specify([
      Player("base", agent: "baseline", ""),
      Player("close", "bash: echo 41 > answer.txt\nvalidate\nsubmit\n"),
    ])
    let first = try ground.lyceum("run", spec)
    #expect(first.code == 0, "\(first.errors)")
    #expect(first.errors.contains("step 2 validates at 99.0000"))

    let again = try ground.lyceum("run", spec)
    #expect(again.code == 0)
    #expect(again.output == first.output)
    #expect(again.errors.contains("2 trials, 2 of them already on record"))
    #expect(!again.errors.contains("begins"))

    let json = try ground.lyceum("run", spec, "--json")
    let board = try ground.decode(Leaderboard.self, json)
    #expect(board.rows.map(\.agent) == ["close", "base"])
    #expect(board.rows.map(\.rank) == [1, 2])
    #expect(board.rows.map(\.mean) == [99, 68])
    #expect(board.rows.map(\.improvement) == [31, 0])
    #expect(board.rows.allSatisfy { $0.scored == 1 && $0.trials == 1 && $0.reference == 100 })
    #expect(board.unscored.isEmpty)
    #expect(try ground.lyceum("report").output == first.output)

    let other = try ground.lyceum("run", spec, "--seed", "2", "--json")
    #expect(try ground.decode(Leaderboard.self, other).run != board.run)
    let store = try ground.store()
    #expect(try store.runs().count == 2)
    #expect(try store.trials(run: board.run).count == 2)
    #expect(ground.workFolders.isEmpty)
    try ground.verify()
  }

  @Test func trialsWithoutAScoreMakeTheExitStatusOne() throws {
    let ground = try playground()
    let result = try ground.lyceum("run", "--task", "tiny", "--agent", "scripted=submit", "--json")
    #expect(result.code == 1, "\(result.errors)")
    let board = try ground.decode(Leaderboard.self, result)
    #expect(board.rows.map(\.rank) == [nil])
    #expect(board.unscored.map(\.cause) == [.agent])
    #expect(try ground.lyceum("report").code == 0)
  }

  @Test func equalRunsInTwoStoresHaveEqualSteps() throws {
    let ground = try playground()
    let script = "scripted=thought: I write\nbash: echo 41 > answer.txt\nsubmit"
    var trees: [[String]] = []
    for name in ["a.db", "b.db"] {
      let path = ground.folder(name)
      _ = try ground.lyceum("run", "--task", "tiny", "--agent", script, "--store", path)
      let store = try Store.openReadOnly(at: path)
      let run = try #require(try store.runs().first)
      let trial = try #require(try store.trials(run: run.id).first)
      var steps: [String] = []
      try store.steps(trial.record.id) { steps.append($0.tree) }
      trees.append(steps)
    }
    #expect(trees[0].count == 2)
    #expect(trees[0] == trees[1])
  }

  @Test func aStepIsShownInFull() throws {
    let ground = try playground()
    let trial = try ground.play("thought: why\nbash: printf 'a\\033[2Jb'; exit 3\nsubmit\n")
    let text = try ground.lyceum("trial", "show", trial.record.id, "--step", "1").output
    #expect(text.contains("exit 3") && text.contains("why") && text.contains(#"a\u{1b}[2Jb"#))
    let step = try ground.step(trial, 1)
    #expect(step["thought"] as? String == "why")
    #expect(step["exitCode"] as? Int == 3)
    #expect(step["output"] as? String == "a\u{1B}[2Jb")
    let missing = try ground.lyceum("trial", "show", trial.record.id, "--step", "9")
    #expect(missing.code == 2)
    #expect(missing.errors.contains("has no step 9: it has 2"))
  }

  @Test func twoCoordinatorsDoNotPlayOneRun() throws {
    let ground = try playground()
    let spec = try ground.specify([Player("slow", "bash: sleep 2; echo 42 > answer.txt\nsubmit\n")])
    let first = try ground.start(["run", spec])
    try #require(try first.waitForErrors { $0.contains("begins") })
    let second = try ground.lyceum("run", spec)
    #expect(second.code == 3)
    #expect(second.errors.contains("is being played by another process"))
    #expect(try first.end().code == 0)
  }
}
