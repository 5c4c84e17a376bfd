// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// A seed for random numbers. Every seed of a run derives from its root by name, so that one number repeats it all.
public struct Seed: Sendable, Hashable, Codable {
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// The seed named by `path` under this one: the first eight bytes, little-endian, of
  /// SHA-256(canonical bytes of the value and each part of the path). Different paths give independent seeds.
  public func derive(_ path: String...) -> Seed {
    var row = CanonicalBytes()
    row.append(Int64(bitPattern: value))
    for part in path { row.append(part) }
    let head = Digest(of: row.bytes).bytes.prefix(8)
    return Seed(head.reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }

  public init(from decoder: any Decoder) throws {
    value = try decoder.singleValueContainer().decode(UInt64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the stream behind a ``Seed``. The same on every machine, not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(_ seed: Seed) { state = seed.value }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
