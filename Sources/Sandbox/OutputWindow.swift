// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import LyceumCore

/// The beginning and the end of a stream of unknown length, in memory that does not grow past twice the limit.
struct OutputWindow {
  private let headLimit: Int
  private let tailLimit: Int
  private var head: Bytes = []
  private var tail: Bytes = []
  private var total: UInt64 = 0

  init(limit: Int) {
    headLimit = limit - limit / 2
    tailLimit = limit / 2
  }

  mutating func append(_ bytes: Bytes) {
    total += UInt64(bytes.count)
    let forHead = min(headLimit - head.count, bytes.count)
    head += bytes[..<forHead]
    let rest = bytes[forHead...].suffix(tailLimit)
    tail += rest
    if tail.count > 2 * tailLimit + 65536 { tail.removeFirst(tail.count - tailLimit) }
  }

  /// What is kept, and how many bytes are missing between head and tail.
  func finish() -> (output: Bytes, elided: UInt64) {
    let output = head + tail.suffix(tailLimit)
    return (output, total - UInt64(output.count))
  }
}
