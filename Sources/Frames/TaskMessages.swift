// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// Result of `describe`: the task as JSON.
public struct DescriptionMessage: Message, Hashable {
  public static let limit = 1 << 20

  public var json: String

  public init(json: String) { self.json = json }

  public init(from input: inout WireReader) throws(FrameError) { json = try input.text("json") }

  public func encode(to out: inout WireWriter) { out.put(json) }
}

/// Payload of `prepare`.
public struct PrepareMessage: Message, Hashable {
  public var seed: UInt64

  public init(seed: UInt64) { self.seed = seed }

  public init(from input: inout WireReader) throws(FrameError) { seed = try input.u64("seed") }

  public func encode(to out: inout WireWriter) { out.put(seed) }
}

/// Payload of `grade`.
public struct GradeRequestMessage: Message, Hashable {
  public static let validation: UInt32 = 1
  public static let test: UInt32 = 2

  public var split: UInt32
  public var seed: UInt64

  public init(split: UInt32, seed: UInt64) {
    self.split = split
    self.seed = seed
  }

  public init(from input: inout WireReader) throws(FrameError) {
    split = try input.u32("split")
    seed = try input.u64("seed")
  }

  public func encode(to out: inout WireWriter) {
    out.put(split)
    out.put(seed)
  }
}

/// `lyc_grade`: result of `grade`.
public struct GradeMessage: Message, Hashable {
  public static let scored: UInt32 = 1
  public static let refused: UInt32 = 2
  public static let metricLimit = 64
  public static let reasonLimit = 4096
  public static let detailsLimit = 64 << 10

  /// `lyc_metric_value`.
  public struct Value: Sendable, Hashable {
    public var name: String
    public var value: Double

    public init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  public var outcome: UInt32
  public var metrics: [Value]
  public var reason, details: String

  public init(outcome: UInt32, metrics: [Value] = [], reason: String = "", details: String = "") {
    self.outcome = outcome
    self.metrics = metrics
    self.reason = reason
    self.details = details
  }

  public init(from input: inout WireReader) throws(FrameError) {
    outcome = try input.u32("outcome")
    let count = Int(try input.u32("metric_count"))
    guard count <= GradeMessage.metricLimit else { throw .badValue("metric_count") }
    metrics = []
    for _ in 0..<count {
      metrics.append(Value(name: try input.text("metric name"), value: try input.f64("metric value")))
    }
    reason = try input.text("reason")
    details = try input.text("details")
  }

  public func encode(to out: inout WireWriter) {
    out.put(outcome)
    out.put(UInt32(truncatingIfNeeded: metrics.count))
    for metric in metrics {
      out.put(metric.name)
      out.put(metric.value)
    }
    out.put(reason)
    out.put(details)
  }
}
