// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// A payload: the fields of an ABI struct in their order, without `struct_size` and `reserved`.
public protocol Message: Sendable {
  func encode(to out: inout WireWriter)
  init(from input: inout WireReader) throws(FrameError)
}

extension Message {
  public var payload: [UInt8] {
    var out = WireWriter()
    encode(to: &out)
    return out.bytes
  }

  /// Reads a whole payload: nothing may be missing and nothing may follow.
  public init(payload: [UInt8]) throws(FrameError) {
    var input = WireReader(payload)
    try self.init(from: &input)
    try input.finish()
  }
}

/// The payload of a request or result without fields.
public struct NoFields: Message, Hashable {
  public init() {}
  public init(from input: inout WireReader) throws(FrameError) {}
  public func encode(to out: inout WireWriter) {}
}

/// What a reply's payload begins with; the result's fields follow when, and only when, the status is 0.
public enum Reply<Result: Message>: Message {
  case done(Result)
  /// `status` is not 0; `words` say why, possibly nothing.
  case failed(status: Int32, words: String)

  public func encode(to out: inout WireWriter) {
    switch self {
    case .done(let result):
      out.put(Int32(0))
      out.put("")
      result.encode(to: &out)
    case .failed(let status, let words):
      out.put(status == 0 ? FrameStatus.failed : status)
      out.put(words)
    }
  }

  public init(from input: inout WireReader) throws(FrameError) {
    let status = try input.i32("status")
    let words = try input.text("error")
    self = status == 0 ? .done(try Result(from: &input)) : .failed(status: status, words: words)
  }
}

/// Numbers of a reply's status: those of the ABI, and from 100 on those that only frames have.
public enum FrameStatus {
  public static let ok: Int32 = 0
  public static let failed: Int32 = 1
  public static let cancelled: Int32 = 2
  public static let unsupported: Int32 = 3
  public static let invalid: Int32 = 4
  public static let notFound: Int32 = 5
  public static let denied: Int32 = 6
  public static let limit: Int32 = 7
  public static let timedOut: Int32 = 8

  /// The library could not be loaded.
  public static let unloadable: Int32 = 101
  /// No entry symbol.
  public static let noEntry: Int32 = 102
  public static let wrongMagic: Int32 = 103
  /// Another major version of the ABI.
  public static let wrongABI: Int32 = 104
  /// A struct is shorter than in ABI 1.0.
  public static let shortStruct: Int32 = 105
  /// The entry returned NULL or init() failed.
  public static let refused: Int32 = 106
  /// The plugin broke a rule of the ABI.
  public static let violation: Int32 = 107
}
