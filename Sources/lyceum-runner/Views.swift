// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CLyceum
import Frames
import Glibc

/// Copies what a plugin's view shows. `field` names it when it breaks the rules or is longer than `limit`.
func bytes(_ view: lyc_bytes, _ field: String, limit: Int) throws(Refusal) -> [UInt8] {
  let size = unsafe view.size
  guard size > 0 else { return [] }
  guard size <= limit else { throw .violation("\(field) has \(size) bytes; at most \(limit) are allowed") }
  guard let data = unsafe view.data else { throw .violation("\(field) is NULL with size \(size)") }
  return unsafe Array(UnsafeBufferPointer(start: data, count: Int(size)))
}

func bytes(_ view: lyc_str, _ field: String, limit: Int) throws(Refusal) -> [UInt8] {
  let raw = unsafe UnsafeRawPointer(view.data)?.assumingMemoryBound(to: UInt8.self)
  return try unsafe bytes(lyc_bytes(data: raw, size: view.size), field, limit: limit)
}

func text(_ view: lyc_str, _ field: String, limit: Int) throws(Refusal) -> String {
  guard let text = String(validating: try unsafe bytes(view, field, limit: limit), as: UTF8.self) else {
    throw .violation("\(field) is not UTF-8")
  }
  return text
}

/// Memory that a plugin sees: the host's arguments and results. All of it goes when the call is over.
@safe final class Arena {
  private var blocks: [UnsafeMutableRawPointer] = unsafe []

  func view(_ bytes: [UInt8]) -> lyc_bytes {
    guard !bytes.isEmpty else { return unsafe lyc_bytes() }
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 1)
    unsafe UnsafeMutableRawBufferPointer(start: block, count: bytes.count).copyBytes(from: bytes)
    unsafe blocks.append(block)
    return unsafe lyc_bytes(data: block.assumingMemoryBound(to: UInt8.self), size: bytes.count)
  }

  func view(_ text: String) -> lyc_str {
    let view = unsafe view(Array(text.utf8))
    return unsafe lyc_str(
      data: UnsafeRawPointer(view.data)?.assumingMemoryBound(to: CChar.self), size: view.size)
  }

  func clear() {
    unsafe blocks.forEach { unsafe $0.deallocate() }
    unsafe blocks.removeAll(keepingCapacity: true)
  }
}
