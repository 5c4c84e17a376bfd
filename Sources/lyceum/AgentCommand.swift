// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import Foundation
internal import LyceumCore
internal import PluginHost
internal import Reporting
internal import Trials

struct AgentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "List, show and make agents.",
    subcommands: [AgentList.self, AgentShow.self, AgentInit.self])
}

struct AgentList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Agents that can be named in a run, and plugins that cannot be used.",
    discussion: "EXAMPLE\n  lyceum agent list --json")

  @OptionGroup var output: JSONFlag

  struct Entry: Encodable {
    let id: String
    let version: String
    let description: String
    let plugin: String
    let toolchain: String
  }

  struct Problem: Encodable {
    let plugin: String
    let problem: String
  }

  struct Listing: Encodable {
    let agents: [Entry]
    let problems: [Problem]
  }

  func run() throws {
    let plugins = Catalog(.current()).plugins
    let agents = plugins.plugins.flatMap { plugin in
      plugin.agents.map {
        Entry(
          id: $0.id, version: $0.version, description: $0.description, plugin: plugin.path,
          toolchain: plugin.toolchain)
      }
    }
    let problems = plugins.problems.map { Problem(plugin: $0.path, problem: $0.error.description) }
    if output.json { return try printJSON(Listing(agents: agents, problems: problems)) }
    var table = TextTable([
      ("agent", .left), ("version", .left), ("description", .left), ("toolchain", .left),
    ])
    for agent in agents {
      table.add(
        [agent.id, agent.version, agent.description, agent.toolchain].map { String(line: $0.utf8, limit: 90) }
      )
    }
    print(table.text, terminator: "")
    for problem in problems { say("\(problem.plugin): \(String(line: problem.problem.utf8))") }
  }
}

struct AgentShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "What an agent is and what it can be told.",
    discussion: "EXAMPLE\n  lyceum agent show tuner")

  @Argument(help: "An agent: its id, PATH.so or PATH.so:ID.")
  var agent: String
  @OptionGroup var output: JSONFlag

  func run() throws {
    let found = try Catalog(.current()).agent(RunSpec.AgentChoice(agent: agent))
    guard let descriptor = found.plugin.agents.first(where: { $0.id == found.id }) else { return }
    if output.json { return try printJSON(descriptor) }
    print(
      String(
        escaping: """
          \(descriptor.name) (\(descriptor.id)) \(descriptor.version), \(descriptor.license)
          \(descriptor.description)
          configuration: \(descriptor.configHelp.isEmpty ? "none" : descriptor.configHelp)
          plugin: \(found.plugin.path)
          digest: \(found.plugin.digest), made with \(found.plugin.toolchain)
          """.utf8))
  }
}

struct AgentInit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a small complete agent to change.",
    discussion: """
      EXAMPLE
        lyceum agent init my-agent && make -C my-agent
        lyceum run --task prisoners-dilemma --agent my-agent/my-agent.so
      """)

  enum Language: String, ExpressibleByArgument, CaseIterable { case c, swift }

  @Argument(help: "Name of the new folder: lower-case letters, digits and dashes.")
  var name: String
  @Option(name: .long, help: "Language of the agent.")
  var language = Language.c

  func run() throws {
    let name = try identifier(name)
    try writeTemplate(
      language == .c
        ? AgentTemplate.c(name: name, lyceum: Installation.current().root)
        : AgentTemplate.swift(name: name, lyceum: Installation.current().root),
      to: name)
    print("build it with `make -C \(name)`, then try `lyceum plugin check \(name)/\(name).so`")
  }
}

/// `name` where it can be the name of a folder and an id.
func identifier(_ name: String) throws(RunError) -> String {
  let allowed = name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
  guard allowed, let first = name.first, first.isLetter, name.count <= 64 else {
    throw RunError(
      .usage, "`\(name)` cannot be a name: use lower-case letters, digits and dashes, a letter first")
  }
  return name
}

/// Writes files below a folder that must not exist yet.
func writeTemplate(_ files: [String: String], to folder: String) throws(RunError) {
  let manager = FileManager.default
  guard !manager.fileExists(atPath: folder) else {
    throw RunError(.usage, "\(folder) exists already: choose another name")
  }
  do {
    for (path, content) in files {
      let full = "\(folder)/\(path)"
      try manager.createDirectory(
        atPath: (full as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try content.write(toFile: full, atomically: false, encoding: .utf8)
    }
  } catch { throw RunError(.environment, "cannot write \(folder): \(error.localizedDescription)") }
}
