// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumKit

/// What earlier actions cost, to stop while there is time left for the last run and the submission.
struct Budget {
  /// Actions of one try: run and validate. The end needs as many: run and submit.
  private static let actions = 2

  var stepMilliseconds: UInt64 = 0
  private var left: UInt64 = 0
  private var stepsLeft = 0
  /// Of the runs that succeeded: the best is one of these.
  private var slowestRun: UInt64 = 0
  private var slowestTry: UInt64 = 0
  private var slowestGrade: UInt64 = 0

  /// Takes the clock of an observation; returns what the last action took.
  mutating func read(_ observation: Observation) -> UInt64 {
    let spent = left > observation.millisecondsLeft ? left - observation.millisecondsLeft : 0
    left = observation.millisecondsLeft
    stepsLeft = observation.stepsLeft
    return spent
  }

  mutating func ran(_ milliseconds: UInt64, succeeded: Bool) {
    if succeeded { slowestRun = max(slowestRun, milliseconds) }
    slowestTry = max(slowestTry, milliseconds)
  }

  mutating func graded(_ milliseconds: UInt64) { slowestGrade = max(slowestGrade, milliseconds) }

  /// A run with the best parameters again, and the submission, with some reserve.
  private var end: UInt64 { slowestRun * 3 / 2 + slowestGrade * 3 / 2 + 1000 }

  /// Words when there is no room for another try; nil when there is. A try may take
  /// twice the slowest so far.
  var refusal: String? {
    if stepsLeft < Budget.actions * 2 { return "There are no steps left for another try" }
    let run = min(max(slowestRun * 2, slowestTry), max(stepMilliseconds, slowestTry))
    if left < run + slowestGrade * 3 / 2 + end { return "There is no time left for another try" }
    return nil
  }

  var canValidate: Bool { stepsLeft >= 2 && left > slowestGrade * 3 / 2 + 1000 }
  var canRestore: Bool { stepsLeft >= 2 && left > slowestRun * 5 / 4 + slowestGrade }
}
