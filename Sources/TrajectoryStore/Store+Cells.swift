// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import LyceumCore

/// How far a cell of a run has come.
public enum CellState: Sendable, Hashable {
  /// A trial has ended for good: with a score, or without one for a reason that trying again would not change.
  case finished(trial: String, score: Double?, cause: Cause?)
  /// The last try ended for a reason outside of agent, task and grader, or has no end (`cause` is nil): its worker
  /// died, unless it is still at work.
  case retriable(trial: String, attempt: Int, cause: Cause?)
  /// No trial has begun.
  case missing
}

extension Store {
  /// The state of each cell of `run` that has a trial, and of each planned one.
  public func cells(
    run: String, planned: some Sequence<Cell> = [Cell]()
  ) throws(StoreError) -> [Cell: CellState] {
    var states: [Cell: CellState] = [:]
    for cell in planned { states[cell] = .missing }
    // By attempt within a cell: the last one counts, unless an earlier one finished.
    for trial in try trials(run: run) {
      let cell = trial.record.cell
      if case .finished = states[cell] { continue }
      states[cell] = trial.state
    }
    return states
  }
}

extension StoredTrial {
  var state: CellState {
    guard let ending else { return .retriable(trial: record.id, attempt: record.attempt, cause: nil) }
    let cause = ending.end.cause
    if ending.score == nil, let cause, cause.isInfrastructure {
      return .retriable(trial: record.id, attempt: record.attempt, cause: cause)
    }
    return .finished(trial: record.id, score: ending.score, cause: cause)
  }
}
