// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CLyceum

func copy(_ view: lyc_str) -> String { unsafe String(decoding: bytes(view.data, view.size), as: UTF8.self) }

func copy(_ view: lyc_bytes) -> [UInt8] { unsafe Array(bytes(view.data, view.size)) }

private func bytes<T>(_ data: UnsafePointer<T>?, _ size: Int) -> UnsafeRawBufferPointer {
  unsafe UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : size)
}

/// `body` with a view that is valid while it runs.
func withView<R>(of text: String, _ body: (lyc_str) -> R) -> R {
  var text = text
  return text.withUTF8 { utf8 in
    unsafe utf8.withMemoryRebound(to: CChar.self) {
      unsafe body(lyc_str(data: $0.baseAddress, size: $0.count))
    }
  }
}

func withView<R>(of bytes: [UInt8], _ body: (lyc_bytes) -> R) -> R {
  unsafe bytes.withUnsafeBufferPointer { unsafe body(lyc_bytes(data: $0.baseAddress, size: $0.count)) }
}

/// Memory that an instance's results point into: valid until ``clear()``, which the next call on the
/// instance does.
@safe final class Results {
  private var buffers = unsafe [UnsafeMutableRawPointer]()

  func clear() {
    unsafe buffers.forEach { unsafe $0.deallocate() }
    unsafe buffers.removeAll(keepingCapacity: true)
  }

  deinit { clear() }

  func view(_ content: [UInt8]) -> lyc_bytes {
    guard !content.isEmpty else { return unsafe lyc_bytes() }
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: content.count, alignment: 16)
    unsafe buffer.copyMemory(from: content, byteCount: content.count)
    unsafe buffers.append(buffer)
    return unsafe lyc_bytes(
      data: UnsafePointer(buffer.assumingMemoryBound(to: UInt8.self)), size: content.count)
  }

  func view(_ text: String) -> lyc_str {
    let view: lyc_bytes = unsafe view(Array(text.utf8))
    return unsafe lyc_str(
      data: view.data.map { unsafe UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) }, size: view.size
    )
  }

  func view(_ metrics: [lyc_metric_value]) -> UnsafePointer<lyc_metric_value>? {
    guard unsafe !metrics.isEmpty else { return nil }
    let buffer = unsafe UnsafeMutablePointer<lyc_metric_value>.allocate(capacity: metrics.count)
    unsafe buffer.initialize(from: metrics, count: metrics.count)
    unsafe buffers.append(UnsafeMutableRawPointer(buffer))
    return unsafe UnsafePointer(buffer)
  }
}
