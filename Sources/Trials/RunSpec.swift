// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import LyceumCore
internal import Foundation
internal import Yams

/// What a run is to do, as flags or a YAML file say it.
public struct RunSpec: Codable, Sendable, Hashable {
  /// Task names or folders.
  public var tasks: [String]
  public var agents: [AgentChoice]
  /// Trials of each task with each agent.
  public var trials: Int
  /// The number from which every other seed of the run derives.
  public var seed: UInt64
  /// Limits that replace those of the task where they are lower; a run cannot raise them.
  public var limits: LimitOverrides

  /// One agent with what it is told.
  public struct AgentChoice: Codable, Sendable, Hashable {
    /// Agent id, or a plugin's file: `PATH` or `PATH:ID`.
    public var agent: String
    /// Text for the agent's `create`.
    public var config: String
    /// What tables call it; when empty, the id, or what a library's path ends with.
    public var name: String

    public init(agent: String, config: String = "", name: String = "") {
      self.agent = agent
      self.config = config
      self.name = name
    }

    public var label: String { name.isEmpty ? PluginReference(agent)?.label ?? agent : name }

    /// `NAME`, `NAME=CONFIG` or `NAME=@FILE`, whose content is the configuration.
    public init(parsing text: String) throws(RunError) {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let config = parts.count == 2 ? String(parts[1]) : ""
      try self.init(agent: String(parts[0]), config: Self.contents(of: config))
    }

    static func contents(of config: String) throws(RunError) -> String {
      guard config.hasPrefix("@") else { return config }
      let path = String(config.dropFirst())
      do { return try String(contentsOfFile: path, encoding: .utf8) } catch {
        throw RunError(.usage, "cannot read the agent configuration \(path): name a UTF-8 file that exists")
      }
    }
  }

  /// Lower limits for every trial of a run; nil keeps the task's.
  public struct LimitOverrides: Codable, Sendable, Hashable {
    public var steps: Int?
    public var stepSeconds: Double?
    public var trialSeconds: Double?
    public var decisionSeconds: Double?
    public var outputBytes: Int?

    public init(
      steps: Int? = nil, stepSeconds: Double? = nil, trialSeconds: Double? = nil,
      decisionSeconds: Double? = nil,
      outputBytes: Int? = nil
    ) {
      self.steps = steps
      self.stepSeconds = stepSeconds
      self.trialSeconds = trialSeconds
      self.decisionSeconds = decisionSeconds
      self.outputBytes = outputBytes
    }

    public init(from decoder: any Decoder) throws {
      try refuseUnknownKeys(decoder, known: CodingKeys.allCases.map(\.rawValue))
      let c = try decoder.container(keyedBy: CodingKeys.self)
      steps = try c.decodeIfPresent(Int.self, forKey: .steps)
      stepSeconds = try c.decodeIfPresent(Double.self, forKey: .stepSeconds)
      trialSeconds = try c.decodeIfPresent(Double.self, forKey: .trialSeconds)
      decisionSeconds = try c.decodeIfPresent(Double.self, forKey: .decisionSeconds)
      outputBytes = try c.decodeIfPresent(Int.self, forKey: .outputBytes)
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
      case steps
      case stepSeconds = "step_seconds"
      case trialSeconds = "trial_seconds"
      case decisionSeconds = "decision_seconds"
      case outputBytes = "output_bytes"
    }

    func applied(to limits: Limits) -> Limits {
      var out = limits
      out.steps = min(limits.steps, steps ?? .max)
      out.stepSeconds = min(limits.stepSeconds, stepSeconds ?? .infinity)
      out.trialSeconds = min(limits.trialSeconds, trialSeconds ?? .infinity)
      out.decisionSeconds = min(limits.decisionSeconds, decisionSeconds ?? .infinity)
      out.outputBytes = min(limits.outputBytes, outputBytes ?? .max)
      return out
    }
  }

  public init(
    tasks: [String], agents: [AgentChoice], trials: Int = 1, seed: UInt64 = 1,
    limits: LimitOverrides = .init()
  ) {
    self.tasks = tasks
    self.agents = agents
    self.trials = trials
    self.seed = seed
    self.limits = limits
  }

