// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CSupport
internal import Glibc
internal import LyceumCore
internal import Processes
internal import Synchronization

private let boxCount = Atomic<Int>(0)

/// The processes of an open box as the host holds them.
struct LiveBox: ~Copyable {
  /// The socket on which PID 1 of the box is asked and answers.
  let control: Descriptor
  let cgroup: Cgroup
  /// bwrap outside the box.
  private var monitor: Child
  /// PID 1 of the box: when it is dead, every process of the box is.
  private let first: Descriptor

  /// Starts the box. Until the first message of its PID 1 any end is the sandbox's failure.
  init(_ spec: BoxSpec) throws(SandboxError) {
    try Host.requireBwrap()
    let number = boxCount.add(1, ordering: .relaxed).newValue
    if number == 1 { Cgroup.sweep() }
    let cgroup = Cgroup(spec.limits, name: Cgroup.freshName(number))
    let socket = try explaining("box") { () throws(SystemError) in try SocketPair(.sequencedPackets) }
    let errors = try explaining("box") { () throws(SystemError) in try Pipe() }
    let status = try explaining("box") { () throws(SystemError) in try Pipe() }
    let monitor = try Self.spawn(
      spec, cgroup, control: socket.there.raw, errors: errors.writer.raw, status: status.writer.raw)
    let control = Self.keepFirst(socket)
    let errorEnd = Self.reader(errors)
    let statusEnd = Self.reader(status)

    guard try BoxMessage.receive(control.raw, until: .after(seconds: 10))?.kind == UInt32(LYC_BOX_HELLO)
    else {
      monitor.kill()
      throw LaunchFailure.explain(errorEnd, spec)
    }
    let text = (try? statusEnd.read(upTo: 4096)) ?? []
    guard let pid = Self.childPID(in: text) else {
      throw SandboxError(
        .missing, "box: this bwrap does not name the first process: version 0.8.0 or later is needed")
    }
    let first = try explaining("box") { () throws(SystemError) in try Descriptor.process(pid) }
    // Alive after the pidfd was opened: it is this process that it stands for.
    let ended = try explaining("box") { () throws(SystemError) in
      try waitReadable([first.raw], until: .after(seconds: 0))[0]
    }
    guard !ended else { throw SandboxError(.lost, "box: it ended as soon as it had begun") }
    self.first = first
    firstPID = pid
    self.control = control
    self.cgroup = cgroup
    self.monitor = monitor
  }

  /// Its number on the host; for messages and tests.
  let firstPID: Int32

  /// Whether PID 1 of the box lives.
  var isAlive: Bool {
    guard let ended = try? waitReadable([first.raw], until: .after(seconds: 0)) else { return false }
    return !ended[0]
  }

  /// Kills the box and waits for the proof: the pidfd of its PID 1 tells the end only after the kernel has ended
  /// every other process of its namespace.
  mutating func kill() throws(SandboxError) {
    _ = lyc_pidfd_kill(first.raw, SIGKILL)
    let patience = Deadline.after(seconds: 10)
    var dead = false
    while !dead, !patience.hasPassed {
      dead = try explaining("box") { () throws(SystemError) in
        try waitReadable([first.raw], until: min(patience, .after(seconds: 0.1)))[0]
      }
      // PID 1 dies only when the processor comes to it, which its own children can keep busy: they go first.
      if !dead { cgroup.kill() }
    }
    monitor.kill()
    let exit: ProcessExit?
    do { exit = try monitor.wait(until: .after(seconds: 5)) } catch { throw SandboxError("box", error) }
    guard dead, exit != nil else {
      throw SandboxError(
        .lost, "box: its processes could not be killed within ten seconds; look for state D in `ps`")
    }
    cgroup.remove()
  }

  private static func spawn(
    _ spec: BoxSpec, _ cgroup: Cgroup, control: Int32, errors: Int32, status: Int32
  ) throws(SandboxError) -> Child {
    let program = try Host.openBoxProgram()
    let arguments = try Host.argumentFile(LaunchLine.box(spec))
    let seccomp = try Host.seccompFilter(spec.profile.network)
    let null = try explaining("box") { () throws(SystemError) in try Descriptor.open("/dev/null", O_RDWR) }
    var files: [Int32] = []
    defer { for fd in files { close(fd) } }
    for file in FileView.files {
      files.append(
        try explaining("box") { () throws(SystemError) in
          try Descriptor.memory("file", Array(file.text.utf8)).release()
        })
    }
    var launch = Launch(
      Host.bwrap,
      [
        "bwrap", "--args", "\(LaunchDescriptor.arguments)", "--", "/proc/self/fd/\(LaunchDescriptor.program)",
        "box",
        "\(spec.limits.processes)",
      ])
    launch.directory = "/"
    launch.user = uid(slot: spec.slot)
    launch.newSession = true
    launch.limits = LaunchLine.limits(spec, hasMemoryGroup: cgroup.limited.contains(.memory))
    launch.descriptors = [
      (null.raw, 0), (null.raw, 1), (errors, 2), (control, LaunchDescriptor.control),
      (arguments.raw, LaunchDescriptor.arguments), (seccomp.raw, LaunchDescriptor.seccomp),
      (program.raw, LaunchDescriptor.program), (status, LaunchDescriptor.status),
    ]
    for (index, fd) in files.enumerated() {
      launch.descriptors.append((fd, LaunchDescriptor.firstFile + Int32(index)))
    }
    return try cgroup.withJoinDescriptors { groups throws(SandboxError) in
      launch.cgroups = groups
      return try explaining("box") { () throws(SystemError) in try Child(launch) }
    }
  }

  private static func keepFirst(_ pair: consuming SocketPair) -> Descriptor { pair.here }

  private static func reader(_ pipe: consuming Pipe) -> Descriptor { pipe.reader }

  /// The number after `"child-pid":` in what bwrap writes to its status descriptor.
  static func childPID(in status: Bytes) -> Int32? {
    let text = String(decoding: status, as: UTF8.self)
    guard let key = text.firstRange(of: "\"child-pid\":") else { return nil }
    return Int32(text[key.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
  }
}
