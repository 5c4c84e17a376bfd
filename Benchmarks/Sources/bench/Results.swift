// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import Reporting

/// The table that a benchmark run prints.
struct Results {
  private var table = TextTable([
    ("what", .left), ("measured", .right), ("", .left), ("floor", .right), ("of", .left), ("ratio", .right),
    ("budget", .right), ("reached", .left),
  ])

  mutating func add(
    _ what: String, _ value: Double, _ unit: String, floor: Double, _ of: String, budget: Double
  ) {
    let digits = { (v: Double) in String(format: abs(v) < 10 ? "%.3f" : "%.1f", v) }
    table.add([
      what, digits(value), unit, floor > 0 ? digits(floor) : "–", of, floor > 0 ? digits(value / floor) : "–",
      digits(budget), value <= budget ? "yes" : "NO",
    ])
  }

  mutating func fail(_ what: String, _ why: String) { table.add([what, "–", "", "–", why, "–", "–", "NO"]) }

  func print() { Swift.print(table.text, terminator: "") }
}
