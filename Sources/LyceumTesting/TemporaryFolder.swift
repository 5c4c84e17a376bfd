// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation

/// A fresh folder below `/tmp` that users of boxes can pass through; removed with its last owner.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    path = "/tmp/lyceum-test-\(UUID().uuidString.prefix(8).lowercased())"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Absolute path of a member, whether or not it is there.
  public func callAsFunction(_ member: String) -> String { "\(path)/\(member)" }

  /// Writes a member with the folders above it, and gives its path.
  @discardableResult
  public func write(_ member: String, _ content: String) throws -> String {
    let full = self(member)
    try FileManager.default.createDirectory(
      atPath: (full as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try content.write(toFile: full, atomically: false, encoding: .utf8)
    return full
  }
}
