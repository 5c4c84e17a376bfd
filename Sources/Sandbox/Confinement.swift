// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CSupport
internal import Glibc
public import Processes

/// Walls around a program of the host's own that runs foreign code: a plugin runner.
///
/// Inside there are the named files and nothing else, no network, no other process, the same system-call filter as
/// in a box, and the user ``uid(slot:)`` when this process is root.
///
/// The end of the program is told by bwrap: an exit status as it is, a signal N as exit status 128 + N.
public struct Confinement: Sendable {
  /// Processes and threads inside.
  public var processes: Int
  /// MiB of the largest file that may be written.
  public var fileMB: Int
  /// MiB of `/tmp`.
  public var tmpMB: Int
  /// MiB of addresses that one process may have in use.
  public var addressMB: Int

  /// The system's programs and libraries as every box shows them, for a program that needs more than its own files:
  /// no packaged data are among them.
  public static var systemFolders: [String] {
    (FileView.systemFolders + FileView.merged).filter { unsafe access($0, F_OK) == 0 }
  }

  public init(processes: Int = 64, fileMB: Int = 16, tmpMB: Int = 16, addressMB: Int = 4096) {
    self.processes = processes
    self.fileMB = fileMB
    self.tmpMB = tmpMB
    self.addressMB = addressMB
  }

  /// The loader and the shared libraries of the system, as `readOnly` paths for a dynamically linked program.
  public static let systemLibraries: [String] = [
    "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib/ld-linux-aarch64.so.1",
    "/etc/ld.so.cache",
  ].filter { unsafe access($0, F_OK) == 0 }

  /// `launch` as it would be run without walls; its environment is the whole environment inside, its descriptors
  /// have numbers below 50. `readOnly` are files and folders shown at their own path; the program itself must be
  /// among them. Those that do not exist are an error.
  public func wrap(
    _ launch: Launch, readOnly: [String], extraBinds: [Bind] = [], slot: Int
  ) throws(SandboxError) -> ConfinedLaunch {
    try Host.requireBwrap()
    guard launch.descriptors.allSatisfy({ (0..<50).contains($0.child) }) else {
      throw SandboxError(.configuration, "confinement: descriptors must have numbers below 50")
    }
    var line = LaunchLine.walls + ["--proc", "/proc", "--dev", "/dev"]
    line += ["--size", "\(tmpMB << 20)", "--perms", "1777", "--tmpfs", "/tmp"]
    let binds = readOnly.map { Bind(host: $0, box: $0) } + extraBinds
    let links = FileView.mergedLinks.filter { link in
      binds.contains { $0.box.isAtOrUnder(link.path) || $0.box.isAtOrUnder("/" + link.target) }
    }
    for (path, target) in links { line += ["--symlink", target, path] }
    for bind in binds {
      guard bind.host.isPlainAbsolutePath, bind.box.isPlainAbsolutePath, unsafe access(bind.host, F_OK) == 0
      else {
        throw SandboxError(
          .configuration, "confinement: \(bind.host.debugDescription) is not an existing absolute path")
      }
      // Under a link of the root, the place is the one that it leads to.
      let link = links.first { bind.box.isAtOrUnder($0.path) }
      let place = link.map { "/" + $0.target + bind.box.dropFirst($0.path.utf8.count) } ?? bind.box
      line += [bind.writable ? "--bind" : "--ro-bind", bind.host, place]
    }
    line += ["--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"]
    line += ["--chdir", launch.directory ?? "/", "--clearenv"]
    for (name, value) in launch.environment.sorted(by: { $0.key < $1.key }) {
      line += ["--setenv", name, value]
    }

    let arguments = try Host.argumentFile(line)
    let seccomp = try Host.seccompFilter(.none)
    let program = try Host.openBoxProgram()
    var wrapped = launch
    wrapped.path = Host.bwrap
    wrapped.arguments =
      [
        "bwrap", "--args", "\(LaunchDescriptor.arguments)", "--", "/proc/self/fd/\(LaunchDescriptor.program)",
        "exec",
        "\(processes + 1)", launch.path,
      ] + launch.arguments.dropFirst()
    wrapped.environment = [:]
    wrapped.directory = "/"
    wrapped.user = uid(slot: slot)
    wrapped.newSession = true
    wrapped.diesWithParent = true
    wrapped.limits += [
      (RLIMIT_CORE.number, 0), (RLIMIT_NOFILE.number, 256), (RLIMIT_FSIZE.number, UInt64(fileMB) << 20),
      (RLIMIT_AS.number, UInt64(addressMB) << 20),
    ]
    wrapped.descriptors += [
      (arguments.raw, LaunchDescriptor.arguments), (seccomp.raw, LaunchDescriptor.seccomp),
      (program.raw, LaunchDescriptor.program),
    ]
    return ConfinedLaunch(wrapped, arguments, seccomp, program)
  }
}

/// A launch inside walls, with the descriptors that it needs until it has been started.
public struct ConfinedLaunch: ~Copyable {
  private let launch: Launch
  private let arguments: Descriptor
  private let seccomp: Descriptor
  private let program: Descriptor

  init(
    _ launch: Launch, _ arguments: consuming Descriptor, _ seccomp: consuming Descriptor,
    _ program: consuming Descriptor
  ) {
    self.launch = launch
    self.arguments = arguments
    self.seccomp = seccomp
    self.program = program
  }

  /// Starts it; the descriptors of the wrapped launch must still be open. The child is bwrap: killing it kills the
  /// program. Consumes the launch: bwrap has then read its descriptors, or will.
  public consuming func start() throws(SandboxError) -> Child {
    try explaining("confinement") { () throws(SystemError) in try Child(launch) }
  }
}
