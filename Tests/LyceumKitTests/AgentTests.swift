// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CLyceum
import LyceumKit
import Testing

@Suite struct ScriptedTests {
  private func play(_ script: String) throws -> [LoadedAgent.Decision] {
    let agent = try #require(LoadedAgent(try Loaded.entry("agent-scripted"), "scripted", config: script))
    #expect(agent.begin(TaskView()) == LYC_OK)
    var decisions: [LoadedAgent.Decision] = []
    repeat { decisions.append(agent.act()) } while decisions.last?.action != "stop" && decisions.count < 50
    return decisions
  }

  @Test func `every form of action is played in order, then it stops`() throws {
    let decisions = try play(
      """
      # a comment

      thought: I list the files
      bash: ls -la
      bash <<END
      cd /tmp
        echo "<<END"
      END
      write_file a b.txt <<  EOF
      one

      two
      EOF
      \tread_file notes.txt \r
      validate
      thought: it is good
      submit
      """)
    #expect(
      decisions.map(\.action) == ["bash", "bash", "write_file", "read_file", "validate", "submit", "stop"])
    #expect(decisions[0].thought == "I list the files" && decisions[0].script == "ls -la")
    #expect(decisions[1].script == "cd /tmp\n  echo \"<<END\"\n")
    #expect(decisions[1].thought == "Line 5 of the script says so.")
    #expect(decisions[2].path == "a b.txt" && decisions[2].script == "one\n\ntwo\n")
    #expect(decisions[3].path == "notes.txt")
    #expect(decisions[5].thought == "it is good")
    #expect(decisions[6].thought == "The script has ended.")
  }

  @Test func `an empty script stops at once, and a last thought goes with the end`() throws {
    #expect(try play("").map(\.action) == ["stop"])
    #expect(try play("thought: enough").map(\.thought) == ["enough"])
    #expect(try play("write_file x <<E\nE\n").first?.input == [])
  }

  @Test(arguments: [
    ("bash: ls\nlist: x", "script line 2: no action is called like this"),
    ("\n\nbash <<END\nls\n", "script line 3: the block's end mark is missing"),
    ("bash <<\nls", "script line 1: <<MARK is missing after the action"),
    ("bash", "script line 1: <<MARK is missing after the action"),
    ("bash:  ", "script line 1: a command is missing after bash:"),
    ("write_file <<END\nEND", "script line 1: a path is missing after write_file"),
    ("write_file x", "script line 1: <<MARK is missing after the action"),
    ("thought: a\nthought: b", "script line 2: the thought before has no action"),
    ("thought:", "script line 1: words are missing after thought:"),
    ("submit now", "script line 1: no action is called like this"),
    ("read_file", "script line 1: no action is called like this"),
  ]) func `an error names its line`(script: String, words: String) throws {
    let host = LoopbackHost()
    #expect(LoadedAgent(try Loaded.entry("agent-scripted"), "scripted", config: script, host: host) == nil)
    #expect(host.error.hasPrefix(words), "\(host.error)")
  }
}

@Suite struct BaselineTests {
  private func agent(starter: String) throws -> LoadedAgent {
    let agent = try #require(LoadedAgent(try Loaded.entry("agent-baseline"), "baseline"))
    var task = TaskView()
    task.starter = starter
    #expect(agent.begin(task) == LYC_OK)
    return agent
  }

  @Test func `it runs the starter and submits`() throws {
    let agent = try agent(starter: "make it")
    let first = agent.act()
    #expect(first.action == "bash" && first.script == "make it")
    var observation = Observation()
    observation.exitCode = 0
    #expect(agent.act(observation).action == "submit")
  }

  @Test func `without a starter it submits, after a failed one it stops`() throws {
    #expect(try agent(starter: "").act().action == "submit")
    let agent = try agent(starter: "false")
    _ = agent.act()
    var observation = Observation()
    observation.exitCode = 7
    let last = agent.act(observation)
    #expect(last.action == "stop" && last.thought.contains("exited with 7"))
  }

  @Test func `a configuration is refused`() throws {
    let host = LoopbackHost()
    #expect(LoadedAgent(try Loaded.entry("agent-baseline"), "baseline", config: "x", host: host) == nil)
    #expect(host.error == "baseline takes no configuration")
  }
}

@Suite struct OracleTests {
  private func refusal(_ config: String) throws -> String {
    let host = LoopbackHost()
    #expect(LoadedAgent(try Loaded.entry("agent-oracle"), "oracle", config: config, host: host) == nil)
    return host.error
  }

  private var ok: Observation {
    var observation = Observation()
    observation.exitCode = 0
    return observation
  }

  @Test func `it writes the files, runs the command and submits`() throws {
    let config =
      #"{"files": [{"path": "a", "base64": "AP8B"}, {"path": "b/c", "base64": ""}], "command": "make"}"#
    let agent = try #require(LoadedAgent(try Loaded.entry("agent-oracle"), "oracle", config: config))
    let first = agent.act()
    #expect(first.action == "write_file" && first.path == "a" && first.input == [0, 0xFF, 1])
    #expect(agent.act().path == "b/c")
    #expect(agent.act().script == "make")
    #expect(agent.act(ok).action == "submit")
  }

  @Test func `it stops when its solution does not work`() throws {
    let config = #"{"files": [{"path": "a", "base64": "QQ=="}], "command": "make"}"#
    let agent = try #require(LoadedAgent(try Loaded.entry("agent-oracle"), "oracle", config: config))
    #expect(agent.act().input == [65])
    var refused = Observation()
    refused.refused = true
    refused.output = Array("the disk is full".utf8)
    let last = agent.act(refused)
    #expect(last.action == "stop" && last.thought.contains("the disk is full"))
  }

  @Test func `it wants a whole configuration`() throws {
    #expect(try refusal("").contains("only `lyceum task check` gives it one"))
    #expect(try refusal("[]").contains("a JSON object is expected"))
    #expect(try refusal("{}").contains("neither files nor a command"))
    #expect(
      try refusal(#"{"files": [{"path": "a", "base64": "QQ="}]}"#).contains("files[0] must have a path"))
    #expect(try refusal(#"{"comand": ""}"#).contains("comand is not known"))
  }
}
