// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// Why bytes are not the message that they should be.
public enum FrameError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The payload ends inside this field.
  case truncated(String)
  /// Bytes follow the last field.
  case trailing(Int)
  /// This field is not UTF-8.
  case notText(String)
  /// This field has a value that the message does not allow.
  case badValue(String)
  case unknownKind(UInt32)
  /// The header announces more than the kind may have.
  case tooLong(kind: UInt32, length: Int)

  public var description: String {
    switch self {
    case .truncated(let field): "the frame ends inside `\(field)`"
    case .trailing(let count): "\(count) bytes follow the frame's last field"
    case .notText(let field): "`\(field)` is not UTF-8"
    case .badValue(let field): "`\(field)` has a value that is not allowed"
    case .unknownKind(let kind): "no frame has kind 0x\(String(kind, radix: 16))"
    case .tooLong(let kind, let length):
      "a frame of kind 0x\(String(kind, radix: 16)) announces \(length) bytes"
    }
  }
}

/// Writes fields one after another: integers little-endian, text after a u32 length, bytes after a u64
/// length.
public struct WireWriter: Sendable {
  public var bytes: [UInt8] = []

  public init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  public mutating func put(_ value: UInt32) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  public mutating func put(_ value: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  public mutating func put(_ value: Int32) { put(UInt32(bitPattern: value)) }

  public mutating func put(_ value: Double) { put(value.bitPattern) }

  public mutating func put(_ text: String) {
    let utf8 = text.utf8
    put(UInt32(truncatingIfNeeded: utf8.count))
    bytes += utf8
  }

  public mutating func put(_ content: [UInt8]) {
    put(UInt64(content.count))
    bytes += content
  }
}

/// Reads what ``WireWriter`` wrote and nothing else.
public struct WireReader: Sendable {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  public mutating func u32(_ field: String) throws(FrameError) -> UInt32 {
    UInt32(truncatingIfNeeded: try word(4, field))
  }

  public mutating func u64(_ field: String) throws(FrameError) -> UInt64 { try word(8, field) }

  public mutating func i32(_ field: String) throws(FrameError) -> Int32 { Int32(bitPattern: try u32(field)) }

  public mutating func f64(_ field: String) throws(FrameError) -> Double {
    Double(bitPattern: try u64(field))
  }

  public mutating func text(_ field: String) throws(FrameError) -> String {
    let part = try take(UInt64(try u32(field)), field)
    guard let text = String(validating: part, as: UTF8.self) else { throw .notText(field) }
    return text
  }

  public mutating func bytes(_ field: String) throws(FrameError) -> [UInt8] {
    Array(try take(try u64(field), field))
  }

  /// To be called after the last field.
  public func finish() throws(FrameError) {
    guard position == bytes.endIndex else { throw .trailing(bytes.endIndex - position) }
  }

  private mutating func word(_ size: Int, _ field: String) throws(FrameError) -> UInt64 {
    guard bytes.endIndex - position >= size else { throw .truncated(field) }
    var value: UInt64 = 0
    for i in 0..<size { value |= UInt64(bytes[position + i]) << UInt64(8 * i) }
    position += size
    return value
  }

  private mutating func take(_ count: UInt64, _ field: String) throws(FrameError) -> ArraySlice<UInt8> {
    guard count <= UInt64(bytes.endIndex - position) else { throw .truncated(field) }
    defer { position += Int(count) }
    return bytes[position..<position + Int(count)]
  }
}
