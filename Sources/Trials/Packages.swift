// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore

/// Whether the Debian packages and files that a task needs are there.
enum Packages {
  /// One line for everything that is missing; nil when nothing is.
  static func missing(for spec: TaskSpec) -> String? {
    let installed = installedPackages()
    let packages = spec.packages.filter { installed?.contains($0) == false }
    if !packages.isEmpty {
      return
        "task \(spec.id) needs packages that are not installed: run `apt-get install \(packages.joined(separator: " "))`"
    }
    let sources = spec.sources.filter { !FileManager.default.fileExists(atPath: $0) }
    if let first = sources.first {
      return
        "task \(spec.id) needs \(first), which does not exist: install \(spec.packages.joined(separator: ", "))"
    }
    return nil
  }

  /// Names of the installed Debian packages; nil on a system without dpkg.
  private static func installedPackages() -> Set<String>? {
    guard let data = FileManager.default.contents(atPath: "/var/lib/dpkg/status") else { return nil }
    var out: Set<String> = []
    var name = ""
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix("Package: ") { name = String(line.dropFirst(9)) }
      if line == "Status: install ok installed" { out.insert(name) }
    }
    return out
  }
}
