// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation

/// Where this installation keeps its parts, and where it may keep files of its own.
public struct Installation: Sendable {
  /// The folder of the running executable; `lyceum-runner`, `lyceum-box` and the shipped plugins lie beside it.
  public let libexec: String
  /// The folder with Tasks and Sandboxes: the checkout, or what was installed.
  public let root: String
  /// Folders that hold plugins, tasks and sandbox profiles, in the order in which they are searched.
  public let pluginPath: [String]
  public let taskPath: [String]
  public let profilePath: [String]
  /// Prepared data, staged copies and live workspaces. Every part can be made again.
  public let cache: String

  /// The installation that the running executable belongs to. `LYCEUM_PLUGIN_PATH`, `LYCEUM_TASK_PATH` and
  /// `LYCEUM_PROFILE_PATH` (colon-separated) come first; `LYCEUM_CACHE` moves the cache.
  public static func current() -> Installation {
    let environment = ProcessInfo.processInfo.environment
    let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
    let libexec = environment["LYCEUM_LIBEXEC"] ?? (executable as NSString).deletingLastPathComponent
    let list = { (name: String) in environment[name]?.split(separator: ":").map(String.init) ?? [] }
    // A build tree has .build/<triple>/<configuration>/lyceum below the folder with Tasks and Sandboxes;
    // an installed tree has them in ../share/lyceum.
    let root =
      libexec.range(of: "/.build").map { String(libexec[..<$0.lowerBound]) }
      ?? (libexec as NSString).deletingLastPathComponent + "/share/lyceum"
    let here = FileManager.default.currentDirectoryPath
    let shared = here == root ? [] : [root]
    return Installation(
      libexec: libexec,
      root: root,
      pluginPath: list("LYCEUM_PLUGIN_PATH") + [libexec],
      taskPath: list("LYCEUM_TASK_PATH") + [here + "/Tasks"] + shared.map { $0 + "/Tasks" },
      profilePath: list("LYCEUM_PROFILE_PATH") + [here + "/Sandboxes"] + shared.map { $0 + "/Sandboxes" },
      cache: environment["LYCEUM_CACHE"] ?? defaultCache(environment))
  }

  /// Boxes of a root host run as another user, who cannot pass through root's home.
  private static func defaultCache(_ environment: [String: String]) -> String {
    if geteuid() == 0 { return "/var/cache/lyceum" }
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return base + "/lyceum" }
    return NSHomeDirectory() + "/.cache/lyceum"
  }
}

/// Makes a folder of the cache, and those above it.
func makeFolder(_ path: String) throws(RunError) {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
    let reason = underlying.map { String(cString: strerror(Int32(($0 as NSError).code))) }
    throw RunError(
      .environment,
      "cannot make the folder \(path): \(reason ?? error.localizedDescription): set LYCEUM_CACHE to a place that can be written"
    )
  }
}