  /// Reads a YAML file. An agent is a name or `{agent, config, name}`; `config: "@FILE"` reads a file.
  public static func load(_ path: String) throws(RunError) -> RunSpec {
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw RunError(.usage, "cannot read the run specification \(path): name a YAML file that exists")
    }
    let form: Form
    do { form = try YAMLDecoder().decode(Form.self, from: text) } catch {
      throw RunError(.usage, "\(path): \(describe(error))")
    }
    var agents: [AgentChoice] = []
    for choice in form.agents {
      agents.append(
        AgentChoice(
          agent: choice.agent, config: try AgentChoice.contents(of: choice.config), name: choice.name))
    }
    return RunSpec(
      tasks: form.tasks, agents: agents, trials: form.trials ?? 1, seed: form.seed ?? 1,
      limits: form.limits ?? .init())
  }

  /// What is wrong with it, one line each.
  public func problems() -> [String] {
    var out: [String] = []
    if tasks.isEmpty { out.append("no task: add --task NAME (`lyceum task list` shows them)") }
    if agents.isEmpty { out.append("no agent: add --agent NAME (`lyceum agent list` shows them)") }
    if !(1...10_000).contains(trials) { out.append("trials is \(trials): it must be 1 to 10000") }
    if let twice = repeated(tasks) { out.append("the task \(twice) is named twice") }
    let labels = agents.map(\.label)
    if let twice = repeated(labels) {
      out.append("two agents are called \(twice): give each a `name` of its own in a specification file")
    }
    for label in labels where label.isEmpty || String(line: label.utf8, limit: 1000) != label {
      out.append("an agent has the name \(label.debugDescription): it must be one printable line")
    }
    for value in [limits.stepSeconds, limits.trialSeconds, limits.decisionSeconds] {
      if let value, !(value > 0 && value.isFinite) {
        out.append("a limit of \(value) seconds: it must be positive and finite")
      }
    }
    if let steps = limits.steps, steps < 1 { out.append("a limit of \(steps) steps: it must be at least 1") }
    if let bytes = limits.outputBytes, bytes < 256 {
      out.append("an output limit of \(bytes) bytes: it must be at least 256")
    }
    return out
  }

  /// The YAML file as written.
  private struct Form: Decodable {
    var tasks: [String]
    var agents: [Choice]
    var trials: Int?
    var seed: UInt64?
    var limits: LimitOverrides?

    init(from decoder: any Decoder) throws {
      try refuseUnknownKeys(decoder, known: CodingKeys.allCases.map(\.rawValue))
      let c = try decoder.container(keyedBy: CodingKeys.self)
      tasks = try c.decode([String].self, forKey: .tasks)
      agents = try c.decode([Choice].self, forKey: .agents)
      trials = try c.decodeIfPresent(Int.self, forKey: .trials)
      seed = try c.decodeIfPresent(UInt64.self, forKey: .seed)
      limits = try c.decodeIfPresent(LimitOverrides.self, forKey: .limits)
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case tasks, agents, trials, seed, limits }

    struct Choice: Decodable {
      var agent: String
      var config = ""
      var name = ""

      init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
          agent = name
          return
        }
        try refuseUnknownKeys(decoder, known: CodingKeys.allCases.map(\.rawValue))
        let c = try decoder.container(keyedBy: CodingKeys.self)
        agent = try c.decode(String.self, forKey: .agent)
        config = try c.decodeIfPresent(String.self, forKey: .config) ?? ""
        name = try c.decodeIfPresent(String.self, forKey: .name) ?? ""
      }

      enum CodingKeys: String, CodingKey, CaseIterable { case agent, config, name }
    }
  }
}

private struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

private func refuseUnknownKeys(_ decoder: any Decoder, known: [String]) throws {
  for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
    throw DecodingError.dataCorrupted(
      .init(
        codingPath: decoder.codingPath,
        debugDescription: "unknown key `\(key.stringValue)`; known are \(known.joined(separator: ", "))"))
  }
}

private func describe(_ error: any Error) -> String {
  let at = { (path: [any CodingKey]) in
    path.isEmpty
      ? "" : path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".") + ": "
  }
  switch error {
  case DecodingError.keyNotFound(let key, let context):
    return at(context.codingPath) + "`\(key.stringValue)` is missing"
  case DecodingError.typeMismatch(let type, let context): return at(context.codingPath) + "expected \(type)"
  case DecodingError.valueNotFound(let type, let context): return at(context.codingPath) + "expected \(type)"
  case DecodingError.dataCorrupted(let context):
    return at(context.codingPath) + (context.underlyingError.map(firstLines) ?? context.debugDescription)
  default: return firstLines(error)
  }
}

/// A parser's error in one line: after place and problem it repeats the text.
private func firstLines(_ error: any Error) -> String {
  "\(error)".split(whereSeparator: \.isNewline).prefix(2).joined(separator: " ")
}

/// The first value that is there twice.
private func repeated(_ values: [String]) -> String? {
  var seen: Set<String> = []
  return values.first { !seen.insert($0).inserted }
}
