// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CLyceum
import Frames

/// The tables of the host's services. Written once, before any plugin code runs with them, and never freed.
enum HostTables {
  nonisolated(unsafe) static let random: UnsafePointer<lyc_host_random> = unsafe constant(
    lyc_host_random(
      struct_size: UInt32(MemoryLayout<lyc_host_random>.size), reserved: 0,
      next: { host in
        guard let side = unsafe HostSide.of(host), side.isRunThread("random.next") else { return 0 }
        side.random &+= 0x9E37_79B9_7F4A_7C15
        var z = side.random
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
      }))

  nonisolated(unsafe) static let taskBox: UnsafePointer<lyc_host_task_box> = unsafe constant(
    lyc_host_task_box(
      struct_size: UInt32(MemoryLayout<lyc_host_task_box>.size), reserved: 0,
      run: { host, command, result in
        guard let side = unsafe HostSide.of(host), let command = unsafe command, let result = unsafe result
        else {
          return LYC_INVALID
        }
        return side.asking("task_box.run") { () throws(Refusal) in
          try unsafe side.runBox(command.pointee, into: result)
        }
      }))

  nonisolated(unsafe) static let submission: UnsafePointer<lyc_host_submission> = unsafe constant(
    lyc_host_submission(
      struct_size: UInt32(MemoryLayout<lyc_host_submission>.size), reserved: 0,
      put_file: { host, path, content, executable in
        guard let side = unsafe HostSide.of(host) else { return LYC_INVALID }
        return side.asking("submission.put_file") { () throws(Refusal) in
          try unsafe side.putFile(path, content, executable)
        }
      },
      read_file: { host, path, limit, content in
        guard let side = unsafe HostSide.of(host), let content = unsafe content else { return LYC_INVALID }
        unsafe content.pointee = lyc_bytes()
        return side.asking("submission.read_file") { () throws(Refusal) in
          try unsafe side.readFile(path, limit, into: content)
        }
      }))

  private static func constant<T>(_ value: T) -> UnsafePointer<T> {
    let pointer = UnsafeMutablePointer<T>.allocate(capacity: 1)
    unsafe pointer.initialize(to: value)
    return unsafe UnsafePointer(pointer)
  }
}

extension HostSide {
  /// Runs a service's body on the run thread; a refusal becomes its status, with a line in the log.
  fileprivate func asking(_ function: String, _ body: () throws(Refusal) -> Void) -> lyc_status {
    guard isRunThread(function) else { return LYC_DENIED }
    do throws(Refusal) {
      try body()
      return LYC_OK
    } catch {
      if !error.words.isEmpty { channel.log(level: 0, Array("\(function): \(error.words)".utf8)) }
      return error.status == FrameStatus.violation ? LYC_INVALID : error.status
    }
  }

  fileprivate func runBox(
    _ command: lyc_box_command, into result: UnsafeMutablePointer<lyc_box_result>
  ) throws(Refusal) {
    guard Int(unsafe command.struct_size) >= SizesInABI1.boxCommand,
      Int(unsafe result.pointee.struct_size) >= SizesInABI1.boxResult
    else { throw Refusal(FrameStatus.invalid, "struct_size is smaller than in ABI 1.0") }
    let message = unsafe BoxCommandMessage(
      box: command.box, script: try text(command.script, "script", limit: 4 << 20),
      submissionScript: try text(command.submission_script, "submission_script", limit: 4 << 20),
      environment: try text(command.environment, "environment", limit: 1 << 20),
      milliseconds: command.milliseconds)
    let reply = try ask(.runBox, message, for: BoxResultMessage.self)
    unsafe result.pointee.flags = reply.flags
    unsafe result.pointee.exit_code = reply.exitCode
    unsafe result.pointee.term_signal = reply.termSignal
    unsafe result.pointee.output = arena.view(reply.output)
    unsafe result.pointee.result = arena.view(reply.result)
  }

  fileprivate func putFile(_ path: lyc_bytes, _ content: lyc_bytes, _ executable: Int32) throws(Refusal) {
    guard unsafe content.size <= ReadFileMessage.fileLimit else {
      throw Refusal(FrameStatus.limit, "the file is larger than 64 MiB")
    }
    let message = PutFileMessage(
      path: try unsafe bytes(path, "path", limit: DecisionMessage.pathLimit),
      content: try unsafe bytes(content, "content", limit: ReadFileMessage.fileLimit),
      isExecutable: executable != 0)
    _ = try ask(.putFile, message, for: NoFields.self)
  }

  fileprivate func readFile(
    _ path: lyc_bytes, _ limit: UInt64, into content: UnsafeMutablePointer<lyc_bytes>
  ) throws(Refusal) {
    let message = ReadFileMessage(
      path: try unsafe bytes(path, "path", limit: DecisionMessage.pathLimit), limit: limit)
    unsafe content.pointee = arena.view(try ask(.readFile, message, for: FileContentMessage.self).content)
  }

  private func ask<Result: Message>(
    _ kind: FrameKind, _ message: some Message, for type: Result.Type
  ) throws(Refusal) -> Result {
    switch channel.ask(kind, message, for: type) {
    case .some(.done(let result)): return result
    case .some(.failed(let status, let words)): throw Refusal(status, words)
    case nil: throw Refusal(FrameStatus.denied, "no call of the host's is open")
    }
  }
}
