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

  /// `floor` is what cannot be avoided, `of` what that is; without a budget the row is for information.
  mutating func add(
    _ what: String, _ value: Double, _ unit: String, floor: Double? = nil, _ of: String = "",
    budget: Double? = nil
  ) {
    table.add([
      what, text(value), unit, text(floor), of, text(floor.map { value / $0 }), text(budget),
      budget.map { value <= $0 ? "yes" : "NO" } ?? "–",
    ])
  }

  /// A cost that could not be measured.
  mutating func fail(_ what: String, _ why: String) { table.add([what, "–", "", "–", why, "–", "–", "NO"]) }

  func print() { Swift.print(table.text, terminator: "") }

  private func text(_ value: Double?) -> String {
    value.map { String(format: abs($0) < 10 ? "%.3f" : "%.1f", $0) } ?? "–"
  }
}
