// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation

/// Where the build put what the tests drive.
public enum Built {
  /// The folder of the test binary: programs and plugins lie beside it.
  public static let folder: String = {
    // A toolchain that loads the tests into a helper of its own names the bundle in an argument.
    if let bundle = CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") }), bundle.hasPrefix("/") {
      return (bundle as NSString).deletingLastPathComponent
    }
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
    return (program as NSString).deletingLastPathComponent
  }()

  public static func program(_ name: String) -> String { "\(folder)/\(name)" }

  /// A shipped plugin, such as `agent-scripted`.
  public static func plugin(_ name: String) -> String { "\(folder)/lib\(name).so" }

  /// The checkout that the tests were built from.
  public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// The C headers that plugins compile against.
  public static let headers = "\(root)/Sources/CLyceum/include"
}
