// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Testing

@testable import Trials

@Suite struct HeadAndTailTests {
  @Test func whatFitsIsKept() {
    let (kept, elided) = headAndTail([1, 2, 3], limit: 3)
    #expect(kept == [1, 2, 3] && elided == 0)
    #expect(headAndTail([], limit: 0).0.isEmpty)
  }

  @Test func theMiddleIsMissing() {
    let bytes = Bytes(0..<100)
    let (kept, elided) = headAndTail(bytes, limit: 5)
    #expect(kept == [0, 1, 97, 98, 99] && elided == 95)
    let (one, rest) = headAndTail(bytes, limit: 1)
    #expect(one == [99] && rest == 99)
    let (none, all) = headAndTail(bytes, limit: 0)
    #expect(none.isEmpty && all == 100)
  }
}
