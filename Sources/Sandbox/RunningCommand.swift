// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CSupport
internal import Glibc
internal import LyceumCore
internal import Processes

/// A command that was started and not yet collected. For one thread.
///
/// Commands of two boxes that talk through a pipe are collected together (``collect(_:)``), so that neither waits
/// for room in its output.
public final class RunningCommand {
  private enum Phase { case running, killing, ended }

  /// A command that is told to end has this long before its whole box is killed.
  private static let patience = 0.5
  /// Seconds until a watch looks for the first time.
  private static let firstLook = 0.05

  private let box: Box
  private let id: UInt32
  private let output: Descriptor
  private let started: UInt64
  private let oomKillsBefore: Int
  private var deadline: Deadline
  private var phase = Phase.running
  private var outputIsOpen = true
  private var timedOut = false
  private let watch: BoxCommand.Watch?
  private var nextLook: Deadline
  private var stoppedByWatch = false
  private var window: OutputWindow
  private var result: CommandResult?

  init(_ command: BoxCommand, id: UInt32, in box: Box) throws(SandboxError) {
    self.box = box
    self.id = id
    window = OutputWindow(limit: command.outputBytes)
    let script = try explaining("command") { () throws(SystemError) in
      try Descriptor.memory("script", command.program)
    }
    let pipe = try explaining("command") { () throws(SystemError) in try Pipe() }
    var flags = command.keepsState ? UInt32(LYC_BOX_KEEP_STATE) : 0
    if box.spec.profile.leftovers == .keep { flags |= UInt32(LYC_BOX_KEEP_LEFTOVERS) }
    oomKillsBefore = box.oomKills
    started = Clock.now
    deadline = .after(seconds: command.timeoutSeconds)
    watch = command.watch
    nextLook = command.watch.map { .after(seconds: min($0.seconds, Self.firstLook)) } ?? .never
    let sent = BoxMessage.sendRun(
      box.control, id: id, flags: flags,
      descriptors: [script.raw, pipe.writer.raw] + command.descriptors.map(\.parent),
      targets: command.descriptors.map(\.child))
    guard sent else {
      throw SandboxError(.lost, "box: it does not take a command: \(SystemError("sendmsg"))")
    }
    output = Self.reader(pipe)
    output.setNonBlocking(true)
  }

  private static func reader(_ pipe: consuming Pipe) -> Descriptor { pipe.reader }

  deinit {
    // Nobody waits for it any more: the box, which still runs it, goes.
    if phase != .ended {
      try? box.drop()
      box.commandEnded()
    }
  }

  /// Waits for the end. Output past the limit is read and thrown away, in memory that does not grow; a process that
  /// holds the output open after the command's end is not waited for.
  public func collect() throws(SandboxError) -> CommandResult { try Self.collect([self])[0] }

  /// Ends the command as its time limit would, without calling that a timeout; it must still be collected.
  public func kill() {
    guard phase == .running else { return }
    nextLook = .never
    BoxMessage.sendKill(box.control, id: id)
    phase = .killing
    deadline = .after(seconds: Self.patience)
  }

  /// Waits for all of `commands`, which run in different boxes; results in their order.
  public static func collect(_ commands: [RunningCommand]) throws(SandboxError) -> [CommandResult] {
    while true {
      let open = commands.filter { $0.phase != .ended }
      if open.isEmpty { break }
      // A descriptor of -1 is one that poll passes over.
      let descriptors = open.flatMap { [$0.box.control, $0.outputIsOpen ? $0.output.raw : -1] }
      let deadline = open.map { min($0.deadline, $0.nextLook) }.min() ?? .never
      let ready = try explaining("command") { () throws(SystemError) in
        try waitReadable(descriptors, until: deadline)
      }
      for (index, command) in open.enumerated() {
        if ready[2 * index + 1] { command.readOutput() }
        if ready[2 * index] { try command.readReply() }
        if command.phase == .running, command.nextLook.hasPassed { command.look() }
        if command.phase != .ended, command.deadline.hasPassed { try command.timeIsUp() }
      }
    }
    return try commands.map { command throws(SandboxError) in
      guard let result = command.result else { throw SandboxError(.lost, "command: it has no result") }
      return result
    }
  }

  private func readOutput() {
    guard let bytes = try? output.read(upTo: 65536) else { return }
    if bytes.isEmpty { outputIsOpen = false } else { window.append(bytes) }
  }

  private func look() {
    guard let watch else { return }
    let began = Clock.now
    if watch.holds() {
      // Early looks come as often as the command is young, late ones at the watch's own pace.
      let age = Double(Clock.microseconds(since: started)) / 1e6
      let cost = Double(Clock.microseconds(since: began)) / 1e6
      nextLook = .after(seconds: max(min(watch.seconds, age), 20 * cost))
    } else {
      stoppedByWatch = true
      kill()
    }
  }

  private func timeIsUp() throws(SandboxError) {
    switch phase {
    case .running:
      kill()
      timedOut = true
    case .killing: try loseBox()
    case .ended: break
    }
  }

  private func readReply() throws(SandboxError) {
    guard let reply = try BoxMessage.receive(box.control, until: .after(seconds: 0)), reply.id == id else {
      return try loseBox()
    }
    guard reply.kind == UInt32(LYC_BOX_DONE) else {
      end()
      throw SandboxError("command: bash could not be started", SystemError("vfork", code: reply.status))
    }
    let signal = reply.status & 0x7f
    let wasKilled = reply.killed == 1
    finish(
      exitCode: wasKilled || signal != 0 ? nil : (reply.status >> 8) & 0xff,
      signal: wasKilled ? SIGKILL : signal == 0 ? nil : signal, timedOut: wasKilled && timedOut,
      boxLost: false,
      cpu: reply.cpu_us, peak: reply.peak_kb, leftovers: reply.leftovers)
  }

  /// The box died under the command, or does not answer: it is killed, and so the command is.
  private func loseBox() throws(SandboxError) {
    finish(
      exitCode: nil, signal: SIGKILL, timedOut: timedOut, boxLost: true, cpu: 0, peak: 0, leftovers: 0)
    try box.drop()
  }

  private func finish(
    exitCode: Int32?, signal: Int32?, timedOut: Bool, boxLost: Bool, cpu: UInt64, peak: UInt64,
    leftovers: UInt32
  ) {
    let wall = Clock.microseconds(since: started)
    // What is in the pipe now was written before the end; no pipe holds more than this.
    var left = 2 << 20
    while outputIsOpen, left > 0, let bytes = try? output.read(upTo: 65536) {
      if bytes.isEmpty { break }
      window.append(bytes)
      left -= bytes.count
    }
    let (bytes, elided) = window.finish()
    // A command that exits with 0 has lost nothing that it would miss.
    let outOfMemory = exitCode != 0 && !timedOut && box.oomKills > oomKillsBefore
    result = CommandResult(
      output: bytes, elided: elided, exitCode: exitCode, signal: signal, timedOut: timedOut,
      stoppedByWatch: stoppedByWatch, outOfMemory: outOfMemory, boxLost: boxLost,
      usage: StepUsage(wallMicroseconds: wall, cpuMicroseconds: cpu, peakKB: peak, leftovers: leftovers))
    end()
  }

  private func end() {
    phase = .ended
    box.commandEnded()
  }
}
