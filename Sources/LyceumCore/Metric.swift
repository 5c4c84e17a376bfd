// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// What a task measures.
public struct MetricSpec: Codable, Sendable, Hashable {
  public enum Direction: String, Codable, Sendable, Hashable { case higher, lower }

  public var name: String
  /// Which way is better.
  public var direction: Direction
  /// The metric that a report ranks by; a task has exactly one.
  public var primary: Bool
  /// Valid values, both ends included; nil is an open end. A value outside is a grader failure, not a score.
  public var lowest: Double?
  public var highest: Double?
  /// Scores of the starter and of the reference solution on the test split.
  public var baseline: Double?
  public var reference: Double?
  /// By how much a stated score may differ when another machine measures it again, and two grades of one
  /// submission from each other. 0 where the measurement is exact.
  public var tolerance: Double

  public init(
    name: String, direction: Direction, primary: Bool, lowest: Double? = nil, highest: Double? = nil,
    baseline: Double? = nil, reference: Double? = nil, tolerance: Double = 0
  ) {
    self.name = name
    self.direction = direction
    self.primary = primary
    self.lowest = lowest
    self.highest = highest
    self.baseline = baseline
    self.reference = reference
    self.tolerance = tolerance
  }

  /// Whether `value` is a finite number inside the valid range.
  public func accepts(_ value: Double) -> Bool {
    value.isFinite && value >= (lowest ?? -.infinity) && value <= (highest ?? .infinity)
  }

  /// Whether `a` is strictly better than `b`. NaN is better than nothing and nothing is better than NaN.
  public func isBetter(_ a: Double, than b: Double) -> Bool {
    direction == .higher ? a > b : a < b
  }

  /// How much better than the baseline: positive is better, in the metric's own unit; nil without a baseline.
  public func improvement(of value: Double) -> Double? {
    baseline.map { direction == .higher ? value - $0 : $0 - value }
  }
}
