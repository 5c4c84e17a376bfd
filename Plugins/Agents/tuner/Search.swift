// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumKit

/// A search for good parameters in few, noisy tries: one coordinate at a time from the best point so far,
/// further while it helps, the other way when it does not, in smaller steps when neither does; every fourth
/// try jumps.
struct Search {
  let parameters: [Parameter]
  let higherIsBetter: Bool
  private(set) var best: [Double]
  private(set) var bestScore: Double?

  private var seen: Set<[JSON]> = []
  private var order: [Int]
  private var cursor = 0
  private var steps: [Double]
  private var directions: [Double]
  /// What is known of the current coordinate.
  private var trend = Trend.fresh
  private var tries = 0
  private var pending: Move?

  private enum Trend { case fresh, helped, turned }

  /// A point to try.
  struct Move {
    fileprivate var point: [Double]
    /// Nil for a jump.
    fileprivate var coordinate: Int?
    var values: [JSON]
    /// Why, as a sentence.
    var reason: String
  }

  init(_ parameters: [Parameter], higherIsBetter: Bool, random: inout some RandomNumberGenerator) {
    self.parameters = parameters
    self.higherIsBetter = higherIsBetter
    best = parameters.map(\.initial)
    order = Array(parameters.indices).shuffled(using: &random)
    steps = parameters.map { _ in 0.25 }
    directions = parameters.map { _ in Bool.random(using: &random) ? 1 : -1 }
    seen.insert(values(of: best))
  }

  var bestValues: [JSON] { values(of: best) }

  private func values(of point: [Double]) -> [JSON] { zip(parameters, point).map { $0.value(at: $1) } }

  /// The score of the starting point; nil when it has none.
  mutating func begin(score: Double?) { bestScore = score }

  /// The next point that was not tried yet; nil when none was found.
  mutating func propose(random: inout some RandomNumberGenerator) -> Move? {
    tries += 1
    for attempt in 0..<64 {
      let jumps = attempt >= 32 || (tries % 4 == 0 && attempt < 8)
      if let move = jumps ? jump(random: &random) : step(random: &random), seen.insert(move.values).inserted {
        pending = move
        return move
      }
      if !jumps { turn() }
    }
    return nil
  }

  /// Says what the proposed point led to; nil when it could not be measured. Returns whether it is the best
  /// so far.
  mutating func learn(score: Double?) -> Bool {
    guard let move = pending else { return false }
    pending = nil
    let isBetter =
      score.map { new in bestScore.map { higherIsBetter ? new > $0 : new < $0 } ?? true } ?? false
    if isBetter {
      best = move.point
      bestScore = score
    }
    guard let coordinate = move.coordinate else { return isBetter }
    if isBetter {
      trend = .helped
      steps[coordinate] = min(steps[coordinate] * 1.5, 0.5)
    } else {
      turn()
    }
    return isBetter
  }

  /// Turns round on the current coordinate, or leaves it when both ways were tried.
  private mutating func turn() {
    let coordinate = order[cursor]
    if trend == .fresh, !parameters[coordinate].isChoice {
      trend = .turned
      directions[coordinate] *= -1
    } else {
      steps[coordinate] *= 0.5
      cursor = (cursor + 1) % order.count
      trend = .fresh
    }
  }

  private func step(random: inout some RandomNumberGenerator) -> Move? {
    let coordinate = order[cursor]
    let parameter = parameters[coordinate]
    var point = best
    let reason: String
    if case .choice(let choices) = parameter.kind {
      point[coordinate] =
        (Double(Int.random(in: choices.indices, using: &random)) + 0.5) / Double(choices.count)
      reason = "I try another choice of \(parameter.name)"
    } else {
      let direction = directions[coordinate]
      let length = max(steps[coordinate], parameter.leastStep(at: best[coordinate]))
      point[coordinate] = min(max(best[coordinate] + direction * length, 0), 1)
      let (raising, raise) = direction > 0 ? ("Raising", "raise") : ("Lowering", "lower")
      switch trend {
      case .fresh: reason = "I \(raise) \(parameter.name) alone"
      case .helped: reason = "\(raising) \(parameter.name) helped, so I go further"
      case .turned:
        reason =
          "\(direction > 0 ? "Lowering" : "Raising") \(parameter.name) was no way to go, so I \(raise) it"
      }
    }
    return move(to: point, coordinate: coordinate, reason: reason)
  }

  private func jump(random: inout some RandomNumberGenerator) -> Move? {
    var point = best
    for (index, parameter) in parameters.enumerated() {
      if parameter.isChoice {
        if Double.random(in: 0..<1, using: &random) < 0.3 {
          point[index] = Double.random(in: 0..<1, using: &random)
        }
      } else {
        let radius = sqrt(-2 * log(Double.random(in: 1e-12..<1, using: &random)))
        let normal = radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &random))
        point[index] = min(max(best[index] + 0.2 * normal, 0), 1)
      }
    }
    return move(
      to: point, coordinate: nil, reason: "I change all at once around the best, to leave a dead end")
  }

  private func move(to point: [Double], coordinate: Int?, reason: String) -> Move? {
    let (old, new) = (bestValues, values(of: point))
    let changes = parameters.indices.filter { old[$0] != new[$0] }.map {
      "\(parameters[$0].name) from \(old[$0].text()) to \(new[$0].text())"
    }
    if changes.isEmpty { return nil }
    return Move(
      point: point, coordinate: coordinate, values: new,
      reason: "\(reason): \(changes.joined(separator: ", ")).")
  }
}

extension Parameter {
  fileprivate var isChoice: Bool { if case .choice = kind { true } else { false } }
}
