// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// What a frame asks. The answer to a request carries the same number with ``Frame/replyBit`` set.
public enum FrameKind: UInt32, Sendable, CaseIterable {
  // From the host.
  case hello = 1
  case createAgent = 2
  case begin = 3
  case act = 4
  case createTask = 5
  case describe = 6
  case prepare = 7
  case grade = 8
  case destroy = 9
  case goodbye = 10
  /// Questions of `lyceum plugin check` that only the process that loaded the library can answer.
  case probe = 11

  // From the plugin, while a request of the host's is open.
  /// One way: never answered, and allowed at any time.
  case log = 64
  case isCancelled = 65
  case runBox = 66
  case putFile = 67
  case readFile = 68

  /// Whether the plugin's side asks this.
  public var isFromPlugin: Bool { rawValue >= 64 }

  /// Most bytes that the payload of a request may have.
  public var requestLimit: Int {
    switch self {
    case .hello, .describe, .prepare, .grade, .destroy, .goodbye, .probe, .isCancelled: 64 << 10
    case .log: 8 << 10
    case .createAgent, .createTask, .begin: 4 << 20
    case .act: 32 << 20
    case .runBox: 16 << 20
    case .readFile: 64 << 10
    case .putFile: (64 << 20) + (64 << 10)
    }
  }

  /// Most bytes that the payload of a reply may have.
  public var replyLimit: Int {
    switch self {
    case .hello, .describe, .grade: 2 << 20
    case .act: 20 << 20
    case .runBox: 2 << 20
    case .readFile: (64 << 20) + (64 << 10)
    default: 64 << 10
    }
  }
}
