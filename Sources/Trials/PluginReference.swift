// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// A plugin that is named by its file: `PATH` or `PATH:ID`, where the path has a `/` or ends in `.so` or `.lyceum`.
struct PluginReference {
  let path: String
  /// Which agent or task of the plugin; nil when it has one alone.
  let id: String?

  /// Nil when `name` is not the name of a file.
  init?(_ name: String) {
    let file = name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex
    let colon = name[file...].lastIndex(of: ":")
    path = String(name[..<(colon ?? name.endIndex)])
    id = colon.map { String(name[name.index(after: $0)...]) }
    guard path.contains("/") || path.hasSuffix(".so") || path.hasSuffix(".lyceum") else { return nil }
  }

  /// What tables call it: the id, or the name of the file without its ending.
  var label: String {
    if let id { return id }
    let file = path.split(separator: "/").last ?? "plugin"
    return String(file.split(separator: ".").first ?? file)
  }
}
