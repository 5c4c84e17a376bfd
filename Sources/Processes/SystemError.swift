// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import Glibc

/// A system call that failed.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Name of the call, as in its manual page.
  public let call: String
  /// The `errno` it left.
  public let code: Int32

  public init(_ call: String, code: Int32 = errno) {
    self.call = call
    self.code = code
  }

  /// `open: No such file or directory`.
  public var description: String { unsafe "\(call): \(String(cString: strerror(code)))" }
}
