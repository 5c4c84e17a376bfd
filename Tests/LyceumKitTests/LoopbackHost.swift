// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CLyceum
import Glibc
import LyceumKit

/// A host in the test's own process: every call crosses the C tables as it would in the runner.
final class LoopbackHost {
  var log: [String] = []
  var error = ""
  var isCancelled = false
  var offersServices = true
  var random = SystemState(7)
  /// Answers commands for boxes.
  var box: (BoxCommand) -> (status: lyc_status, result: BoxResult) = { _ in (LYC_FAILED, BoxResult()) }
  var commands: [BoxCommand] = []
  var files: [String: [UInt8]] = [:]
  /// Keeps what the last calls pointed into.
  fileprivate var kept: [[UInt8]] = []

  let table: UnsafeMutablePointer<lyc_host>

  /// A linear congruential generator: another one than the real host's, and the same at every run.
  struct SystemState {
    var value: UInt64
    init(_ value: UInt64) { self.value = value }
    mutating func next() -> UInt64 {
      value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return value ^ (value >> 29)
    }
  }

  init() {
    table = .allocate(capacity: 1)
    table.initialize(
      to: lyc_host(
        struct_size: UInt32(MemoryLayout<lyc_host>.size), abi_version: 1 << 16, host_data: nil,
        name: lyc_str(),
        version: lyc_str(),
        get_extension: { host, id in
          guard let id, LoopbackHost.of(host).offersServices else { return nil }
          switch String(cString: id) {
          case LYC_HOST_RANDOM: return UnsafeRawPointer(randomTable)
          case LYC_HOST_TASK_BOX: return UnsafeRawPointer(boxTable)
          case LYC_HOST_SUBMISSION: return UnsafeRawPointer(submissionTable)
          default: return nil
          }
        },
        log: { LoopbackHost.of($0).log.append("\($1) \(text($2))") },
        set_error: { LoopbackHost.of($0).error = text($1) },
        is_cancelled: { LoopbackHost.of($0).isCancelled ? 1 : 0 }))
    table.pointee.host_data = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit { table.deallocate() }

  fileprivate static func of(_ host: UnsafePointer<lyc_host>?) -> LoopbackHost {
    Unmanaged<LoopbackHost>.fromOpaque(host!.pointee.host_data).takeUnretainedValue()
  }

  fileprivate func keep(_ bytes: [UInt8]) -> lyc_bytes {
    kept.append(bytes)
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(bytes.count, 1))
    copy.initialize(from: bytes, count: bytes.count)
    return lyc_bytes(data: copy, size: bytes.count)
  }
}

func text(_ view: lyc_str) -> String {
  String(decoding: UnsafeRawBufferPointer(start: view.data, count: view.size), as: UTF8.self)
}

func bytes(_ view: lyc_bytes) -> [UInt8] { Array(UnsafeRawBufferPointer(start: view.data, count: view.size)) }

/// A view that lives as long as the process; tests are short.
func view(_ text: String) -> lyc_str {
  let bytes = Array(text.utf8)
  let copy = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
  copy.copyMemory(from: bytes, byteCount: bytes.count)
  return lyc_str(data: copy.assumingMemoryBound(to: CChar.self), size: bytes.count)
}

private func constant<T>(_ value: T) -> UnsafePointer<T> {
  let pointer = UnsafeMutablePointer<T>.allocate(capacity: 1)
  pointer.initialize(to: value)
  return UnsafePointer(pointer)
}

nonisolated(unsafe) private let randomTable = constant(
  lyc_host_random(
    struct_size: UInt32(MemoryLayout<lyc_host_random>.size), reserved: 0,
    next: { LoopbackHost.of($0).random.next() }))

nonisolated(unsafe) private let boxTable = constant(
  lyc_host_task_box(
    struct_size: UInt32(MemoryLayout<lyc_host_task_box>.size), reserved: 0,
    run: { pointer, raw, out in
      let host = LoopbackHost.of(pointer)
      guard let raw = raw?.pointee, let out, let box = BoxCommand.Box(rawValue: raw.box) else {
        return LYC_INVALID
      }
      var command = BoxCommand(box, script: text(raw.script))
      command.submissionScript = text(raw.submission_script)
      for line in text(raw.environment).split(separator: "\n") {
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        command.environment[String(parts[0])] = String(parts[1])
      }
      host.commands.append(command)
      let (status, result) = host.box(command)
      out.pointee.flags =
        (result.timedOut ? LYC_BOX_TIMED_OUT : 0) | (result.exitCode == nil ? 0 : LYC_BOX_EXITED)
        | (result.resultTooLong ? LYC_BOX_RESULT_TOO_LONG : 0)
      out.pointee.exit_code = result.exitCode ?? 0
      out.pointee.term_signal = result.signal ?? 0
      out.pointee.output = host.keep(result.output)
      out.pointee.result = host.keep(result.result)
      return status
    }))

nonisolated(unsafe) private let submissionTable = constant(
  lyc_host_submission(
    struct_size: UInt32(MemoryLayout<lyc_host_submission>.size), reserved: 0,
    put_file: { host, path, content, _ in
      let path = String(decoding: bytes(path), as: UTF8.self)
      if path.hasPrefix("/") { return LYC_INVALID }
      LoopbackHost.of(host).files[path] = bytes(content)
      return LYC_OK
    },
    read_file: { host, path, limit, content in
      guard let found = LoopbackHost.of(host).files[String(decoding: bytes(path), as: UTF8.self)] else {
        return LYC_NOT_FOUND
      }
      if found.count > limit { return LYC_LIMIT }
      content?.pointee = LoopbackHost.of(host).keep(found)
      return LYC_OK
    }))
