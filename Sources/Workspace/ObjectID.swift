// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
internal import LyceumCore

/// The SHA-1 name of a git object.
public struct ObjectID: Hashable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// From 20 bytes; nil for any other count.
  init?(raw: some Collection<UInt8>) {
    guard raw.count == 20 else { return nil }
    var (high, middle, low) = (UInt64(0), UInt64(0), UInt32(0))
    for (i, byte) in raw.enumerated() {
      if i < 8 {
        high = high << 8 | UInt64(byte)
      } else if i < 16 {
        middle = middle << 8 | UInt64(byte)
      } else {
        low = low << 8 | UInt32(byte)
      }
    }
    self.high = high
    self.middle = middle
    self.low = low
  }

  init(_ oid: git_oid) {
    (high, middle, low) = unsafe withUnsafeBytes(of: oid.id) { bytes in
      unsafe (
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
      )
    }
  }

  /// From 40 hexadecimal digits; nil for anything else.
  public init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard digits.count == 40 else { return nil }
    var raw = Bytes()
    for i in stride(from: 0, to: 40, by: 2) {
      guard let high = Character(Unicode.Scalar(digits[i])).hexDigitValue,
        let low = Character(Unicode.Scalar(digits[i + 1])).hexDigitValue
      else { return nil }
      raw.append(UInt8(high << 4 | low))
    }
    self.init(raw: raw)
  }

  /// As libgit2 wants it.
  var oid: git_oid {
    var oid = git_oid()
    let words = (high.bigEndian, middle.bigEndian, low.bigEndian)
    unsafe withUnsafeMutableBytes(of: &oid.id) { bytes in
      unsafe bytes.storeBytes(of: words.0, toByteOffset: 0, as: UInt64.self)
      unsafe bytes.storeBytes(of: words.1, toByteOffset: 8, as: UInt64.self)
      unsafe bytes.storeBytes(of: words.2, toByteOffset: 16, as: UInt32.self)
    }
    return oid
  }

  /// Appends the 20 bytes, most significant first.
  func append(to bytes: inout Bytes) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: high >> shift))
    }
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: middle >> shift))
    }
    for shift in stride(from: 24, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: low >> shift))
    }
  }

  /// 40 lower-case hexadecimal digits.
  public var hex: String {
    var raw = Bytes()
    append(to: &raw)
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: raw.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  public var description: String { hex }
}

/// The content of a workspace at one moment: equal content has an equal name, on any machine.
public struct TreeID: Hashable, Sendable, CustomStringConvertible {
  public let object: ObjectID

  init(_ object: ObjectID) { self.object = object }

  /// From 40 hexadecimal digits; nil for anything else.
  public init?(hex: some StringProtocol) {
    guard let object = ObjectID(hex: hex) else { return nil }
    self.object = object
  }

  /// 40 lower-case hexadecimal digits.
  public var hex: String { object.hex }
  public var description: String { hex }
}

/// One step of a trial's history: a tree, its parent and a message.
public struct CommitID: Hashable, Sendable, CustomStringConvertible {
  public let object: ObjectID

  init(_ object: ObjectID) { self.object = object }

  /// From 40 hexadecimal digits; nil for anything else.
  public init?(hex: some StringProtocol) {
    guard let object = ObjectID(hex: hex) else { return nil }
    self.object = object
  }

  /// 40 lower-case hexadecimal digits.
  public var hex: String { object.hex }
  public var description: String { hex }
}
