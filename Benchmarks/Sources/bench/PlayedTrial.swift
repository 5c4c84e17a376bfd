// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import Processes
import Trials

/// One trial as its own worker process plays it (`lyceum trial work`), weighed from outside.
///
/// The first step, the last and what comes before and after them are left out of what is told per step.
/// All times are milliseconds.
struct PlayedTrial {
  /// Processor time of the worker for a step: deciding what to do with an action, snapshot, commit, store, progress.
  /// The clock counts nanoseconds and all threads, and no children.
  let workerCPU: Double
  /// Processor time for a step of the processes that stand between worker and command: the agent's runner and PID 1
  /// of the box, without the command's own bash.
  let helperCPU: Double
  /// Median.
  let wall: Double
  /// From the start of the worker's process to the end of the first step.
  let start: Double
  /// KiB of the worker's largest resident set.
  let peakKB: Double

  init(_ plan: TrialPlan, lyceum: String) throws {
    let input = try Processes.Descriptor.memory("plan", Bytes(JSONEncoder().encode(plan)))
    let null = try Processes.Descriptor.open("/dev/null", O_RDWR)
    let pipe = try Processes.Pipe()
    var launch = Launch(lyceum, ["lyceum", "trial", "work"])
    launch.environment = ProcessInfo.processInfo.environment
    launch.descriptors = [(input.raw, 0), (pipe.writer.raw, 1), (null.raw, 2)]
    let began = Moment.now
    var child = try Child(launch)
    let output = Self.reader(pipe)

    var steps: [(wall: Double, cpu: Double, helpers: Double)] = []
    var helpers: [pid_t] = []
    var unread: Bytes = []
    var last = Data()
    while let part = try output.read(upTo: 1 << 16), !part.isEmpty {
      let wall = Moment.now
      unread += part
      while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        last = Data(unread[..<end])
        unread.removeSubrange(...end)
        if steps.isEmpty { helpers = Helpers.processes(of: child.pid) }
        steps.append(
          (wall, Moment.cpu(of: child.pid) ?? 0, helpers.reduce(0) { $0 + (Moment.cpu(of: $1) ?? 0) }))
      }
    }
    let exit = try child.wait()
    guard case .ended(let end, let score?) = try JSONDecoder().decode(Trials.Progress.self, from: last) else {
      throw Failure("a trial was not scored: \(String(decoding: last, as: UTF8.self))")
    }
    guard end.reason == "submitted", score == 1 else { throw Failure("a trial ended as \(end)") }

    // The last line tells the end, the one before it the last step.
    let counted = steps.dropLast(2)
    guard let first = counted.first, let final = counted.last else { throw Failure("a trial had no steps") }
    let count = Double(counted.count - 1)
    workerCPU = (final.cpu - first.cpu) / count
    helperCPU = (final.helpers - first.helpers) / count
    wall = zip(counted.dropFirst(), counted).map { $0.wall - $1.wall }.median
    start = first.wall - began
    peakKB = Double(exit?.peakKB ?? 0)
  }

  private static func reader(_ pipe: consuming Processes.Pipe) -> Processes.Descriptor { pipe.reader }
}

/// The processes that a worker keeps for a whole trial.
private enum Helpers {
  /// The runners and boxes below `worker`; what a box runs is none of them.
  static func processes(of worker: pid_t) -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    var parents: [pid_t: pid_t] = [:]
    for pid in names.compactMap({ pid_t($0) }) {
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        let end = text.lastIndex(of: ")")
      else { continue }
      parents[pid] = text[end...].split(separator: " ").dropFirst(2).first.flatMap { pid_t($0) }
    }
    return parents.keys.filter { pid in
      var above = parents[pid]
      while let next = above, next != worker { above = parents[next] }
      guard above == worker else { return false }
      let command = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
      return !command.hasPrefix("bash\0")
    }
  }
}
