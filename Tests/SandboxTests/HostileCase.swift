// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Sandbox
import Testing

/// Something that an agent may try, and what must come of it.
struct HostileCase: Sendable, CustomTestStringConvertible {
  var name: String
  var script: String
  var seconds = 10.0
  var profile = Profile()
  var check: @Sendable (CommandResult) -> Void

  var testDescription: String { name }

  init(
    _ name: String, _ script: String, seconds: Double = 10, profile: Profile = Profile(),
    check: @escaping @Sendable (CommandResult) -> Void
  ) {
    self.name = name
    self.script = script
    self.seconds = seconds
    self.profile = profile
    self.check = check
  }

  /// The script prints exactly `text`.
  static func prints(_ name: String, _ script: String, _ text: String) -> HostileCase {
    HostileCase(name, script) { #expect($0.text == text) }
  }

  /// The script runs into its time limit of 0.5 seconds and is ended within the second after it.
  static func timesOut(_ name: String, _ script: String) -> HostileCase {
    HostileCase(name, script, seconds: 0.5) {
      #expect($0.timedOut)
      #expect($0.signal == 9)
      #expect($0.usage.wallMicroseconds < 1_500_000)
    }
  }

  static func python(_ code: String) -> String { "/usr/bin/python3 - <<'END' 2>&1\n\(code)\nEND" }
}
