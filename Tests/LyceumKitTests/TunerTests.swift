// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CLyceum
import Foundation
import LyceumKit
import Testing

@Suite struct TunerTests {
  private static let params = """
    {"note": "kept", "parameters": {
      "rate": {"value": 0.5, "type": "float", "min": 0.0001, "max": 1, "scale": "log"},
      "width": {"value": 4, "type": "int", "min": 1, "max": 64, "scale": "linear"},
      "kind": {"value": "a", "type": "choice", "choices": ["a", "b", "c"]},
      "broken": {"value": 1, "type": "int"}}}
    """

  /// A workspace with a noisy objective: best at rate 0.01, width 40, kind b.
  private struct World {
    var higherIsBetter = true
    var steps = 40
    var milliseconds: UInt64 = 100_000
    var runMilliseconds: UInt64 = 1000
    var gradeMilliseconds: UInt64 = 100
    var noise = SystemRandomNumberGenerator()
    var noiseSize = 0.0
    var params = TunerTests.params
    /// Exit status of the starter for a parameter file.
    var exit: (JSON) -> Int32 = { _ in 0 }

    /// What the workspace's files were made with.
    var made: JSON?
    var scores: [Double] = []
    var decisions: [LoadedAgent.Decision] = []

    func quality(_ json: JSON) -> Double {
      guard let parameters = json["parameters"], let rate = parameters["rate"]?["value"]?.double,
        let width = parameters["width"]?["value"]?.double, let kind = parameters["kind"]?["value"]?.string
      else { return .nan }
      let loss = pow(log10(rate) + 2, 2) / 4 + pow((width - 40) / 64, 2) + (kind == "b" ? 0 : 0.2)
      return higherIsBetter ? 1 - loss : loss
    }

    /// Plays a whole trial; returns the last decision.
    mutating func play(_ agent: LoadedAgent) throws -> LoadedAgent.Decision {
      var task = TaskView()
      (task.starter, task.params, task.metric, task.higherIsBetter) = (
        "train", "par'ams.json", "m", higherIsBetter
      )
      task.stepMilliseconds = 20_000
      #expect(agent.begin(task) == LYC_OK)
      var observation = Observation()
      while true {
        observation.stepsLeft = steps
        observation.millisecondsLeft = milliseconds
        let decision = agent.act(observation)
        decisions.append(decision)
        observation = Observation()
        steps -= 1
        #expect(steps >= 0 && !decision.thought.isEmpty && decision.thought.utf8.count < 600)
        let spent =
          decision.action == "bash" ? runMilliseconds : decision.action == "validate" ? gradeMilliseconds : 1
        milliseconds -= min(milliseconds, spent)
        switch decision.action {
        case "read_file":
          #expect(decision.path == "par'ams.json")
          observation.output = Array(params.utf8)
        case "bash":
          let json = try JSON(parsing: file(in: decision.script) ?? params)
          observation.exitCode = exit(json)
          if observation.exitCode == 0 { made = json }
        case "validate":
          let score = quality(try #require(made)) + noiseSize * Double.random(in: -1...1, using: &noise)
          scores.append(score)
          (observation.score, observation.grade) = (score, "{}")
        default: return decision
        }
      }
    }

    /// The parameter file that a script writes.
    private func file(in script: String) -> String? {
      guard script != "train" else { return nil }
      let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.first == #"cat > 'par'\''ams.json' <<'LYCEUM_PARAMS' || exit 1"#)
      #expect(lines.suffix(4) == ["LYCEUM_PARAMS", "(", "train", ")"])
      return lines.dropFirst().dropLast(4).joined(separator: "\n")
    }
  }

  private func tuner(_ config: String = "", seed: UInt64 = 7) throws -> LoadedAgent {
    let host = LoopbackHost()
    host.random = LoopbackHost.SystemState(seed)
    return try #require(LoadedAgent(try Loaded.entry("agent-tuner"), "tuner", config: config, host: host))
  }

