// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import GRDB
internal import LyceumCore

/// One value of a row. Text is kept as the bytes that are stored, so that no repair of broken UTF-8 and no NUL can
/// hide a change from the hash.
enum Field: Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(Bytes)
  case blob(Bytes)

  static func string(_ value: String?) -> Field { value.map { .text(Bytes($0.utf8)) } ?? .null }
  static func int(_ value: (some BinaryInteger)?) -> Field {
    value.map { .integer(Int64(clamping: $0)) } ?? .null
  }
  static func number(_ value: Double?) -> Field { value.map { .real($0) } ?? .null }

  /// As it is bound: text as bytes, which the statement casts back, since a NUL would end a bound string.
  var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let value): value.databaseValue
    case .real(let value): value.databaseValue
    case .text(let bytes), .blob(let bytes): Data(bytes).databaseValue
    }
  }

  init(_ value: DatabaseValue, as kind: Table.Column.Kind) throws(StoreError) {
    switch (value.storage, kind) {
    case (.null, _): self = .null
    case (.int64(let value), .integer): self = .integer(value)
    case (.double(let value), .real): self = .real(value)
    case (.blob(let data), .text): self = .text(Bytes(data))
    case (.blob(let data), .blob): self = .blob(Bytes(data))
    default: throw .damaged(path: "", detail: "a value has the wrong type")
    }
  }

  func append(to row: inout CanonicalBytes) {
    switch self {
    case .null: row.append(Int64?.none)
    case .integer(let value): row.append(value)
    case .real(let value): row.append(value)
    case .text(let bytes): row.append(utf8: bytes)
    case .blob(let bytes): row.append(bytes)
    }
  }
}

extension Digest {
  /// The link of a row: its word, then its fields in the order of the table.
  init(after previous: Digest?, _ word: String, _ fields: [Field]) {
    var row = CanonicalBytes()
    row.append(word)
    for field in fields { field.append(to: &row) }
    self.init(after: previous, row)
  }
}

/// Reads the fields of a row one after the other. What does not fit its place is damage.
struct FieldReader {
  private var fields: ArraySlice<Field>

  init(_ fields: [Field]) { self.fields = fields[...] }

  private func wrong(_ what: String) -> StoreError {
    .damaged(path: "", detail: "a row does not hold \(what) where it belongs")
  }

  mutating func optionalText() throws(StoreError) -> String? {
    switch fields.popFirst() {
    case .null: return nil
    case .text(let bytes): return String(decoding: bytes, as: UTF8.self)
    default: throw wrong("text")
    }
  }

  mutating func text() throws(StoreError) -> String {
    guard let text = try optionalText() else { throw wrong("text") }
    return text
  }

  mutating func optionalInteger() throws(StoreError) -> Int64? {
    switch fields.popFirst() {
    case .null: return nil
    case .integer(let value): return value
    default: throw wrong("an integer")
    }
  }

  mutating func integer<I: FixedWidthInteger>(_ type: I.Type = I.self) throws(StoreError) -> I {
    guard let value = try optionalInteger().flatMap(I.init(exactly:)) else { throw wrong("an integer") }
    return value
  }

  mutating func optionalReal() throws(StoreError) -> Double? {
    switch fields.popFirst() {
    case .null: return nil
    case .real(let value): return value
    default: throw wrong("a number")
    }
  }

  mutating func blob() throws(StoreError) -> Bytes {
    guard case .blob(let bytes) = fields.popFirst() else { throw wrong("bytes") }
    return bytes
  }

  mutating func digest() throws(StoreError) -> Digest {
    guard let digest = Digest(bytes: try blob()) else { throw wrong("a digest") }
    return digest
  }

  mutating func word<W: RawRepresentable>(_ type: W.Type = W.self) throws(StoreError) -> W
  where W.RawValue == String {
    guard let word = W(rawValue: try text()) else { throw wrong("a known word") }
    return word
  }

  mutating func optionalWord<W: RawRepresentable>(_ type: W.Type = W.self) throws(StoreError) -> W?
  where W.RawValue == String {
    guard let text = try optionalText() else { return nil }
    guard let word = W(rawValue: text) else { throw wrong("a known word") }
    return word
  }
}
