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
    _ profile: Profile = Profile(), limits: Limits = Limits(memoryMB: 512, processes: 64, cpus: 1, fileMB: 64),
    binds: [Bind] = [], hidden: [String] = [], at path: String = "/home/agent/work", tier: Tier = .bwrap
  ) throws {
    let slot = slots.add(1, ordering: .relaxed).newValue % 10000
    workspace = Scratch(owner: Box.uid(slot: slot))
    box = try Box.open(
      BoxSpec(
        profile: profile, limits: limits, binds: [Bind(host: workspace.path, box: path, writable: true)] + binds,
        hidden: hidden, directory: path, slot: slot), tier: tier)
  }

  @discardableResult
  func run(_ script: String, seconds: Double = 20, bytes: Int = 65536, state: Bool = false) throws -> CommandResult {
    try box.run(
      BoxCommand(Array(script.utf8), timeoutSeconds: seconds, outputBytes: bytes, keepsState: state))
  }
}

extension CommandResult {
  var text: String { String(decoding: output, as: UTF8.self) }
}
