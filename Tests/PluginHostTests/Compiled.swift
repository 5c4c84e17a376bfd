// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import PluginHost
import Processes
import Synchronization
import Testing

/// Plugins and programs that `cc` makes from `Fixtures` while the tests run.
enum Compiled {
  static let here = URL(filePath: #filePath).deletingLastPathComponent().path
  static let fixtures = "\(here)/Fixtures"
  static let headers = URL(filePath: "\(here)/../../Sources/CLyceum/include").standardizedFileURL.path

  private static let folder: String = {
    try? FileManager.default.createDirectory(atPath: folderPath, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: Compiled.folderPath) }
    return folderPath
  }()
  private static var folderPath: String { "\(NSTemporaryDirectory())/lyceum-plugins-\(getpid())" }
  private static let made = Mutex<[String: String]>([:])

  /// Path of the library that `Fixtures/NAME.c` gives with `flags`; made once.
  static func library(_ name: String, _ flags: [String] = [], headers: String = headers) throws -> String {
    let key = ([name, headers] + flags).joined(separator: " ")
    return try made.withLock { made in
      if let path = made[key] { return path }
      let path = "\(folder)/\(name.replacing("/", with: "-"))-\(made.count).so"
      let fixed = ["-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror", "-pthread"]
      try cc(fixed + flags + ["-I", headers, "\(fixtures)/\(name).c", "-o", path])
      made[key] = path
      return path
    }
  }

  /// Runs the C compiler; fails with what it said.
  @discardableResult
  static func cc(_ arguments: [String], compiler: String = "/usr/bin/cc") throws -> String {
    let (exit, output) = try run(compiler, arguments)
    guard exit.succeeded else { throw CompilerFailed(output: output) }
    return output
  }

  struct CompilerFailed: Error { var output: String }

  static func run(_ path: String, _ arguments: [String]) throws -> (ProcessExit, String) {
    let pipe = try Processes.Pipe()
    let reader = pipe.reader
    let writer = pipe.writer
    var launch = Launch(path, [path] + arguments)
    launch.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
    launch.descriptors = [(writer.raw, 1), (writer.raw, 2)]
    var child = try Child(launch)
    _ = consume writer
    var output: Bytes = []
    while let part = try reader.read(upTo: 65536), !part.isEmpty { output += part }
    let exit = try #require(try child.wait(until: .after(seconds: 60)))
    return (exit, String(decoding: output, as: UTF8.self))
  }

  /// A fresh directory.
  static func directory() throws -> String {
    let path = "\(folder)/\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }
}

/// Log lines that a plugin made.
final class Lines {
  private(set) var all: [(level: LogLevel, source: LogSource, text: Bytes)] = []

  func add(_ level: LogLevel, _ source: LogSource, _ text: Bytes) { all.append((level, source, text)) }

  func count(_ source: LogSource) -> Int { all.count { $0.source == source } }

  func contains(_ text: String) -> Bool { all.contains { $0.text.elementsEqual(text.utf8) } }
}

/// An agent of `Fixtures/agent.c` that behaves as `mode` says.
func agent(
  _ mode: String, log: Lines = Lines(), seed: Seed? = Seed(42), isCancelled: @escaping () -> Bool = { false }
) throws -> AgentSession {
  let path = try Compiled.library("agent")
  let plugin = try PluginCatalog.load(path, launcher: .direct)
  return try AgentSession(
    plugin: plugin, agent: "test.agent", config: mode, launcher: .direct,
    services: HostServices(log: log.add, seed: seed, isCancelled: isCancelled),
    startDeadline: .after(seconds: 30))
}

extension AgentSession {
  func act(_ observation: Observation = Observation(), within seconds: Double = 30) throws(PluginError)
    -> Decision
  {
    try act(
      observation, step: 0, stepsLeft: 5, secondsLeft: 60, deadline: .after(seconds: seconds))
  }
}

/// What `body` throws; fails the test when it does not.
func pluginError(_ body: () throws -> Void) -> PluginError? {
  do {
    try body()
    Issue.record("no error was thrown")
    return nil
  } catch let error as PluginError {
    return error
  } catch {
    Issue.record("\(error) is not a PluginError")
    return nil
  }
}
