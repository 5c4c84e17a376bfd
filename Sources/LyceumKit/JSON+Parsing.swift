// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

extension JSON {
  /// Parses exactly one value. Refused, with the byte where it went wrong: anything after it, names that an
  /// object has twice, numbers beyond a double's range, text that is not UTF-8, lone surrogates, more than
  /// 64 levels.
  public init(parsing bytes: [UInt8]) throws(PluginError) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }

  public init(parsing text: String) throws(PluginError) { try self.init(parsing: Array(text.utf8)) }
}

private struct JSONParser {
  let bytes: [UInt8]
  var at = 0

  mutating func document() throws(PluginError) -> JSON {
    skipSpace()
    let value = try value(depth: 0)
    skipSpace()
    if at < bytes.count { throw error("there is something after the value") }
    return value
  }

  private func error(_ what: String) -> PluginError {
    PluginError("byte \(at + 1): \(what)", status: .invalid)
  }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func value(depth: Int) throws(PluginError) -> JSON {
    if depth > 64 { throw error("more than 64 levels") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw error("a value is missing")
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(PluginError) -> JSON {
    guard bytes[at...].starts(with: word.utf8) else { throw error("no JSON value begins like this") }
    at += word.utf8.count
    return value
  }

  private mutating func object(depth: Int) throws(PluginError) -> JSON {
    at += 1
    var members: [JSON.Member] = []
    var names: Set<String> = []
    skipSpace()
    if take("}") { return .object([]) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("a name in double quotes is missing") }
      let name = try string()
      if !names.insert(name).inserted { throw error("the name \"\(name.prefix(64))\" is there twice") }
      skipSpace()
      guard take(":") else { throw error("':' is missing") }
      skipSpace()
      members.append(JSON.Member(name, try value(depth: depth + 1)))
      skipSpace()
    } while take(",")
    guard take("}") else { throw error("',' or '}' is missing") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(PluginError) -> JSON {
    at += 1
    var values: [JSON] = []
    skipSpace()
    if take("]") { return .array([]) }
    repeat {
      skipSpace()
      values.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw error("',' or ']' is missing") }
    return .array(values)
  }

  private mutating func digits() throws(PluginError) {
    let start = at
    while let byte = next, 0x30...0x39 ~= byte { at += 1 }
    if at == start { throw error(next == nil ? "a digit is missing" : "a digit belongs here") }
  }

  private mutating func number() throws(PluginError) -> JSON {
    let start = at
    var whole = true
    _ = take("-")
    guard let first = next, 0x30...0x39 ~= first else { throw error("no JSON value begins like this") }
    if !take("0") { try digits() }
    if take(".") {
      whole = false
      try digits()
    }
    if take("e") || take("E") {
      whole = false
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if whole, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw error("the number is beyond a double's range")
    }
    return .number(value)
  }

  private mutating func string() throws(PluginError) -> String {
    at += 1
    var out: [UInt8] = []
    while true {
      guard let byte = next else { throw error("a string does not end") }
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: out, as: UTF8.self) else { throw error("a string is not UTF-8") }
        return text
      case UInt8(ascii: "\\"): out += String(try escape()).utf8
      case 0..<0x20: throw error("a control character in a string")
      default: out.append(byte)
      }
    }
  }

  private mutating func escape() throws(PluginError) -> Unicode.Scalar {
    guard let byte = next else { throw error("a string does not end") }
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var value = try hex()
      if 0xD800..<0xDC00 ~= value, take("\\"), take("u") {
        let low = try hex()
        guard 0xDC00..<0xE000 ~= low else { throw error("half of a surrogate pair") }
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else { throw error("half of a surrogate pair") }
      return scalar
    default: throw error("no escape begins like this")
    }
  }

  private mutating func hex() throws(PluginError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue
      else { throw error("four hexadecimal digits belong here") }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}
