// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
public import LyceumCore
public import PluginHost
internal import Processes
internal import Sandbox
internal import TaskFolders

/// Finds tasks and agents by the names that people use.
public struct Catalog {
  public let installation: Installation
  private let launcher: RunnerLauncher
  /// Plugins of the search path, and those that could not be used.
  public let plugins: PluginCatalog

  /// The launcher of this installation, for whoever needs a plugin outside of a trial.
  public static func launcher(for installation: Installation) -> RunnerLauncher {
    boxedLauncher(cache: installation.cache, slot: 0)
  }

  /// Every task that can be named, with what is wrong with it where it cannot be used.
  public func listTasks() -> [(name: String, path: String, Result<TaskSpec, RunError>)] {
    let folders = taskFolders.map { path in
      (
        (path as NSString).lastPathComponent, path,
        Result { () throws(RunError) in try task(.folder(absolute(path))).spec }
      )
    }
    let coded = plugins.plugins.flatMap { plugin in
      plugin.tasks.filter { $0.id != Self.folderTask }.map { descriptor in
        (
          descriptor.id, plugin.path,
          Result { () throws(RunError) in try task(.plugin(path: plugin.path, id: descriptor.id)).spec }
        )
      }
    }
    return folders + coded
  }

  /// Scans the plugin path; each plugin is loaded once, in a boxed process of its own.
  public init(_ installation: Installation) {
    self.installation = installation
    launcher = boxedLauncher(cache: installation.cache, slot: 0)
    plugins = PluginCatalog.scan(installation.pluginPath, launcher: launcher)
  }

  /// Task folders of the search path, by name; the first of a name wins.
  public var taskFolders: [String] { TaskFolder.discover(in: installation.taskPath) }

  /// An agent by id, or by its plugin's file, `PATH` or `PATH:ID`.
  public func agent(_ choice: RunSpec.AgentChoice) throws(RunError) -> ResolvedAgent {
    let (manifest, descriptor) = try find(choice.agent, kind: "agent", in: \.agents)
    var row = CanonicalBytes()
    row.append(manifest.digest.bytes)
    row.append(descriptor.id)
    row.append(choice.config)
    return ResolvedAgent(choice: choice, plugin: manifest, id: descriptor.id, digest: Digest(of: row.bytes))
  }

  /// A task by folder, by the name of a folder of the search path, by plugin task id, or by `PATH:ID`.
  public func task(_ name: String) throws(RunError) -> ResolvedTask {
    let folder =
      FileManager.default.fileExists(atPath: "\(name)/task.yaml")
      ? name : taskFolders.first { ($0 as NSString).lastPathComponent == name }
    if let folder { return try task(.folder(absolute(folder))) }
    let coded = plugins.plugins.contains { $0.task(name) != nil } && name != Self.folderTask
    if coded || PluginReference(name) != nil {
      let (manifest, descriptor) = try find(name, kind: "task", in: \.tasks)
      return try task(.plugin(path: manifest.path, id: descriptor.id))
    }
    let known = taskFolders.map { ($0 as NSString).lastPathComponent }
    throw RunError(
      .usage,
      "there is no task `\(name)`: known are \((known + plugins.plugins.flatMap(\.tasks).map(\.id)).filter { $0 != Self.folderTask }.joined(separator: ", ")); or name a folder with a task.yaml"
    )
  }

  /// Loads a task and asks its plugin to describe it.
  public func task(_ choice: TaskChoice) throws(RunError) -> ResolvedTask {
    let staging = Staging(cache: installation.cache)
    switch choice {
    case .folder(let path):
      let loaded: TaskFolder
      do throws(TaskFolderError) { loaded = try TaskFolder.load(path) } catch {
        throw RunError(.usage, error.description)
      }
      let (manifest, descriptor) = try find(Self.folderTask, kind: "task", in: \.tasks)
      let digests: (Digest, Digest)
      do throws(TaskFolderError) { digests = (try loaded.digest(), try loaded.prepareDigest()) } catch {
        throw RunError(.environment, error.description)
      }
      return ResolvedTask(
        choice: choice, spec: loaded.spec, plugin: manifest, id: descriptor.id,
        config: #"{"folder":"/task"}"#,
        folder: StagedFolder(
          path: try staging.reachable(path), digest: digests.0, prepareDigest: digests.1),
        profile: try profile(of: loaded.spec), digest: digests.0)
    case .plugin(let path, let id):
      let (manifest, descriptor) = try find("\(path):\(id)", kind: "task", in: \.tasks)
      let spec = try describe(manifest, descriptor.id)
      var row = CanonicalBytes()
      row.append(manifest.digest.bytes)
      row.append(id)
      return ResolvedTask(
        choice: choice, spec: spec, plugin: manifest, id: descriptor.id, config: "", folder: nil,
        profile: try profile(of: spec), digest: Digest(of: row.bytes))
    }
  }

