// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import LyceumKit

/// Plays a task's reference solution, to prove that the task can be solved and its reference score is true.
struct Oracle: Agent {
  static let descriptor = AgentDescriptor(
    id: "oracle", name: "Oracle", version: "1.0.0",
    description: "Writes a task's reference solution, runs its command and submits.", license: "Apache-2.0",
    configHelp: #"{"files": [{"path": "PATH", "base64": "…"}], "command": "…"}; `lyceum task check` makes it"#
  )

  private var files: [(path: String, content: [UInt8])]
  private let command: String
  private var written = 0
  private var hasRun = false

  init(config: String, host: HostServices) throws {
    guard !config.isEmpty else {
      throw PluginError(
        "oracle needs a reference solution; only `lyceum task check` gives it one", status: .invalid)
    }
    do {
      (files, command) = try Oracle.parse(config)
    } catch {
      throw PluginError("the oracle's configuration: \(error)", status: .invalid)
    }
  }

  private static func parse(
    _ config: String
  ) throws(PluginError) -> (files: [(path: String, content: [UInt8])], command: String) {
    let json = try JSON(parsing: config)
    guard let members = json.members else { throw PluginError("a JSON object is expected") }
    if let unknown = members.first(where: { $0.name != "files" && $0.name != "command" }) {
      throw PluginError("\(unknown.name) is not known; files and command are")
    }
    guard let list = (json["files"] ?? .array([])).array else { throw PluginError("files must be a list") }
    guard let command = (json["command"] ?? .string("")).string else {
      throw PluginError("command must be text")
    }
    var files: [(path: String, content: [UInt8])] = []
    for (index, file) in list.enumerated() {
      guard let path = file["path"]?.string, !path.isEmpty,
        let content = file["base64"]?.string.flatMap(decodeBase64)
      else { throw PluginError("files[\(index)] must have a path and its content in base64") }
      files.append((path, content))
    }
    if files.isEmpty && command.isEmpty { throw PluginError("there are neither files nor a command") }
    return (files, command)
  }

  mutating func act(_ observation: Observation) -> Decision {
    if (written > 0 || hasRun) && !observation.succeeded {
      let what = hasRun ? "The solution's command" : "Writing \(files[written - 1].path)"
      return Decision(
        "\(what) \(observation.failure); the reference solution does not work, so I stop.", .stop)
    }
    if written < files.count {
      let file = files[written]
      written += 1
      return Decision(
        "I write file \(written) of \(files.count) of the reference solution.",
        .writeFile(file.path, file.content))
    }
    if !hasRun && !command.isEmpty {
      hasRun = true
      return Decision("I run the reference solution's command.", .bash(command))
    }
    return Decision("The reference solution is in place; I submit it.", .submit)
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func lyceum_plugin_entry_v1(_ hostABI: UInt32) -> UnsafePointer<lyc_entry>? {
  Plugin.export(hostABI, name: "oracle", version: "1.0.0", agents: [Oracle.self])
}
