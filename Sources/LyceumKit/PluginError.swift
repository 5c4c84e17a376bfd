// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CLyceum

/// A failure in one line of words: what failed, why, what to do next.
///
/// Thrown out of a plugin's callback it becomes `status` and the words that the host shows. Any other error
/// that is thrown becomes ``Status/failed`` with its description.
public struct PluginError: Error, Sendable, Hashable, CustomStringConvertible {
  /// How the call ended; the numbers of the C header, all but success.
  public struct Status: Sendable, Hashable, RawRepresentable {
    public var rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let failed = Status(rawValue: LYC_FAILED)
    /// Gave up because ``HostServices/isCancelled`` said so.
    public static let cancelled = Status(rawValue: LYC_CANCELLED)
    public static let unsupported = Status(rawValue: LYC_UNSUPPORTED)
    public static let invalid = Status(rawValue: LYC_INVALID)
    public static let notFound = Status(rawValue: LYC_NOT_FOUND)
    public static let denied = Status(rawValue: LYC_DENIED)
    /// A budget or a size is used up.
    public static let limit = Status(rawValue: LYC_LIMIT)
    public static let timedOut = Status(rawValue: LYC_TIMED_OUT)
  }

  public var status: Status
  public var message: String

  public init(_ message: String, status: Status = .failed) {
    self.message = message
    self.status = status
  }

  public var description: String { message }
}
