// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CCrypto

/// A SHA-256 digest (FIPS 180-4), 32 bytes.
public struct Digest: Sendable, Hashable, Codable, CustomStringConvertible {
  public let bytes: Bytes

  /// The digest of `data`.
  public init(of data: some Collection<UInt8>) {
    var out = Bytes(repeating: 0, count: 32)
    let done: Void? = data.withContiguousStorageIfAvailable { buffer in
      unsafe _ = SHA256(buffer.baseAddress, buffer.count, &out)
    }
    if done == nil {
      let copy = Bytes(data)
      unsafe _ = SHA256(copy, copy.count, &out)
    }
    bytes = out
  }

  /// `sha256` has 32 bytes.
  init(sha256: Bytes) { bytes = sha256 }

  /// A digest that was computed elsewhere; nil unless `bytes` has 32 of them.
  public init?(bytes: Bytes) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// A digest from 64 hexadecimal digits; nil for anything else.
  public init?(hex: String) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    var out = Bytes()
    for i in stride(from: 0, to: 64, by: 2) {
      guard let high = Character(Unicode.Scalar(digits[i])).hexDigitValue,
        let low = Character(Unicode.Scalar(digits[i + 1])).hexDigitValue
      else { return nil }
      out.append(UInt8(high << 4 | low))
    }
    bytes = out
  }

  /// 64 lower-case hexadecimal digits.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  public var description: String { hex }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let digest = Digest(hex: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a digest has 64 hexadecimal digits")
    }
    self = digest
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}
