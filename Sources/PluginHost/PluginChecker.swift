// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CLyceum
internal import Frames
internal import LyceumCore
internal import Processes

/// One thing that a plugin must do, and whether it does.
public struct PluginCheck: Codable, Sendable, Hashable {
  public let name: String
  public let passed: Bool
  /// What was found; one line.
  public let detail: String
}

/// Tries out a plugin against the rules of the ABI. Every group of checks has a process of its own, so a
/// plugin that dies in one is still asked the others.
public enum PluginChecker {
  /// Seconds that each call may take.
  public static let callSeconds = 10.0

  /// All checks in order. When the plugin cannot be loaded, the list ends with why.
  public static func check(_ path: String, launcher: RunnerLauncher) -> [PluginCheck] {
    let check = Checking(path: path, launcher: launcher)
    check.all()
    return check.results
  }
}

private final class Checking {
  let path: String
  let launcher: RunnerLauncher
  var results: [PluginCheck] = []

  private var deadline: Deadline { .after(seconds: PluginChecker.callSeconds) }

  init(path: String, launcher: RunnerLauncher) {
    self.path = path
    self.launcher = launcher
  }

  func all() {
    var file: PluginFile?
    check("the file can be a plugin") { () throws(PluginError) in
      let found = try PluginFile(path)
      file = found
      return found.form == .library ? "a shared library" : "a program that speaks frames"
    }
    guard let file else { return }
    if file.form == .library { checkExports(file) }
    guard let manifest = checkLoading(file) else { return }
    if file.form == .library { checkEntry(file) }
    check("it says goodbye and ends") { () throws(PluginError) in
      let runner = try start(file)
      runner.close()
      guard let exit = runner.exit, exit.succeeded, runner.failure?.kind == .notFound else {
        throw runner.failure ?? PluginError(.hung, "it did not end")
      }
      return ""
    }
    for agent in manifest.agents { check(agent: agent.id, file) }
    for task in manifest.tasks { check(task: task.id, file) }
    if !manifest.agents.isEmpty { checkUnknown("agent", .createAgent, file) }
    if !manifest.tasks.isEmpty { checkUnknown("task", .createTask, file) }
  }

  private func check(_ name: String, _ body: () throws(PluginError) -> String) {
    do throws(PluginError) {
      let detail = try body()
      results.append(PluginCheck(name: name, passed: true, detail: detail))
    } catch {
      results.append(PluginCheck(name: name, passed: false, detail: "\(error)"))
    }
  }

  private func checkExports(_ file: PluginFile) {
    check("exports the entry symbol and nothing else") { () throws(PluginError) in
      guard let exports = file.exports else { return "not looked at: the file has no section table" }
      let linker: Set<String> = ["_init", "_fini", "_edata", "_end", "__bss_start", LYC_ENTRY_SYMBOL]
      let others = exports.filter { !linker.contains($0) }
      let mangled = others.filter { $0.hasPrefix("$s") || $0.contains("swift") || $0.contains("$s") }
      guard others.count == mangled.count else {
        let names = others.filter { !mangled.contains($0) }.prefix(3).joined(separator: ", ")
        throw PluginError(.protocolViolation, "it also exports \(names); compile with -fvisibility=hidden")
      }
      return mangled.isEmpty ? "" : "and \(mangled.count) symbols of a Swift debug build"
    }
  }

  private func checkLoading(_ file: PluginFile) -> PluginManifest? {
    var manifest: PluginManifest?
    check("loads, with magic, sizes, ABI version and descriptors in order") { () throws(PluginError) in
      let runner = try start(file)
      let found = runner.manifest
      runner.close()
      manifest = found
      let version = "\(found.abiVersion >> 16).\(found.abiVersion & 0xFFFF)"
      return "\(found.name) \(found.version), ABI \(version), made with \(found.toolchain)"
    }
    return manifest
  }

  private func checkEntry(_ file: PluginFile) {
    let probes: [(ProbeMessage, String)] = [
      (.initAgain, "a second init() does nothing"), (.unknownFactory, "an unknown factory is NULL"),
      (.laterMinor, "a host of a later minor version is accepted"),
      (.beyondLastDescriptor, "descriptor(count()) is NULL"),
    ]
    for (probe, name) in probes {
      check(name) { () throws(PluginError) in
        let runner = try start(file)
        let _: NoFields = try runner.call(.probe, probe, deadline)
        return ""
      }
    }
  }

