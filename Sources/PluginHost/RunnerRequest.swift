// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
public import Processes

/// A plugin's process as it is to be started, and all that it needs to see.
public struct RunnerRequest: Sendable {
  /// Program, arguments, environment and descriptors. A launcher that wraps the program must hand the same
  /// environment and descriptors to it: 0, 1 and 2, and for a library 3.
  public var launch: Launch
  /// Files and directories that must be visible, at the same paths: nothing else is needed. Some are symbolic
  /// links; a bind that follows them serves. A program needs the system's programs and libraries besides, as the
  /// launcher shows them in every box.
  public var readOnlyPaths: [String]
  public var form: PluginManifest.Form

  init(_ path: String, _ form: PluginManifest.Form) throws(PluginError) {
    self.form = form
    var environment = ["SWIFT_BACKTRACE": "enable=no", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"]
    switch form {
    case .library:
      let runner = try RunnerRequest.runner()
      let closure = LibraryClosure(runner: runner, plugin: path)
      if !closure.searchPaths.isEmpty {
        environment["LD_LIBRARY_PATH"] = closure.searchPaths.joined(separator: ":")
      }
      environment["LYCEUM_PLUGIN"] = path
      launch = Launch(runner, ["lyceum-runner", path])
      readOnlyPaths = closure.paths
    case .program:
      launch = Launch(path, [path])
      readOnlyPaths = [path]
    }
    launch.environment = environment
    launch.directory = "/"
    launch.newSession = true
    launch.limits = [(Int32(RLIMIT_CORE.rawValue), 0)]
  }

  /// `lyceum-runner` in `$LYCEUM_LIBEXEC`, else beside this program, else in `../libexec/lyceum`.
  private static func runner() throws(PluginError) -> String {
    var places: [String] = []
    if let place = unsafe getenv("LYCEUM_LIBEXEC") { places.append(unsafe String(cString: place)) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let n = unsafe buffer.withUnsafeMutableBytes {
      unsafe readlink("/proc/self/exe", $0.baseAddress!, $0.count)
    }
    if n > 0 {
      let here = directory(of: String(decoding: buffer.prefix(n), as: UTF8.self))
      places += [here, "\(directory(of: here))/libexec/lyceum"]
    }
    let candidates = places.map { "\($0)/lyceum-runner" }
    guard let path = candidates.first(where: { unsafe access($0, X_OK) == 0 }) else {
      throw PluginError(
        .launch,
        "no lyceum-runner at \(candidates.joined(separator: ", ")); set LYCEUM_LIBEXEC to its directory")
    }
    return path
  }
}

/// Starts a plugin's process.
public struct RunnerLauncher {
  public let start: (RunnerRequest) throws(PluginError) -> Child
  /// Whether a status above 128 of the child stands for a signal of the plugin's own process, as with
  /// programs that wrap it.
  public let wraps: Bool

  public init(wraps: Bool = false, _ start: @escaping (RunnerRequest) throws(PluginError) -> Child) {
    self.wraps = wraps
    self.start = start
  }

  /// No box: for tests, debugging and plugins that are trusted.
  public static var direct: RunnerLauncher {
    RunnerLauncher { request throws(PluginError) in
      do throws(SystemError) {
        return try Child(request.launch)
      } catch {
        throw PluginError(error)
      }
    }
  }
}
