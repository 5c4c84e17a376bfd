// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import PluginHost
internal import Processes
internal import Sandbox

/// The boxes that a folder task works in: one kind to prepare its data, one to grade a submission.
final class TaskBoxes {
  let task: ResolvedTask
  let slot: Int
  let cache: String
  /// Set once `prepare` has run, or ``isPrepared()`` has found what an earlier trial prepared.
  private(set) var data: TaskData?
  /// Folder with the submission that is being graded; nil outside of a grade.
  var submission: String?
  /// The failure of a box, kept because the plugin only learns that there was one.
  private(set) var failure: SandboxError?

  init(task: ResolvedTask, slot: Int, cache: String) {
    self.task = task
    self.slot = slot
    self.cache = cache
  }

  /// Whether everything that the agent is to see is there before `prepare` runs in this trial.
  func isPrepared() -> Bool {
    guard let folder = task.folder, let parts = task.spec.folder else { return false }
    if parts.prepare == nil { return true }
    data = TaskData.find(task: task.spec.id, digest: folder.prepareDigest, cache: cache)
    return data != nil
  }

  /// The service `lyceum.host.task-box`.
  func run(_ command: TaskBoxCommand) throws(ServiceFailure) -> TaskBoxResult {
    guard let folder = task.folder else {
      throw ServiceFailure(.denied, "a task without a folder has no boxes")
    }
    failure = nil
    do {
      switch command.box {
      case .prepare: return try prepare(command, folder)
      case .grade: return try grade(command, folder)
      }
    } catch let error as ServiceFailure {
      throw error
    } catch {
      failure = error as? SandboxError ?? SandboxError(.denied, "\(error)")
      throw ServiceFailure(.failed, "\(error)")
    }
  }

  /// The service `lyceum.host.submission`, reading half: a declared file of the submission that is being graded.
  func readSubmission(_ path: Bytes, limit: UInt64) throws(ServiceFailure) -> Bytes {
    guard let submission else { throw ServiceFailure(.denied, "nothing is being graded") }
    guard task.spec.submission.contains(where: { Bytes($0.utf8) == path }) else {
      throw ServiceFailure(.notFound, "\(String(line: path)) is not declared")
    }
    let file = "\(submission)/\(String(decoding: path, as: UTF8.self))"
    let content: Bytes
    do throws(SystemError) {
      content = try Descriptor.open(file, O_RDONLY | O_NOFOLLOW).contents(upTo: Int(min(limit, 64 << 20)) + 1)
    } catch { throw ServiceFailure(.notFound, "\(error)") }
    guard content.count <= limit else {
      throw ServiceFailure(.limit, "\(String(line: path)) is longer than \(limit) bytes")
    }
    return content
  }

  private func prepare(_ command: TaskBoxCommand, _ folder: StagedFolder) throws -> TaskBoxResult {
    var result = TaskBoxResult(exitCode: 0, signal: nil, timedOut: false, output: [], result: [])
    struct Failed: Error {}
    do {
      data = try TaskData.ensure(
        task: task.spec.id, digest: folder.prepareDigest, cache: cache, owner: uid(slot: slot)
      ) { publicFolder, privateFolder in
        var binds = [
          Bind(host: folder.path, box: "/task", writable: false),
          Bind(host: publicFolder, box: "/data", writable: true),
          Bind(host: privateFolder, box: "/private", writable: true),
        ]
        binds += task.spec.sources.map { Bind(host: $0, box: $0, writable: false) }
        let box = try open(
          binds, hidden: [], environment: ["LYCEUM_PUBLIC": "/data", "LYCEUM_PRIVATE": "/private"])
        result = TaskBoxResult(
          try box.run(BoxCommand(command, timeoutSeconds: Timeouts.prepare, descriptors: [])), channel: [])
        try box.close()
        if result.exitCode != 0 { throw Failed() }
      }
    } catch is Failed {}
    return result
  }

  private func grade(_ command: TaskBoxCommand, _ folder: StagedFolder) throws -> TaskBoxResult {
    guard let submission else {
      throw ServiceFailure(.denied, "a grading box is only to be had while a submission is graded")
    }
    let shared = data.map { [Bind(host: $0.publicFolder, box: "/data", writable: false)] } ?? []
    let secret = data.map { [Bind(host: $0.privateFolder, box: "/private", writable: false)] } ?? []
    let submitted = [Bind(host: submission, box: "/submission", writable: false)]
    let box = try open(
      shared + secret + submitted + [Bind(host: folder.path, box: "/task", writable: false)],
      hidden: task.spec.sources, environment: [:])
    let channel = try Descriptor.scratch("result")
    var descriptors: [(parent: Int32, child: Int32)] = [(channel.raw, 3)]
    guard !command.submissionScript.isEmpty else {
      let result = try box.run(BoxCommand(command, timeoutSeconds: Timeouts.grade, descriptors: descriptors))
      try box.close()
      return TaskBoxResult(result, channel: try channel.contents(upTo: Self.resultLimit + 1))
    }
    // The agent's code runs in a box that holds no private data, and talks to the grader through two pipes.
    let harness = "\(folder.path)/harness"
    let player = try open(
      shared + submitted + [Bind(host: harness, box: "/harness", writable: false)], hidden: task.spec.sources,
      environment: [:], directory: "/submission")
    let toPlayer = try Processes.Pipe()
    let fromPlayer = try Processes.Pipe()
    let nothing = try Descriptor.open("/dev/null", O_WRONLY)
    descriptors += [(toPlayer.writer.raw, 4), (fromPlayer.reader.raw, 5)]
    let playing = try player.start(
      BoxCommand(
        Bytes(command.submissionScript.utf8), timeoutSeconds: Timeouts.grade, outputBytes: 4096,
        descriptors: [(toPlayer.reader.raw, 0), (fromPlayer.writer.raw, 1), (nothing.raw, 2)]))
    let running = try box.start(BoxCommand(command, timeoutSeconds: Timeouts.grade, descriptors: descriptors))
    _ = consume toPlayer
    _ = consume fromPlayer
    let result = try running.collect()
    playing.kill()
    // What the agent's code does to its own box must not decide the grade.
    try? player.close()
    try box.close()
    return TaskBoxResult(result, channel: try channel.contents(upTo: Self.resultLimit + 1))
  }

  private static let resultLimit = 1 << 20

  private func open(
    _ binds: [Bind], hidden: [String], environment: [String: String], directory: String = "/task"
  ) throws(SandboxError) -> Box {
    try Box.open(
      BoxSpec(
        profile: task.profile, limits: task.spec.limits, binds: binds, hidden: hidden, directory: directory,
        environment: environment, slot: slot))
  }
}

/// Seconds that a task's own commands may take.
enum Timeouts {
  static let prepare = 1800.0
  static let grade = 600.0
  /// For calls that do no work to speak of: create, describe, begin.
  static let call = 30.0
}

extension BoxCommand {
  fileprivate init(
    _ command: TaskBoxCommand, timeoutSeconds: Double, descriptors: [(parent: Int32, child: Int32)]
  ) {
    self.init(
      Bytes(command.script.utf8), timeoutSeconds: min(command.seconds ?? timeoutSeconds, timeoutSeconds),
      descriptors: descriptors, environment: command.environment)
  }
}

extension TaskBoxResult {
  fileprivate init(_ result: CommandResult, channel: Bytes) {
    self.init(
      exitCode: result.exitCode, signal: result.signal, timedOut: result.timedOut, output: result.output,
      result: channel.count > 1 << 20 ? nil : channel)
  }
}
