// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// The one way in which a row is turned into bytes before it is hashed.
///
/// Each field is a one-byte kind, then its content: integers and bit patterns as eight little-endian bytes, byte
/// strings and text as their length and content, nil as the kind alone. Fields carry no names; their order is the
/// row's. The encoding is injective, so two different rows never give the same bytes.
public struct CanonicalBytes: Sendable {
  public private(set) var bytes: Bytes = []

  public init() {}

  public mutating func append(_ value: Int64?) {
    guard let value else { return bytes.append(0) }
    bytes.append(1)
    appendWord(UInt64(bitPattern: value))
  }

  /// The bit pattern is hashed: -0 and 0 differ, and so do two NaN.
  public mutating func append(_ value: Double?) {
    guard let value else { return bytes.append(0) }
    bytes.append(2)
    appendWord(value.bitPattern)
  }

  public mutating func append(_ value: Bytes?) {
    guard let value else { return bytes.append(0) }
    bytes.append(3)
    appendWord(UInt64(value.count))
    bytes += value
  }

  public mutating func append(_ value: String?) {
    guard let value else { return bytes.append(0) }
    let utf8 = Array(value.utf8)
    bytes.append(4)
    appendWord(UInt64(utf8.count))
    bytes += utf8
  }

  /// Text that is at hand as UTF-8: the same bytes as appending the string.
  public mutating func append(utf8 value: Bytes) {
    bytes.append(4)
    appendWord(UInt64(value.count))
    bytes += value
  }

  private mutating func appendWord(_ word: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
    }
  }
}

extension Digest {
  /// The next link of a hash chain: SHA-256(previous ‖ canonical bytes). The first link has no previous.
  public init(after previous: Digest?, _ row: CanonicalBytes) {
    self.init(of: (previous?.bytes ?? []) + row.bytes)
  }
}
