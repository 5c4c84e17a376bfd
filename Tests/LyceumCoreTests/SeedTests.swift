// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import Testing

/// These numbers are in every store: they must never change.
@Suite struct SeedTests {
  @Test func derivedSeedsArePinned() {
    #expect(Seed(1).derive().value == 16_254_225_818_235_762_758)
    #expect(Seed(1).derive("task", "tiny", "trial", "1").value == 5_183_085_765_780_969_181)
    #expect(Seed(0).derive("grade", "test").value == 8_442_084_240_477_813_914)
    #expect(Seed(.max).derive("a").value == 3_071_413_069_858_945_312)
  }

  @Test func pathsDoNotRunTogether() {
    let seed = Seed(7)
    let seeds = [
      seed.derive("ab"), seed.derive("a", "b"), seed.derive("", "ab"), seed.derive("a").derive("b"),
      seed.derive(),
      Seed(8).derive("ab"),
    ]
    #expect(Set(seeds).count == seeds.count)
  }

  @Test func theGeneratorIsSplitMix64() {
    var zero = SeededGenerator(Seed(0))
    #expect(
      (0..<3).map { _ in zero.next() } == [
        0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f,
      ])
    var other = SeededGenerator(Seed(1_234_567))
    #expect((0..<2).map { _ in other.next() } == [0x599e_d017_fb08_fc85, 0x2c73_f084_5854_0fa5])
  }

  @Test func aSeedIsANumberInJSON() throws {
    let seed = Seed(.max - 1)
    let data = try JSONEncoder().encode([seed])
    #expect(String(decoding: data, as: UTF8.self) == "[18446744073709551614]")
    #expect(try JSONDecoder().decode([Seed].self, from: data) == [seed])
  }
}