  @Test(arguments: [true, false], [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func `it improves within ten noisy tries and submits the best`(higherIsBetter: Bool, seed: UInt64) throws {
    var world = World()
    (world.higherIsBetter, world.noiseSize) = (higherIsBetter, 0.01)
    let given = world.quality(try JSON(parsing: Self.params))
    let agent = try tuner(seed: seed)
    #expect(try world.play(agent).action == "submit")
    #expect(world.scores.count == 11)
    let submitted = world.quality(try #require(world.made))
    #expect(higherIsBetter ? submitted > given + 0.1 : submitted < given - 0.1, "\(given) to \(submitted)")
    let best = try #require(higherIsBetter ? world.scores.max() : world.scores.min())
    #expect(abs(best - submitted) <= 0.01, "what is submitted is what scored best")
    #expect(world.made?["note"] == .string("kept"))
    #expect(agent.host.log.contains { $0.contains("left alone: broken needs a min") })
  }

  @Test func `the same seed gives the same trial`() throws {
    func play(_ seed: UInt64) throws -> [LoadedAgent.Decision] {
      var world = World()
      _ = try world.play(try tuner("tries=6", seed: seed))
      return world.decisions
    }
    #expect(try play(3) == play(3))
    #expect(try play(3) != play(4))
  }

  @Test func `values stay inside their ranges and keep their types`() throws {
    var world = World()
    world.steps = 500
    world.milliseconds = 10_000_000
    world.exit = { json in
      let parameters = json["parameters"]
      guard let rate = parameters?["rate"]?["value"]?.double,
        case .integer(let width)? = parameters?["width"]?["value"]
      else { return 1 }
      return 0.0001...1 ~= rate && 1...64 ~= width && parameters?["broken"]?["value"] == .integer(1) ? 0 : 1
    }
    _ = try world.play(try tuner("tries=150"))
    #expect(!world.decisions.contains { $0.thought.contains("exited with 1") })
    #expect(world.scores.count > 100)
    #expect(world.quality(try #require(world.made)) > 0.98)
  }

  @Test(arguments: [5, 6, 8, 9, 12]) func `it ends inside its steps`(steps: Int) throws {
    var world = World()
    world.steps = steps
    #expect(try world.play(try tuner()).action == "submit")
    #expect(world.quality(try #require(world.made)) >= world.scores.max() ?? -1)
  }

  @Test(arguments: [3000, 5000, 8000, 15_000, 30_000] as [UInt64], [200, 1000, 2500] as [UInt64])
  func `it ends inside its time`(milliseconds: UInt64, run: UInt64) throws {
    var world = World()
    (world.milliseconds, world.runMilliseconds) = (milliseconds, run)
    #expect(try world.play(try tuner()).action == "submit")
    #expect(world.milliseconds > 0)
  }

  @Test func `a try that fails is passed over, a given point that fails ends it`() throws {
    var world = World()
    world.exit = { $0["parameters"]?["kind"]?["value"]?.string == "a" ? 0 : 3 }
    #expect(try world.play(try tuner("tries=20")).action == "submit")
    #expect(world.made?["parameters"]?["kind"]?["value"] == .string("a"))
    #expect(world.decisions.contains { $0.thought.contains("exited with 3") })

    var hopeless = World()
    hopeless.exit = { _ in 1 }
    let last = try hopeless.play(try tuner())
    #expect(last.action == "stop" && hopeless.decisions.count == 3)
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"parameters": {}}"#, #"{"parameters": {"a": {"value": 1, "type": "int"}}}"#,
  ])
  func `without usable parameters it does as the baseline`(params: String) throws {
    var world = World()
    world.params = params.isEmpty ? " " : params
    // The world's own parser is not asked for these.
    let agent = try tuner()
    var task = TaskView()
    (task.starter, task.params) = ("train", "p")
    #expect(agent.begin(task) == LYC_OK)
    var observation = Observation()
    observation.stepsLeft = 40
    #expect(agent.act(observation).action == "read_file")
    observation.output = Array(world.params.utf8)
    #expect(agent.act(observation).script == "train")
    #expect(agent.act(observation).action == "submit")
  }

  @Test func `a try's script writes the file and runs the starter in a real bash`() throws {
    let agent = try tuner()
    var task = TaskView()
    (task.starter, task.params) = ("cd / && x=$HOME &&\ncat \"$OLDPWD/it's $x.json\"; exit 5", "it's $x.json")
    #expect(agent.begin(task) == LYC_OK)
    var observation = Observation()
    (observation.stepsLeft, observation.millisecondsLeft) = (40, 100_000)
    _ = agent.act(observation)
    let odd =
      #"{"parameters": {"$(touch x)`y`": {"value": "'\\", "type": "choice", "choices": ["'\\", "$HOME"]}}}"#
    observation.output = Array(odd.utf8)
    _ = agent.act(observation)
    _ = agent.act(observation)
    observation.score = 1
    let script = agent.act(observation).script

    let folder = NSTemporaryDirectory() + "/lyceum-tuner-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", script + "\ncode=$?; pwd; exit $code"]
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["HOME": "$x"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 5)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["it's $x.json"])
    let (json, place) = (text.split(separator: "\n").dropLast(), text.split(separator: "\n").last)
    #expect(place?.hasSuffix(folder.split(separator: "/").last ?? "?") == true)
    let file = try JSON(parsing: json.joined(separator: "\n"))
    #expect(file["parameters"]?.members?.first?.value["value"] == .string("$HOME"))
  }

  @Test func `no parameter file, no starter, bad configuration`() throws {
    let agent = try tuner()
    var task = TaskView()
    #expect(agent.begin(task) == LYC_OK)
    #expect(agent.act().action == "submit")
    let second = try tuner()
    task.starter = "go"
    #expect(second.begin(task) == LYC_OK)
    #expect(second.act().script == "go")
    for config in ["tries", "tries=x", "tries=-1", "tires=3"] {
      let host = LoopbackHost()
      #expect(LoadedAgent(try Loaded.entry("agent-tuner"), "tuner", config: config, host: host) == nil)
      #expect(host.error.hasPrefix(config))
    }
  }
}
