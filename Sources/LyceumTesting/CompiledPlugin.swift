// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation

/// A plugin that `cc` makes from one C file while the tests run.
public enum CompiledPlugin {
  /// Writes the library to `path`; throws with the compiler's words.
  public static func make(_ source: String, at path: String, _ flags: [String] = []) throws {
    let result = try runProgram(
      "/usr/bin/cc",
      ["-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror"] + flags
        + ["-I", Built.headers, source, "-o", path])
    guard result.code == 0 else { throw Failed(words: result.errors) }
  }

  public struct Failed: Error { public let words: String }
}
