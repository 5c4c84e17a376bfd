// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// The bytes behind base64 text (RFC 4648 §4, padded, without line feeds); nil for anything else.
func decodeBase64(_ text: String) -> [UInt8]? {
  var characters = Array(text.utf8)
  guard characters.count % 4 == 0 else { return nil }
  var padding = 0
  while padding < 2, characters.last == UInt8(ascii: "=") {
    characters.removeLast()
    padding += 1
  }
  var out: [UInt8] = []
  out.reserveCapacity(characters.count * 3 / 4)
  var word: UInt32 = 0
  var bits = 0
  for character in characters {
    let value: UInt8
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character + 4
    case UInt8(ascii: "+"): value = 62
    case UInt8(ascii: "/"): value = 63
    default: return nil
    }
    word = word << 6 | UInt32(value)
    bits += 6
    if bits >= 8 {
      bits -= 8
      out.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
      word &= (1 << UInt32(bits)) - 1
    }
  }
  return word == 0 ? out : nil
}
