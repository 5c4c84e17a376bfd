// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// One message between the host and a plugin: a header of 16 bytes and a payload. `docs/frames.md` has the
/// bytes.
public struct Frame: Sendable, Hashable {
  /// Version of the frames, stated in `hello`. A change of any payload raises it.
  public static let version: UInt32 = 1
  public static let headerSize = 16
  public static let replyBit: UInt32 = 0x8000_0000
  /// No payload is larger, whatever its kind.
  public static let payloadLimit = (64 << 20) + (64 << 10)

  public var kind: FrameKind
  public var isReply: Bool
  /// Number of the request, chosen by who asks; a reply repeats it. 0 for a frame that is never answered.
  public var call: UInt64
  public var payload: [UInt8]

  public init(_ kind: FrameKind, isReply: Bool = false, call: UInt64, payload: [UInt8] = []) {
    self.kind = kind
    self.isReply = isReply
    self.call = call
    self.payload = payload
  }

  /// Header and payload.
  public var bytes: [UInt8] {
    var out = WireWriter(capacity: Frame.headerSize + payload.count)
    out.put(UInt32(truncatingIfNeeded: payload.count))
    out.put(kind.rawValue | (isReply ? Frame.replyBit : 0))
    out.put(call)
    out.bytes += payload
    return out.bytes
  }
}

/// Cuts a stream of bytes into frames. A header is judged before one byte of its payload is kept, so that a
/// stream that lies about lengths costs no memory.
public struct FrameBuffer: Sendable {
  private var pending: [UInt8] = []
  private var start = 0

  public init() {}

  /// Bytes that arrived and are not yet part of a whole frame.
  public var isEmpty: Bool { start == pending.count }

  public mutating func append(_ bytes: [UInt8]) {
    if start == pending.count {
      pending = bytes
      start = 0
    } else {
      if start > 1 << 16 {
        pending.removeFirst(start)
        start = 0
      }
      pending += bytes
    }
  }

  /// The next whole frame; nil until more bytes have come.
  public mutating func next() throws(FrameError) -> Frame? {
    guard pending.count - start >= Frame.headerSize else { return nil }
    var header = WireReader(pending[start..<start + Frame.headerSize])
    let length = Int(try header.u32("length"))
    let number = try header.u32("kind")
    let call = try header.u64("call")
    let isReply = number & Frame.replyBit != 0
    guard let kind = FrameKind(rawValue: number & ~Frame.replyBit) else { throw .unknownKind(number) }
    guard length <= (isReply ? kind.replyLimit : kind.requestLimit) else {
      throw .tooLong(kind: number, length: length)
    }
    let end = start + Frame.headerSize + length
    guard pending.count >= end else { return nil }
    let frame = Frame(
      kind, isReply: isReply, call: call, payload: Array(pending[start + Frame.headerSize..<end]))
    start = end
    return frame
  }
}
