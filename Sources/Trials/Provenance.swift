// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import Sandbox

/// What a result was made with.
struct Provenance: Codable {
  var lyceum: String
  var kernel: String
  var machine: String
  var cpus: Int
  var isolation: String

  static func current() -> Provenance {
    var name = utsname()
    uname(&name)
    let text = { (tuple: Any) in
      String(
        decoding: Mirror(reflecting: tuple).children.compactMap {
          ($0.value as? CChar).map(UInt8.init(bitPattern:))
        }
        .prefix { $0 != 0 }, as: UTF8.self)
    }
    return Provenance(
      lyceum: lyceumVersion, kernel: text(name.release), machine: text(name.machine),
      cpus: ProcessInfo.processInfo.processorCount, isolation: Doctor.isolation())
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
