// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import Foundation
internal import LyceumCore
internal import Reporting
internal import TrajectoryStore
internal import Trials

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Play tasks with agents; the same command again resumes.",
    discussion: """
      EXAMPLES
        lyceum run --task fashion-mnist --agent baseline --agent tuner --trials 3 --jobs 2
        lyceum run --task sat-branching --agent scripted=@actions.txt
        lyceum run nightly.yaml --store nightly.db --json > result.json

      A specification in YAML has the keys tasks, agents, trials, seed and limits; flags add to it.
      """)

  @Argument(help: "A YAML file that says what to run.", completion: .file(extensions: ["yaml", "yml"]))
  var specification: String?
  @Option(name: .long, help: "A task: its name, its folder, or PATH.so:ID. Repeatable.")
  var task: [String] = []
  @Option(
    name: .long, help: "An agent: NAME, NAME=CONFIG, NAME=@FILE, or PATH.so in place of NAME. Repeatable.")
  var agent: [String] = []
  @Option(name: [.customShort("k"), .long], help: "Trials of each task with each agent. [default: 1]")
  var trials: Int?
  @Option(name: .long, help: "Root of every random number of the run. [default: 1]")
  var seed: UInt64?
  @Option(name: .shortAndLong, help: "Trials at one time.")
  var jobs = 1
  @Option(name: .long, help: "Steps a trial may take, where that is less than the task allows.")
  var steps: Int?
  @Option(name: .long, help: "Seconds an action may take.")
  var stepSeconds: Double?
  @Option(name: .long, help: "Seconds a trial may take.")
  var trialSeconds: Double?
  @Option(name: .long, help: "Seconds an agent may take to decide.")
  var decisionSeconds: Double?
  @Option(name: .long, help: "Bytes of output that an observation keeps.")
  var outputBytes: Int?
  @OptionGroup var store: StoreOption
  @OptionGroup var output: JSONFlag

  func run() throws {
    let spec = try assemble()
    let problems = spec.problems() + ((1...64).contains(jobs) ? [] : ["jobs is \(jobs): it must be 1 to 64"])
    guard problems.isEmpty else { throw RunError(.usage, problems.joined(separator: "\n")) }
    let installation = Installation.current()
    let (tasks, agents) = try Preparation(installation).resolve(spec)
    let progress = ProgressPrinter()
    let outcome = try RunCoordinator(installation: installation, store: store.path, jobs: jobs)
      .run(spec, tasks: tasks, agents: agents, onEvent: progress.show)
    progress.finish()

    let board = try Leaderboard(run: outcome.run, in: try store.openReadOnly())
    if output.json { try printJSON(board) } else { print(board.text, terminator: "") }
    if outcome.interrupted {
      say("interrupted: the same command goes on")
      throw ExitCode(RunError.Kind.interrupted.rawValue)
    }
    if !board.unscored.isEmpty { throw ExitCode(1) }
  }

  private func assemble() throws(RunError) -> RunSpec {
    var spec =
      try specification.map { path throws(RunError) in try RunSpec.load(path) }
      ?? RunSpec(tasks: [], agents: [])
    spec.tasks += task
    for text in agent { spec.agents.append(try RunSpec.AgentChoice(parsing: text)) }
    spec.trials = trials ?? spec.trials
    spec.seed = seed ?? spec.seed
    spec.limits.steps = steps ?? spec.limits.steps
    spec.limits.stepSeconds = stepSeconds ?? spec.limits.stepSeconds
    spec.limits.trialSeconds = trialSeconds ?? spec.limits.trialSeconds
    spec.limits.decisionSeconds = decisionSeconds ?? spec.limits.decisionSeconds
    spec.limits.outputBytes = outputBytes ?? spec.limits.outputBytes
    return spec
  }
}

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the leaderboard of a run.",
    discussion: "EXAMPLE\n  lyceum report 4f2a91c03b --json")

  @Argument(help: "Id of a run. [default: the latest]")
  var id: String?
  @OptionGroup var store: StoreOption
  @OptionGroup var output: JSONFlag

  func run() throws {
    let store = try store.openReadOnly()
    let board = try Leaderboard(run: try runID(id, in: store), in: store)
    if output.json { try printJSON(board) } else { print(board.text, terminator: "") }
  }
}
