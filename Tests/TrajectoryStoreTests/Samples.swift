// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import Glibc
import LyceumCore
import Synchronization
import TrajectoryStore

/// A folder of a test's own; removed when its owner goes.
final class Folder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var store: String { path + "/trials.db" }
}

func run(_ id: String = "run-1") -> RunRecord {
  RunRecord(
    id: id, name: "first", createdMicroseconds: 1_700_000_000_000_000, spec: #"{"tasks":["t"]}"#,
    seed: Seed(.max - 6), host: #"{"kernel":"6.1"}"#)
}

func trial(
  _ id: String, task: String = "t", agent: String = "a", number: Int = 1, attempt: Int = 1
) -> TrialRecord {
  TrialRecord(
    id: id, run: "run-1", cell: Cell(task: task, agent: agent, number: number), attempt: attempt,
    taskVersion: 3, taskDigest: Digest(of: [1]), agentDigest: Digest(of: [2]),
    seed: Seed(0xF000_0000_0000_0001), metric: "accuracy", direction: .higher,
    startedMicroseconds: 1_700_000_000_000_001, manifest: #"{"profile":"default"}"#)
}

/// A step with `bytes` of output.
func step(_ index: Int, bytes: Int = 200) -> Step {
  Step(
    index: index,
    decision: Decision(thought: Bytes("thought \(index)".utf8), action: .bash("echo \(index) | tee -a log")),
    observation: Observation(
      output: Bytes((0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index) }), exitCode: 0,
      usage: StepUsage(
        wallMicroseconds: 1000 + UInt64(index), cpuMicroseconds: 900, peakKB: 4096, leftovers: 0)),
    tree: Digest(of: [UInt8(truncatingIfNeeded: index)]).hex.prefix(40).lowercased(),
    startedMicroseconds: UInt64(index) * 1000, thinkingMicroseconds: 17)
}

let submitted = TrialEnd(kind: .terminated, reason: "submitted")

extension Store {
  func allSteps(_ trial: String, _ range: ClosedRange<Int> = 1...Int.max) throws -> [Step] {
    var all: [Step] = []
    try steps(trial, range) { all.append($0) }
    return all
  }
}

/// What went wrong in several threads.
final class Errors: Sendable {
  private let errors = Mutex<[String]>([])

  var all: [String] { errors.withLock { $0 } }

  func catching(_ body: () throws -> Void) {
    do { try body() } catch { errors.withLock { $0.append("\(error)") } }
  }
}

/// A disk of 512 KiB, mounted for the time of a test.
final class SmallDisk {
  let path: String
  private let folder: Folder

  /// Nil without the right to mount.
  init?() {
    guard let folder = try? Folder() else { return nil }
    self.folder = folder
    path = folder.path
    guard mount("tmpfs", path, "tmpfs", 0, "size=512k") == 0 else { return nil }
  }

  deinit { umount2(path, 2) }

  func grow() throws {
    guard mount("tmpfs", path, "tmpfs", 32, "size=8m") == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  static var available: Bool { SmallDisk() != nil }
}
