// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
public import TrajectoryStore

/// A cache, a store and an environment of a test's own, in which it calls `lyceum` as a person would.
public final class Playground: Sendable {
  public let folder: TemporaryFolder
  /// All that the program sees; nothing of the test's own environment.
  public let environment: [String: String]

  public init(tasks: String, environment extra: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    let own = [
      "PATH": "/usr/bin:/bin", "HOME": folder.path, "LYCEUM_CACHE": folder("cache"),
      "LYCEUM_STORE": folder("runs.db"),
      "LYCEUM_TASK_PATH": tasks, "COLUMNS": "100",
    ]
    environment = own.merging(extra) { $1 }
  }

  public var cache: String { folder("cache") }
  public var storePath: String { folder("runs.db") }

  /// Calls `lyceum` and waits for its end.
  public func lyceum(_ arguments: String..., within seconds: Double = 120) throws -> ProgramResult {
    try start(arguments).end(within: seconds)
  }

  /// Calls `lyceum` and does not wait.
  public func start(_ arguments: [String]) throws -> RunningProgram {
    try RunningProgram(
      Built.program("lyceum"), arguments, environment: environment, directory: folder.path)
  }

  /// The store that the program wrote, for reading.
  public func store() throws -> Store { try Store.openReadOnly(at: storePath) }

  /// Decodes what a command printed with `--json`.
  public func decode<T: Decodable>(_ type: T.Type, _ result: ProgramResult) throws -> T {
    try JSONDecoder().decode(type, from: Data(result.output.utf8))
  }

  /// Processes that were started, at whatever distance, by a `lyceum` of this playground and are still there.
  public func leftovers() -> [String] {
    let mark = Data("LYCEUM_CACHE=\(cache)\0".utf8)
    let pids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return pids.filter { Int32($0) != nil }.compactMap { pid in
      guard FileManager.default.contents(atPath: "/proc/\(pid)/environ")?.range(of: mark) != nil else {
        return nil
      }
      let command = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
      return
        "\(pid) \(String(decoding: command, as: UTF8.self).split(separator: "\0").joined(separator: " "))"
    }
  }
}
