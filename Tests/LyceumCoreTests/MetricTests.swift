// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Testing

@Suite struct MetricTests {
  private let higher = MetricSpec(
    name: "m", direction: .higher, primary: true, lowest: 0, highest: 1, baseline: 0.5)
  private let lower = MetricSpec(name: "m", direction: .lower, primary: true, baseline: 10)

  @Test func betterIsStrictAndFollowsTheDirection() {
    #expect(higher.isBetter(2, than: 1) && !higher.isBetter(1, than: 2) && !higher.isBetter(1, than: 1))
    #expect(lower.isBetter(1, than: 2) && !lower.isBetter(2, than: 1) && !lower.isBetter(1, than: 1))
    #expect(!higher.isBetter(0, than: -0.0) && !higher.isBetter(-0.0, than: 0))
  }

  @Test func nothingComparesWithNaN() {
    for metric in [higher, lower] {
      for value in [1, Double.infinity, -.infinity, .nan] {
        #expect(!metric.isBetter(.nan, than: value))
        #expect(!metric.isBetter(value, than: .nan))
      }
    }
  }

  @Test func onlyFiniteValuesOfTheRangeAreAccepted() {
    #expect(higher.accepts(0) && higher.accepts(1) && higher.accepts(-0.0))
    #expect(!higher.accepts(-1e-300) && !higher.accepts(1.0000000000000002))
    for value in [Double.nan, .infinity, -.infinity] {
      #expect(!higher.accepts(value) && !lower.accepts(value))
    }
    #expect(lower.accepts(-1e308))
  }

  @Test func improvementIsPositiveWhenBetter() {
    #expect(higher.improvement(of: 0.75) == 0.25)
    #expect(lower.improvement(of: 12) == -2)
    #expect(MetricSpec(name: "m", direction: .lower, primary: true).improvement(of: 1) == nil)
  }

  @Test func infrastructureIsTriedAgain() {
    #expect(Cause.allCases.filter(\.isInfrastructure) == [.sandbox, .model, .host])
  }
}
