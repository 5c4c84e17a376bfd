// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CSupport
internal import LyceumCore
internal import Processes

/// One box: processes that see only what its ``BoxSpec`` shows, and that end together.
///
/// For one thread. A box whose processes were lost with a command (``CommandResult/boxLost``) opens again by itself
/// at the next one. It dies with this process, whatever way that ends.
public final class Box {
  public let spec: BoxSpec
  public let tier: Tier

  private var live: LiveBox?
  private var closed = false
  private var lastCommand: UInt32 = 0
  private(set) var isBusy = false

  /// Starts the box's processes and waits until they are ready; tens of milliseconds at most, ten seconds at worst.
  public static func open(_ spec: BoxSpec, tier: Tier = .bwrap) throws(SandboxError) -> Box {
    switch tier {
    case .bwrap: break
    case .landlock:
      throw SandboxError(
        .missing,
        "the landlock tier is not built yet: install bubblewrap and use the bwrap tier (`lyceum doctor`)")
    case .none:
      throw SandboxError(
        .missing, "running without isolation is not offered: install bubblewrap and use the bwrap tier")
    }
    try spec.check()
    let box = Box(spec, tier)
    box.live = try LiveBox(spec)
    return box
  }

  private init(_ spec: BoxSpec, _ tier: Tier) {
    self.spec = spec
    self.tier = tier
  }

  deinit {
    if var live = live.take() { try? live.kill() }
  }

  /// Runs `command` and waits for its end: its own, or at its time limit, at most a second later.
  public func run(_ command: BoxCommand) throws(SandboxError) -> CommandResult {
    try start(command).collect()
  }

  /// Starts `command`; the caller collects it. One command at a time in one box.
  public func start(_ command: BoxCommand) throws(SandboxError) -> RunningCommand {
    guard !closed else { throw SandboxError(.lost, "box: it was closed") }
    guard !isBusy else { throw SandboxError(.configuration, "box: a command is still running in it") }
    try command.check()
    // What waited while nothing ran, a kept server say, may have taken the box with it.
    if live?.isAlive != true { try reopen() }
    lastCommand &+= 1
    let running = try RunningCommand(command, id: lastCommand, in: self)
    isBusy = true
    return running
  }

  /// Kills everything in the box, waits until it is dead, removes its control groups. May be called twice.
  public func close() throws(SandboxError) {
    closed = true
    try drop()
  }

  /// The controllers that limit this box: `memory`, `pids`, `cpu`.
  public var limitedByCgroup: [String] { live?.cgroup.limited.map(\.rawValue).sorted() ?? [] }

  /// Version of the control groups that limit memory, or any of the others; nil when there is none.
  var cgroupVersion: Int? {
    guard let cgroup = live?.cgroup else { return nil }
    return cgroup.limited.contains(.memory)
      ? cgroup.version(of: .memory) : cgroup.limited.first.map(cgroup.version)
  }

  // MARK: - For RunningCommand

  var control: Int32 { live?.control.raw ?? -1 }
  var cgroupName: String? { live?.cgroup.name }
  var firstPID: Int32? { live?.firstPID }
  var oomKills: Int { live?.cgroup.oomKills ?? 0 }
  func commandEnded() { isBusy = false }

  /// Kills a box that does not answer, or buries one that has died; the next command reopens it.
  func drop() throws(SandboxError) {
    if var live = live.take() { try live.kill() }
  }

  private func reopen() throws(SandboxError) {
    try drop()
    live = try LiveBox(spec)
  }
}
