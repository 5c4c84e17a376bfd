// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Processes

/// Why a box could not be opened, used or closed. Never the agent's doing: what its commands do to themselves is
/// told by ``CommandResult``.
public struct SandboxError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable {
    /// A profile or a ``BoxSpec`` says something that cannot be.
    case configuration
    /// A program or a kernel feature is not there.
    case missing
    /// The system refuses something that a box needs.
    case denied
    /// The box ended when it should not have.
    case lost
  }

  public let kind: Kind
  /// One line: what failed, why, what to do next.
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  init(_ doing: String, _ error: SystemError) {
    self.init(.denied, "\(doing): \(error)")
  }

  public var description: String { message }
}

/// Runs `body`, turning a failed system call into a ``SandboxError`` that says what it was for.
func explaining<R: ~Copyable>(
  _ doing: @autoclosure () -> String, _ body: () throws(SystemError) -> R
) throws(SandboxError) -> R {
  do { return try body() } catch { throw SandboxError(doing(), error) }
}
