// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import Processes
import Sandbox
import Synchronization
import Testing

private let slots = Atomic<Int>(Int(getpid() % 500) * 15)

/// A folder of the box's user, removed with its owner.
final class Scratch {
  let path: String

  init(owner: UInt32? = nil) {
    var template = Array("/tmp/lyceum-sandbox-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template))
    chmod(path, 0o755)
    if let owner { chown(path, owner, owner) }
  }

  func write(_ name: String, _ text: String, mode: mode_t = 0o644) {
    let file = fopen("\(path)/\(name)", "w")!
    fputs(text, file)
    fclose(file)
    chmod("\(path)/\(name)", mode)
  }

  deinit {
    guard var child = try? Child(Launch("/usr/bin/rm", ["rm", "-rf", "--", path])) else { return }
    _ = try? child.wait()
  }
}

/// A box over an empty workspace at `/home/agent/work`.
struct TestBox {
  let box: Box
  let workspace: Scratch

  init(
    _ profile: Profile = Profile(),
    limits: Limits = Limits(memoryMB: 512, processes: 64, cpus: 1, fileMB: 64),
    binds: [Bind] = [], hidden: [String] = [], at path: String = "/home/agent/work", tier: Tier = .bwrap
  ) throws {
    let slot = slots.add(1, ordering: .relaxed).newValue % 10000
    workspace = Scratch(owner: uid(slot: slot))
    box = try Box.open(
      BoxSpec(
        profile: profile, limits: limits,
        binds: [Bind(host: workspace.path, box: path, writable: true)] + binds,
        hidden: hidden, directory: path, slot: slot), tier: tier)
  }

  @discardableResult
  func run(_ script: String, seconds: Double = 20, bytes: Int = 65536, state: Bool = false) throws
    -> CommandResult
  {
    try box.run(
      BoxCommand(Array(script.utf8), timeoutSeconds: seconds, outputBytes: bytes, keepsState: state))
  }
}

extension CommandResult {
  var text: String { String(decoding: output, as: UTF8.self) }
}

/// A TCP socket that listens on a free port of the host's 127.0.0.1.
final class LocalListener {
  let port: UInt16
  private let fd: Int32

  init() throws {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(fd, $0, size) == 0 && listen(fd, 1) == 0 && getsockname(fd, $0, &size) == 0
      }
    }
    try #require(bound)
    self.fd = fd
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(fd) }
}

/// Pids of processes whose command line contains `text`.
func processes(mentioning text: String) -> [Int32] {
  var found: [Int32] = []
  guard let directory = opendir("/proc") else { return [] }
  defer { closedir(directory) }
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    guard let pid = Int32(name), let file = try? Descriptor.open("/proc/\(pid)/cmdline", O_RDONLY),
      let bytes = try? file.read(upTo: 4096)
    else { continue }
    if String(decoding: bytes, as: UTF8.self).contains(text) { found.append(pid) }
  }
  return found
}
