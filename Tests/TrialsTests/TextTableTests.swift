// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Reporting
import Testing

@Suite struct TextTableTests {
  @Test func columnsAreAligned() {
    var table = TextTable([("name", .left), ("n", .right), ("note", .left)])
    table.add(["a", "1000", ""])
    table.add(["longer", "–", "é漢"])
    #expect(
      table.text == """
        name       n  note
        ──────  ────  ────
        a       1000
        longer     –  é漢

        """)
  }

  @Test func titlesAlone() {
    #expect(TextTable([("a", .left), ("bc", .right)]).text == "a  bc\n─  ──\n")
  }
}