  private static let folderTask = "folder"

  private func profile(of spec: TaskSpec) throws(RunError) -> Profile {
    do throws(SandboxError) {
      return try Profile.load(named: spec.profile, searching: installation.profilePath)
    } catch { throw RunError(.environment, error.description) }
  }

  private func describe(_ manifest: PluginManifest, _ id: String) throws(RunError) -> TaskSpec {
    do throws(PluginError) {
      let session = try TaskSession(
        plugin: manifest, task: id, config: "", launcher: launcher, services: HostServices(seed: Seed(0)),
        startDeadline: .after(seconds: Timeouts.call))
      defer { _ = session.close() }
      return try session.describe(deadline: .after(seconds: Timeouts.call))
    } catch {
      throw RunError(.usage, "task `\(id)` of \(manifest.path) does not describe itself: \(error.detail)")
    }
  }

  /// The plugin and descriptor behind `name`.
  private func find(
    _ name: String, kind: String, in list: KeyPath<PluginManifest, [PluginDescriptor]>
  ) throws(RunError) -> (PluginManifest, PluginDescriptor) {
    guard let reference = PluginReference(name) else {
      for plugin in plugins.plugins {
        if let found = plugin[keyPath: list].first(where: { $0.id == name }) { return (plugin, found) }
      }
      let known = plugins.plugins.flatMap { $0[keyPath: list].map(\.id) }
      throw RunError(
        .usage,
        "there is no \(kind) `\(name)`: known are \(known.joined(separator: ", ")); or name a plugin by its path"
      )
    }
    let path = absolute(reference.path)
    let manifest: PluginManifest
    do throws(PluginError) { manifest = try PluginCatalog.load(path, launcher: launcher) } catch {
      // The words name the file where the file alone was looked at.
      throw RunError(.usage, error.detail.contains(path) ? "\(error)" : "\(path): \(error)")
    }
    let candidates = manifest[keyPath: list]
    if let id = reference.id, let found = candidates.first(where: { $0.id == id }) {
      return (manifest, found)
    }
    if reference.id == nil, candidates.count == 1, let only = candidates.first { return (manifest, only) }
    let ids = candidates.map(\.id).joined(separator: ", ")
    throw RunError(
      .usage, "\(path) has \(candidates.isEmpty ? "no \(kind)" : "the \(kind)s \(ids)"): name one as PATH:ID")
  }

  private func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

/// Starts runners in a box that holds nothing but the plugin, its libraries and its socket.
func boxedLauncher(cache: String, slot: Int, binds: [Bind] = []) -> RunnerLauncher {
  RunnerLauncher(wraps: true) { request throws(PluginError) in
    do {
      let staging = Staging(cache: cache)
      var all = binds
      let runtime = try swiftRuntime(in: request.readOnlyPaths, staging)
      for path in request.readOnlyPaths where runtime.map({ !path.hasPrefix("\($0)/") }) ?? true {
        all.append(Bind(host: try staging.reachable(path), box: path, writable: false))
      }
      if let runtime { all.append(Bind(host: runtime, box: runtime, writable: false)) }
      let system = request.form == .program ? Confinement.systemFolders : []
      return try Confinement().wrap(request.launch, readOnly: system, extraBinds: all, slot: slot).start()
    } catch {
      throw PluginError(.launch, "cannot start a boxed runner: \(error)")
    }
  }
}

/// The folder of the Swift runtime, when `paths` have files of it that boxes can reach: shown as a whole it is one
/// mount in place of fifteen, each of which takes a quarter of a millisecond.
private func swiftRuntime(in paths: [String], _ staging: Staging) throws(RunError) -> String? {
  guard let core = paths.first(where: { $0.hasSuffix("/libswiftCore.so") }) else { return nil }
  return try staging.reachable(core) == core ? (core as NSString).deletingLastPathComponent : nil
}
