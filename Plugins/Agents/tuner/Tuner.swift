// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import LyceumKit

/// Tunes a task's declared parameters by black-box search, without a model: what a careful person would do
/// by hand.
final class Tuner: Agent {
  static let descriptor = AgentDescriptor(
    id: "tuner", name: "Tuner", version: "1.0.0",
    description: "Searches the task's declared parameters with its starter and the validation grade.",
    license: "Apache-2.0", configHelp: "tries=N: how many points to try beyond the given one; 10 without it")

  private enum Phase { case start, reading, onlyRun, running, validating, restoring }

  private let tries: Int
  private let host: HostServices
  private var task = TaskView()
  private var phase = Phase.start
  private var budget = Budget()
  private var file: ParameterFile?
  private var search: Search?
  /// The try that is under way; 0 is the one with the given parameters.
  private var current = 0
  /// What the files in the workspace were made with; nil when the last run failed.
  private var inPlace: [JSON]?
  /// The parameters of the run that is under way.
  private var underWay: [JSON] = []

  init(config: String, host: HostServices) throws {
    self.host = host
    var tries = 10
    for word in config.split(whereSeparator: \.isWhitespace) {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0] == "tries", let count = Int(parts[1]), 0...10_000 ~= count else {
        throw PluginError("\(word) is not known; tries=N is, with N from 0 to 10000", status: .invalid)
      }
      tries = count
    }
    self.tries = tries
  }

  func begin(_ task: TaskView) {
    self.task = task
    budget.stepMilliseconds = task.stepMilliseconds
  }

  func act(_ observation: Observation) throws -> Decision {
    let spent = budget.read(observation)
    switch phase {
    case .start: return start(observation)
    case .reading: return try read(observation)
    case .onlyRun:
      if observation.succeeded {
        return Decision("The starter exited with 0; I submit what it made.", .submit)
      }
      return Decision(
        "The starter \(observation.failure); there is nothing sound to submit, so I stop.", .stop)
    case .running: return try ran(observation, spent)
    case .validating: return try validated(observation, spent)
    case .restoring:
      if observation.succeeded { return Decision("The best try's files are back; I submit them.", .submit) }
      return Decision(
        "The starter \(observation.failure) with the best parameters this time, so I stop.", .stop)
    }
  }

  // MARK: - The way through a trial

  private func start(_ observation: Observation) -> Decision {
    if task.starter.isEmpty {
      return Decision("The task has no starter; I submit the workspace as it is.", .submit)
    }
    if task.params.isEmpty { return onlyRun("The task declares no parameters") }
    if observation.stepsLeft < 5 { return onlyRun("There are too few steps for a search") }
    phase = .reading
    return Decision("I read which parameters \(task.params) declares.", .readFile(task.params))
  }

  private func onlyRun(_ why: String) -> Decision {
    phase = .onlyRun
    return Decision("\(why), so I run the starter once.", .bash(task.starter))
  }

  private func read(_ observation: Observation) throws -> Decision {
    if !observation.succeeded { return onlyRun("Reading \(task.params) \(observation.failure)") }
    if observation.elided > 0 { return onlyRun("\(task.params) is too long to be read as a whole") }
    do throws(PluginError) {
      let file = try ParameterFile(observation.output)
      for words in file.ignored { host.log(.warning, "\(task.params): left alone: \(words)") }
      var random = try host.random()
      let search = Search(file.parameters, higherIsBetter: task.higherIsBetter, random: &random)
      self.file = file
      self.search = search
      underWay = search.bestValues
    } catch {
      return onlyRun("I cannot tune \(task.params): \(error.message)")
    }
    phase = .running
    return Decision(
      "I run the starter with the given parameters, to have a score to compare with.", .bash(task.starter))
  }

  private func ran(_ observation: Observation, _ spent: UInt64) throws -> Decision {
    budget.ran(spent, succeeded: observation.succeeded)
    guard observation.succeeded else {
      inPlace = nil
      if current == 0 {
        return Decision("The starter \(observation.failure) with the given parameters, so I stop.", .stop)
      }
      _ = search?.learn(score: nil)
      return try next("With these parameters the starter \(observation.failure).")
    }
    inPlace = underWay
    guard budget.canValidate else { return finish("There is no room left to validate.") }
    phase = .validating
    let what = current == 0 ? "the given parameters" : "try \(current)"
    return Decision("The starter exited with 0; I validate \(what).", .validate)
  }

  private func validated(_ observation: Observation, _ spent: UInt64) throws -> Decision {
    budget.graded(spent)
    guard let score = observation.score else {
      if current > 0 { _ = search?.learn(score: nil) }
      return try next("That could not be graded.")
    }
    if current == 0 {
      search?.begin(score: score)
      return try next("The given parameters score \(short(score)) in \(task.metric).")
    }
    let before = search?.bestScore
    let isBest = search?.learn(score: score) ?? false
    let compared = before.map { isBest ? "better than \(short($0))" : "not better than \(short($0))" }
    return try next("Try \(current) scores \(short(score)), \(compared ?? "the first score").")
  }

  private func next(_ outcome: String) throws -> Decision {
    if current == tries { return finish(outcome + " That was the last try.") }
    if let refusal = budget.refusal { return finish("\(outcome) \(refusal).") }
    var random = try host.random()
    guard let move = search?.propose(random: &random) else {
      return finish(outcome + " There is nothing new to try.")
    }
    current += 1
    underWay = move.values
    phase = .running
    return Decision("\(outcome) Try \(current) of \(tries): \(move.reason)", .bash(script(move.values)))
  }

  private func finish(_ outcome: String) -> Decision {
    let best = search?.bestValues ?? []
    if inPlace == best {
      return Decision("\(outcome) The workspace holds the best try; I submit it.", .submit)
    }
    guard budget.canRestore else {
      if inPlace == nil {
        return Decision("\(outcome) There is no room to run the best again, so I stop.", .stop)
      }
      return Decision("\(outcome) There is no room to run the best again; I submit the last try.", .submit)
    }
    phase = .restoring
    underWay = best
    let score = search?.bestScore.map { " (\(short($0)))" } ?? ""
    return Decision(
      "\(outcome) I run the starter with the best parameters\(score) again, to submit that.",
      .bash(script(best)))
  }

  /// Writes the parameters and runs the starter in a shell of its own, so that it leaves nothing behind in
  /// this one.
  private func script(_ values: [JSON]) -> String {
    let path =
      "'" + task.params.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
    return """
      cat > \(path) <<'LYCEUM_PARAMS' || exit 1
      \(file?.text(values) ?? "")LYCEUM_PARAMS
      (
      \(task.starter)
      )
      """
  }
}

/// Six significant digits, for people.
private func short(_ value: Double) -> String {
  guard value.isFinite, value != 0, abs(value) >= 1e-4, abs(value) < 1e9 else { return "\(value)" }
  var scale = 1.0
  while abs(value) * scale < 1e5 { scale *= 10 }
  return "\((value * scale).rounded() / scale)"
}

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func lyceum_plugin_entry_v1(_ hostABI: UInt32) -> UnsafePointer<lyc_entry>? {
  Plugin.export(hostABI, name: "tuner", version: "1.0.0", agents: [Tuner.self])
}
