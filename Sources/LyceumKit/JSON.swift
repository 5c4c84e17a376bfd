// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// A JSON value (RFC 8259). Members keep their order, whole numbers stay whole.
///
/// For plugins, which should start fast: it needs no Foundation, and its parser trusts nobody.
public enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  /// Always finite when parsed.
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])

  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: JSON

    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// The member `name` of an object; nil when there is none or this is no object.
  public subscript(_ name: String) -> JSON? {
    get { members?.first { $0.name == name }?.value }
    set {
      guard var all = members, let newValue else { return }
      if let index = all.firstIndex(where: { $0.name == name }) {
        all[index].value = newValue
      } else {
        all.append(Member(name, newValue))
      }
      self = .object(all)
    }
  }

  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  public var members: [Member]? { if case .object(let value) = self { value } else { nil } }

  /// The value of a number, whole or not.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// JSON text. With `indented`, every member of the two outermost levels has a line of its own.
  /// A number that is not finite is written as null.
  public func text(indented: Bool = false) -> String {
    var out = ""
    write(into: &out, level: indented ? 0 : 2)
    return out
  }

  private func write(into out: inout String, level: Int) {
    let open = level < 2 ? "\n" + String(repeating: "  ", count: level + 1) : ""
    let close = level < 2 ? "\n" + String(repeating: "  ", count: level) : ""
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += "\(value)"
    case .number(let value): out += value.isFinite ? "\(value)" : "null"
    case .string(let value): JSON.quote(value, into: &out)
    case .array(let values):
      out += "["
      for (index, value) in values.enumerated() {
        if index > 0 { out += ", " }
        value.write(into: &out, level: 2)
      }
      out += "]"
    case .object(let members):
      if members.isEmpty { return out += "{}" }
      out += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { out += level < 2 ? "," : ", " }
        out += open
        JSON.quote(member.name, into: &out)
        out += ": "
        member.value.write(into: &out, level: level + 1)
      }
      out += close + "}"
    }
  }

  private static func quote(_ text: String, into out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