  private func checkUnknown(_ what: String, _ kind: FrameKind, _ file: PluginFile) {
    check("an unknown \(what) is refused with words") { () throws(PluginError) in
      let runner = try start(file)
      return try refusal { () throws(PluginError) in
        try runner.create(kind, "lyceum.no-such-id", "", deadline)
        throw PluginError(.protocolViolation, "create() made an instance for the id lyceum.no-such-id")
      }
    }
  }

  private func check(agent id: String, _ file: PluginFile) {
    check("agent \(id): created and destroyed twice") { () throws(PluginError) in
      try createTwice(.createAgent, id, file)
    }
    for isCancelled in [false, true] {
      let when = isCancelled ? "returns when the trial is cancelled" : "begins and decides once"
      check("agent \(id): \(when)") { () throws(PluginError) in
        let runner = try start(file, isCancelled: isCancelled)
        do throws(PluginError) {
          try runner.create(.createAgent, id, "", deadline)
        } catch {
          return try refusal { () throws(PluginError) in throw error }
        }
        return try orRefusal(runner) { () throws(PluginError) in
          let _: NoFields = try runner.call(.begin, TaskViewMessage(Checking.task, Limits()), deadline)
          let decision: DecisionMessage = try runner.call(
            .act, ObservationMessage(Observation(), primaryMetric: ""), deadline)
          let checked = try decision.checked()
          return "decided \(checked.action.name)"
        }
      }
    }
  }

  private func check(task id: String, _ file: PluginFile) {
    check("task \(id): created and destroyed twice") { () throws(PluginError) in
      try createTwice(.createTask, id, file)
    }
    check("task \(id): describes itself, twice the same") { () throws(PluginError) in
      let runner = try start(file)
      do throws(PluginError) {
        try runner.create(.createTask, id, "", deadline)
      } catch {
        return try refusal { () throws(PluginError) in throw error }
      }
      let first: DescriptionMessage = try runner.call(.describe, NoFields(), deadline)
      let second: DescriptionMessage = try runner.call(.describe, NoFields(), deadline)
      guard first == second else { throw PluginError(.protocolViolation, "the second description differs") }
      let spec = try TaskSession.decode(first.json)
      let problems = spec.problems()
      guard problems.isEmpty else { throw PluginError(.protocolViolation, problems.joined(separator: "; ")) }
      return "\(spec.id) version \(spec.version)"
    }
  }

  private func createTwice(_ kind: FrameKind, _ id: String, _ file: PluginFile) throws(PluginError) -> String
  {
    let runner = try start(file)
    for _ in 0..<2 {
      do throws(PluginError) {
        try runner.create(kind, id, "", deadline)
      } catch {
        return try refusal { () throws(PluginError) in throw error }
      }
      if file.form == .library {
        let _: NoFields = try runner.call(.probe, ProbeMessage.unknownExtension, deadline)
      }
      let _: NoFields = try runner.call(.destroy, NoFields(), deadline)
    }
    return ""
  }

  /// Runs what must fail in an orderly way: with a status and with words.
  private func refusal(_ body: () throws(PluginError) -> Void) throws(PluginError) -> String {
    do throws(PluginError) {
      try body()
    } catch {
      guard case .failed = error.kind else { throw error }
      guard !error.detail.hasSuffix("gave no reason") else {
        throw PluginError(.protocolViolation, "\(error.detail): call set_error() before failing")
      }
      return "refused: \(error.detail)"
    }
    return ""
  }

  /// As `refusal`, for what may also succeed or be cancelled.
  private func orRefusal(
    _ runner: Runner, _ body: () throws(PluginError) -> String
  ) throws(PluginError) -> String {
    do throws(PluginError) {
      return try body()
    } catch {
      if error.kind == .cancelled, runner.failure == nil { return "gave up as cancelled" }
      return try refusal { () throws(PluginError) in throw error }
    }
  }

  private func start(_ file: PluginFile, isCancelled: Bool = false) throws(PluginError) -> Runner {
    // Loading is not part of a trial, so it is not cancelled either.
    var hasLoaded = false
    let services = HostServices(seed: Seed(1), isCancelled: { isCancelled && hasLoaded })
    let runner = try Runner(file, launcher, services, deadline)
    hasLoaded = true
    return runner
  }

  private static let task = TaskSpec(
    id: "check", version: 1, title: "Check", area: "none", definition: "Nothing is asked.",
    metrics: [MetricSpec(name: "score", direction: .higher, primary: true)], submission: ["answer.txt"])
}
