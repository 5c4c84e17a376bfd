// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// Bytes that an agent, a plugin or a model controls: never assumed to be text.
public typealias Bytes = [UInt8]

extension String {
  /// `bytes` as text for a person: UTF-8 repaired, control, bidirectional and invisible characters escaped as
  /// `\u{…}`, so that nothing an agent writes can move a terminal's cursor or hide in a log.
  /// Line feeds and tabs are kept.
  public init(escaping bytes: some Sequence<UInt8>) {
    var out = ""
    for scalar in String(decoding: Array(bytes), as: UTF8.self).unicodeScalars {
      if scalar == "\n" || scalar == "\t" || !scalar.isHazard {
        out.unicodeScalars.append(scalar)
      } else {
        out += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    self = out
  }

  /// As ``init(escaping:)``, on one line and at most `limit` characters, for error messages and tables.
  public init(line bytes: some Sequence<UInt8>, limit: Int = 200) {
    let text = String(escaping: bytes.prefix(limit * 4)).split(whereSeparator: \.isNewline).joined(
      separator: " ")
    self = text.count > limit ? text.prefix(limit) + "…" : text
  }
}

extension Unicode.Scalar {
  fileprivate var isHazard: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
