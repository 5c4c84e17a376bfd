// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import LyceumTesting
import Testing
import TrajectoryStore

/// What neither an agent's commands nor its plugin can reach.
@Suite struct IsolationTests {
  @Test func theBoxHidesAnswersStoreAndOtherTrials() throws {
    let ground = try playground(["LYCEUM_SECRET_TOKEN": "hunter2-of-the-host"])
    // One trial works next door while the other looks around.
    let neighbour =
      "bash: echo i-am-the-neighbour > neighbour-file-name; sleep 2; echo 42 > answer.txt\nsubmit\n"
    let script = """
      bash <<END
      sleep 0.5
      cat /data/hint.txt
      echo "env: $(env | tr '\\n' ' ')"
      echo "proc: $(cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' ')"
      ls -d /private /task /submission /harness '\(ground.folder.path)' '\(Fixture.folder)' 2>/dev/null
      find / -xdev \\( -name 'grade.sh' -o -name 'neighbour-file-name' -o -name 'runs.db*' -o -name 'task.yaml' \\) 2>/dev/null
      grep -rlE 'hides 40|nobody may know|solution knows' /home /tmp /data /etc /var /run /dev/shm 2>/dev/null
      ls /home/agent
      END
      stop

      """
    let spec = try ground.specify([Player("neighbour", neighbour), Player("look", script)])
    _ = try ground.lyceum("run", spec, "--jobs", "2")
    let trials = try ground.trials()
    #expect(trials["neighbour"]?.ending?.score == 100)
    let look = try #require(trials["look"])
    let seen = try #require(try ground.store().step(look.record.id, 1)?.observation)
    let text = String(decoding: seen.output, as: UTF8.self)
    let lines = text.split(separator: "\n")
    try #require(lines.count >= 3, "\(text)")
    #expect(lines[0] == "between 30 and 50")
    for word in ["hunter2", "LYCEUM_CACHE", "LYCEUM_STORE", "LYCEUM_SEED", ground.folder.path] {
      #expect(!text.contains(word), "\(word) is visible: \(text)")
    }
    #expect(Array(lines.dropFirst(3)) == ["work"], "something else is visible: \(text)")
  }

  @Test func thePluginIsShutIn() throws {
    let ground = try playground(["LYCEUM_SECRET_TOKEN": "hunter2-of-the-host"])
    let library = try Fixture.agent("spy", in: ground.folder)
    let spec = try ground.specify([Player("spy", agent: library, ground.storePath)])
    _ = try ground.lyceum("run", spec)
    let trial = try #require(try ground.trials()["spy"])
    #expect(trial.ending?.end.reason == "stopped", "\(String(describing: trial.ending))")
    let thought = try #require(try ground.store().step(trial.record.id, 1)?.decision.thought)
    let report = String(decoding: thought, as: UTF8.self)
    let facts = report.split(separator: "\n").map(String.init)
    #expect(
      facts.filter { !$0.hasPrefix("env ") } == [
        "/etc/passwd absent", "\(ground.storePath) absent", "/usr/bin/bash absent", "inet refused",
        "unix refused",
        "processes few", "write refused",
      ])
    for fact in facts where fact.hasPrefix("env ") {
      #expect(
        !fact.contains("hunter2") && !fact.contains("HOME=") && !fact.contains("LYCEUM_CACHE"), "\(fact)")
    }
  }
}
