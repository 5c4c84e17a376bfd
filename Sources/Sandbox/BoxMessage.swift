// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CSupport
internal import Glibc
internal import Processes

/// The messages of `lyc_box.h` on the host's side.
enum BoxMessage {
  /// The next message; nil when `deadline` passes or the other side is gone. Anything that is not whole and marked
  /// is the same as gone.
  static func receive(_ socket: Int32, until deadline: Deadline) throws(SandboxError) -> lyc_box_reply? {
    let ready = try explaining("box") { () throws(SystemError) in try waitReadable([socket], until: deadline)
    }
    guard ready[0] else { return nil }
    var reply = lyc_box_reply()
    let size = MemoryLayout<lyc_box_reply>.size
    var n: Int
    repeat { n = unsafe recv(socket, &reply, size, Int32(MSG_DONTWAIT)) } while n < 0 && errno == EINTR
    guard n == size, reply.magic == UInt32(LYC_BOX_MAGIC) else { return nil }
    return reply
  }

  /// False when the other side is gone.
  static func sendRun(
    _ socket: Int32, id: UInt32, flags: UInt32, descriptors: [Int32], targets: [Int32]
  ) -> Bool {
    var request = lyc_box_request()
    request.magic = UInt32(LYC_BOX_MAGIC)
    request.kind = UInt32(LYC_BOX_RUN)
    request.id = id
    request.flags = flags
    request.extra_count = UInt32(targets.count)
    unsafe withUnsafeMutableBytes(of: &request.targets) { bytes in
      let slots = unsafe bytes.bindMemory(to: Int32.self)
      for (index, target) in targets.enumerated() { unsafe slots[index] = target }
    }
    return unsafe lyc_send_fds(
      socket, &request, MemoryLayout<lyc_box_request>.size, descriptors, descriptors.count)
      == MemoryLayout<lyc_box_request>.size
  }

  static func sendKill(_ socket: Int32, id: UInt32) {
    var request = lyc_box_request()
    request.magic = UInt32(LYC_BOX_MAGIC)
    request.kind = UInt32(LYC_BOX_KILL)
    request.id = id
    unsafe _ = lyc_send_fds(socket, &request, MemoryLayout<lyc_box_request>.size, nil, 0)
  }
}
