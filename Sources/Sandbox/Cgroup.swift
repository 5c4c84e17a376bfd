// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import LyceumCore
internal import Processes

/// The control groups of one box: version 2 where the controller is there, else version 1, else none.
/// What cannot be limited is left out and told by `limited`; the per-process limits stay in force.
final class Cgroup {
  typealias Controller = CgroupPlaces.Controller

  let name: String
  private(set) var limited: Set<Controller> = []
  /// Why a controller is not in `limited`.
  private(set) var refusals: [Controller: SystemError] = [:]
  private let places: CgroupPlaces
  private var folders: [String] = []
  /// Tells the kills for want of memory; kept open, since it is read before every command.
  private var oomFile: Descriptor?

  init(_ limits: Limits, name: String, places: CgroupPlaces = .current()) {
    self.name = name
    self.places = places
    for controller in Controller.allCases {
      do throws(SystemError) {
        if let parent = places.old[controller] {
          try limitOld(controller, limits, folder: make(parent + "/" + name))
        } else if let parent = places.unified {
          try Self.enable(controller, in: parent)
          try limitUnified(controller, limits, folder: make(parent + "/" + name))
        } else {
          throw SystemError("cgroup \(controller.rawValue)", code: ENOENT)
        }
        limited.insert(controller)
      } catch {
        refusals[controller] = error
      }
    }
  }

  /// 1 or 2: where `controller` is.
  func version(of controller: Controller) -> Int { places.old[controller] == nil ? 2 : 1 }

  /// Short-lived descriptors of the `cgroup.procs` files, for a process to join by.
  func withJoinDescriptors<R: ~Copyable>(
    _ body: ([Int32]) throws(SandboxError) -> R
  ) throws(SandboxError) -> R {
    var descriptors: [Int32] = []
    defer { for fd in descriptors { close(fd) } }
    for folder in folders {
      let fd = unsafe open("\(folder)/cgroup.procs", O_WRONLY | O_CLOEXEC)
      guard fd >= 0 else { throw SandboxError("box", SystemError("open \(folder)/cgroup.procs")) }
      descriptors.append(fd)
    }
    return try body(descriptors)
  }

  /// Processes that were killed because memory ran out, since the group was made; 0 when that cannot be known.
  var oomKills: Int {
    guard let bytes = try? oomFile?.contents(upTo: 4096) else { return 0 }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, words[0] == "oom_kill" { return Int(words[1]) ?? 0 }
    }
    return 0
  }

  /// Sends SIGKILL to every process in the groups.
  func kill() { for folder in folders { Self.kill(in: folder) } }

  private static func kill(in folder: String) {
    for pid in (readFile("\(folder)/cgroup.procs") ?? "").split(separator: "\n") {
      if let pid = Int32(pid), pid > 1 { Glibc.kill(pid, SIGKILL) }
    }
  }

  /// Removes the groups; their processes must be dead. A group that is still busy after a second stays, and is
  /// removed when a later process opens a box.
  func remove() {
    let deadline = Deadline.after(seconds: 1)
    for folder in folders {
      while unsafe rmdir(folder) != 0, errno == EBUSY, !deadline.hasPassed { usleep(500) }
    }
    folders = []
  }

  deinit { remove() }

  private func make(_ folder: String) throws(SystemError) -> String {
    if folders.contains(folder) { return folder }
    guard unsafe mkdir(folder, 0o755) == 0 else { throw SystemError("mkdir \(folder)") }
    folders.append(folder)
    return folder
  }

  private func limitOld(_ controller: Controller, _ limits: Limits, folder: String) throws(SystemError) {
    switch controller {
    case .memory:
      let bytes = "\(limits.memoryMB << 20)"
      try writeFile("\(folder)/memory.limit_in_bytes", bytes)
      try? writeFile("\(folder)/memory.memsw.limit_in_bytes", bytes)
      oomFile = try? Descriptor.open("\(folder)/memory.oom_control", O_RDONLY)
    case .pids: try writeFile("\(folder)/pids.max", "\(Self.pids(limits))")
    case .cpu:
      try writeFile("\(folder)/cpu.cfs_period_us", "100000")
      try writeFile("\(folder)/cpu.cfs_quota_us", "\(Self.quota(limits))")
    }
  }

  private func limitUnified(_ controller: Controller, _ limits: Limits, folder: String) throws(SystemError) {
    switch controller {
    case .memory:
      try writeFile("\(folder)/memory.max", "\(limits.memoryMB << 20)")
      try? writeFile("\(folder)/memory.swap.max", "0")
      oomFile = try? Descriptor.open("\(folder)/memory.events", O_RDONLY)
    case .pids: try writeFile("\(folder)/pids.max", "\(Self.pids(limits))")
    case .cpu: try writeFile("\(folder)/cpu.max", "\(Self.quota(limits)) 100000")
    }
  }

  /// Two more than the agent's: bwrap's monitor and PID 1.
  private static func pids(_ limits: Limits) -> Int { limits.processes + 2 }

  private static func quota(_ limits: Limits) -> Int { max(1000, Int(min(limits.cpus, 10000) * 100_000)) }

  /// Version 2 gives a controller to children only from a group without processes of its own: those of a delegated
  /// group, which are this program's, move into a child beside the boxes.
  private static func enable(_ controller: Controller, in parent: String) throws(SystemError) {
    let file = "\(parent)/cgroup.subtree_control"
    let has = { (path: String) in
      (readFile(path) ?? "").split(whereSeparator: \.isWhitespace).contains(Substring(controller.rawValue))
    }
    if has(file) { return }
    guard has("\(parent)/cgroup.controllers") else {
      throw SystemError("no \(controller.rawValue) in \(parent)/cgroup.controllers", code: ENOENT)
    }
    do { return try writeFile(file, "+\(controller.rawValue)") } catch {
      guard error.code == EBUSY else { throw error }
    }
    let host = "\(parent)/lyceum-host"
    guard unsafe mkdir(host, 0o755) == 0 || errno == EEXIST else { throw SystemError("mkdir \(host)") }
    let isDelegated = geteuid() != 0 || parent.hasSuffix(".scope")
    let pids = (readFile("\(parent)/cgroup.procs") ?? "").split(separator: "\n")
    for pid in pids where isDelegated || pid == "\(getpid())" {
      try? writeFile("\(host)/cgroup.procs", String(pid))
    }
    try writeFile(file, "+\(controller.rawValue)")
  }
}

extension Cgroup {
  /// `lyceum-box-PID-N`; unique on the machine while this process lives.
  static func freshName(_ number: Int) -> String { "lyceum-box-\(getpid())-\(number)" }

  /// Ends and removes what processes that are gone have left behind.
  static func sweep(_ places: CgroupPlaces = .current()) {
    for parent in Set(places.old.values).union(places.unified.map { [$0] } ?? []) {
      guard let directory = unsafe opendir(parent) else { continue }
      defer { unsafe closedir(directory) }
      while let entry = unsafe readdir(directory) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        let words = name.split(separator: "-")
        guard words.count == 4, words[0] == "lyceum", words[1] == "box", let pid = Int32(words[2]) else {
          continue
        }
        guard Glibc.kill(pid, 0) != 0, errno == ESRCH else { continue }
        kill(in: "\(parent)/\(name)")
        unsafe rmdir("\(parent)/\(name)")
      }
    }
  }
}
