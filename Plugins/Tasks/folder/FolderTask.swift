// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import FoundationEssentials
import LyceumCore
public import LyceumKit
import TaskFolders

/// Serves one task folder: its scripts run in boxes of the host, their results are parsed here.
struct FolderTask: ResearchTask {
  static let descriptor = TaskDescriptor(
    id: "folder", name: "Task folder", version: "1.0.0",
    description: "Serves the task of a folder with a task.yaml.", license: "Apache-2.0",
    configHelp: #"{"folder": "PATH"}"#)

  private let host: HostServices
  private let spec: TaskSpec
  private let folder: TaskSpec.FolderSpec

  init(config: String, host: HostServices) throws {
    self.host = host
    let path: String?
    do {
      let json = try JSON(parsing: config)
      path = json.members?.count == 1 ? json["folder"]?.string : nil
    } catch {
      throw PluginError("the configuration is not JSON: \(error)", status: .invalid)
    }
    guard let path else {
      throw PluginError(#"the configuration must be {"folder": "PATH"}"#, status: .invalid)
    }
    // The host mounts the folder under a name of its own, and has compared the names before.
    spec = try TaskFolder.load(path, named: false).spec
    guard let folder = spec.folder else { throw PluginError("\(path) describes no folder task") }
    self.folder = folder
  }

  func describe() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(spec), as: UTF8.self)
  }

  /// The data of a folder task are the same in every trial, so that they can be kept; the seed is for
  /// grading.
  func prepare(seed: UInt64) throws {
    guard let script = folder.prepare else { return }
    var command = BoxCommand(.prepare, script: script)
    command.environment = ["LYCEUM_PUBLIC": "/data", "LYCEUM_PRIVATE": "/private"]
    let result = try host.run(command)
    if let failure = result.failure { throw PluginError("prepare \(failure)") }
  }

  func grade(_ split: LyceumKit.Split, seed: UInt64) throws -> LyceumKit.Grade {
    var command = BoxCommand(.grade, script: folder.grader)
    command.submissionScript = folder.submissionCommand ?? ""
    command.environment = [
      "LYCEUM_SPLIT": split.rawValue, "LYCEUM_SEED": String(seed), "LYCEUM_PUBLIC": "/data",
      "LYCEUM_PRIVATE": "/private",
    ]
    let result = try host.run(command)
    if let failure = result.failure { throw PluginError("the grader \(failure)") }
    if result.resultTooLong { throw PluginError("the grader wrote more than 1 MiB to descriptor 3") }
    do {
      return try parseGrade(result.result, metrics: spec.metrics)
    } catch {
      throw PluginError("the grader's result on descriptor 3: \(error)\(result.tail)")
    }
  }
}

extension BoxResult {
  /// What went wrong, to follow a subject, with the end of the output; nil when the command exited with 0.
  fileprivate var failure: String? {
    if timedOut { return "ran out of time" + tail }
    guard let exitCode else { return "was ended by signal \(signal ?? 0)" + tail }
    return exitCode == 0 ? nil : "exited with \(exitCode)" + tail
  }

  /// The last lines of the output, escaped, to follow a message; empty without output.
  fileprivate var tail: String {
    let text = String(escaping: output.suffix(1500)).split(whereSeparator: \.isNewline).suffix(8)
    return text.isEmpty ? "" : "; its output ends: " + text.joined(separator: " ⏎ ")
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func lyceum_plugin_entry_v1(_ hostABI: UInt32) -> UnsafePointer<lyc_entry>? {
  Plugin.export(hostABI, name: "folder", version: "1.0.0", tasks: [FolderTask.self])
}
