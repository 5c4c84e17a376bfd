// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import Processes

/// A worker as its coordinator sees it: one process that plays one trial and tells how it goes.
final class WorkerProcess {
  let plan: TrialPlan
  private var child: Child
  private let events: Descriptor
  private let words: Descriptor
  /// Free again once the process is gone: the last to be released.
  private let slot: Slot
  private var unread: Bytes = []
  /// The last bytes that the worker said on standard error.
  private(set) var lastWords: Bytes = []
  /// The end that the worker reported.
  private(set) var outcome: Progress?

  init(_ plan: TrialPlan, slot: Slot, executable: String) throws {
    self.plan = plan
    self.slot = slot
    let input = try Processes.Descriptor.memory("plan", Bytes(JSONEncoder().encode(plan)))
    let output = try Processes.Pipe()
    let errors = try Processes.Pipe()
    var launch = Launch(executable, ["lyceum", "trial", "work"])
    launch.environment = ProcessInfo.processInfo.environment
    launch.environment["SWIFT_BACKTRACE"] = "enable=no"
    launch.descriptors = [(input.raw, 0), (output.writer.raw, 1), (errors.writer.raw, 2)]
    // A terminal's Ctrl-C is for the coordinator, which ends its workers itself.
    launch.newSession = true
    child = try Child(launch)
    events = output.reader
    words = errors.reader
    events.setNonBlocking(true)
    words.setNonBlocking(true)
  }

  /// Descriptors to wait for.
  var waitable: [Int32] { [events.raw, words.raw, child.pidfd.raw] }

  /// What the worker has said since the last call.
  func news() throws(SystemError) -> [Progress] {
    while let part = try words.read(upTo: 4096), !part.isEmpty {
      lastWords = Bytes((lastWords + part).suffix(4096))
    }
    while let part = try events.read(upTo: 65536), !part.isEmpty { unread += part }
    var out: [Progress] = []
    while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
      let line = Data(unread[..<end])
      unread.removeSubrange(...end)
      guard let event = try? JSONDecoder().decode(Progress.self, from: line) else { continue }
      if case .step = event {} else { outcome = event }
      out.append(event)
    }
    return out
  }

  /// How the process ended, once it has; nil before.
  func exit() throws(SystemError) -> ProcessExit? { try child.wait(until: Deadline(nanoseconds: 0)) }

  /// Ends the process and, through it, everything that it started.
  func kill() { child.kill() }
}
