// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import LyceumCore
internal import Processes

/// The plugins that were found, and what was wrong with those that could not be used.
public struct PluginCatalog: Sendable {
  public private(set) var plugins: [PluginManifest] = []
  public private(set) var problems: [(path: String, error: PluginError)] = []

  /// Seconds that one plugin has to load and say what it is.
  public static let scanSeconds = 10.0

  public init() {}

  /// Looks at each search path in order. A file is taken as a plugin; of a directory, not of those below it,
  /// every `*.so` that exports the entry symbol and every program named `*.lyceum`. Each is run for a moment
  /// to say what it offers. Of two plugins with an agent or a task of the same id the first is kept, the
  /// second is a problem.
  public static func scan(_ searchPaths: [String], launcher: RunnerLauncher) -> PluginCatalog {
    var catalog = PluginCatalog()
    for path in searchPaths {
      guard let names = entries(of: path) else {
        catalog.add(path, launcher)
        continue
      }
      for name in names where name.hasSuffix(".so") || name.hasSuffix(".lyceum") {
        // A library without the entry symbol beside the plugins is one that they use.
        let file = "\(path)/\(name)"
        do throws(PluginError) {
          catalog.add(try PluginFile(file), launcher)
        } catch {
          if error.kind != .notAPlugin || name.hasSuffix(".lyceum") { catalog.problems.append((file, error)) }
        }
      }
    }
    return catalog
  }

  /// What one plugin offers, by its path.
  public static func load(_ path: String, launcher: RunnerLauncher) throws(PluginError) -> PluginManifest {
    try load(PluginFile(path), launcher)
  }

  private mutating func add(_ path: String, _ launcher: RunnerLauncher) {
    do throws(PluginError) {
      add(try PluginFile(path), launcher)
    } catch {
      problems.append((path, error))
    }
  }

  private mutating func add(_ file: PluginFile, _ launcher: RunnerLauncher) {
    do throws(PluginError) {
      let manifest = try PluginCatalog.load(file, launcher)
      for known in plugins where known.digest != manifest.digest || known.path != manifest.path {
        for (what, list) in [("agent", \PluginManifest.agents), ("task", \PluginManifest.tasks)] {
          let ids = Set(known[keyPath: list].map(\.id))
          if let twin = manifest[keyPath: list].first(where: { ids.contains($0.id) }) {
            throw PluginError(.duplicate, "\(what) \(twin.id) is already offered by \(known.path)")
          }
        }
      }
      if !plugins.contains(manifest) { plugins.append(manifest) }
    } catch {
      problems.append((file.path, error))
    }
  }

  private static func load(_ file: PluginFile, _ launcher: RunnerLauncher) throws(PluginError)
    -> PluginManifest
  {
    let runner = try Runner(file, launcher, HostServices(), .after(seconds: scanSeconds))
    runner.close()
    return runner.manifest
  }

  /// Sorted names in a directory; nil when it is none.
  private static func entries(of path: String) -> [String]? {
    guard let directory = unsafe opendir(path) else { return nil }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      names.append(name)
    }
    return names.sorted()
  }
}
