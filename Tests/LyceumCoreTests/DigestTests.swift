// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import Testing

@Suite struct DigestTests {
  /// FIPS 180-4 and NIST's examples.
  static let known: [(String, String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test(arguments: known) func knownAnswers(text: String, hex: String) {
    #expect(Digest(of: Array(text.utf8)).hex == hex)
    // Without contiguous storage the same.
    #expect(Digest(of: Data(text.utf8).lazy.map { $0 }).hex == hex)
  }

  @Test func hexIsRead() throws {
    let digest = Digest(of: [1, 2, 3])
    #expect(Digest(hex: digest.hex) == digest)
    #expect(Digest(hex: digest.hex.uppercased()) == digest)
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(Digest(hex: String(digest.hex.dropLast())) == nil)
    #expect(Digest(hex: digest.hex + "0") == nil)
    #expect(Digest(hex: "g" + digest.hex.dropFirst()) == nil)
    #expect(Digest(bytes: [1]) == nil)
    #expect(try JSONDecoder().decode([Digest].self, from: JSONEncoder().encode([digest])) == [digest])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Digest].self, from: Data(#"["12"]"#.utf8))
    }
  }

  @Test func theFirstLinkOfAChainHasNoPrevious() {
    var row = CanonicalBytes()
    row.append("row")
    #expect(Digest(after: nil, row) == Digest(of: row.bytes))
    let previous = Digest(of: [9])
    #expect(Digest(after: previous, row) == Digest(of: previous.bytes + row.bytes))
  }
}
