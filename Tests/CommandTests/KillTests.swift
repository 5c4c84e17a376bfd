// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import Glibc
import LyceumCore
import LyceumTesting
import Processes
import Testing
import TrajectoryStore

/// What is on record survives kill -9 at any moment, and the same command goes on from there.
/// `LYCEUM_KILLS` is how often each is tried, 3 by default.
@Suite(.serialized) struct KillTests {
  private static let kills = ProcessInfo.processInfo.environment["LYCEUM_KILLS"].flatMap(Int.init) ?? 3

  private let ground: Playground

  init() throws { ground = try playground() }

  private func specification(seed: Int) throws -> String {
    let script = """
      bash: echo 41 > answer.txt; sleep 0.03
      validate
      bash: echo 42 > answer.txt; sleep 0.03
      validate
      bash: for i in 1 2 3; do sleep 0.02 & done; wait
      submit

      """
    return try ground.specify([Player("one", script), Player("two", script)], trials: 2, seed: seed)
  }

  @Test func theCoordinatorIsKilled() throws {
    var struck = 0
    for kill in 1...Self.kills {
      let spec = try specification(seed: kill)
      let delay = Double.random(in: 0.02...2.2)
      let run = try ground.start(["run", spec, "--jobs", "2"])
      usleep(UInt32(delay * 1e6))
      let family = descendants(of: run.pid)
      run.send(SIGKILL)
      let end = try run.end()
      try expectGone(family, "killed after \(delay) s")
      struck += try resumes(spec, after: end, "killed after \(delay) s")
    }
    #expect(Self.kills < 20 || struck > 0, "no kill came while a trial was played")
  }

  @Test func workersAreKilled() throws {
    var struck = 0
    for kill in 1...Self.kills {
      let spec = try specification(seed: 1000 + kill)
      let delay = Double.random(in: 0.02...1.8)
      let run = try ground.start(["run", spec, "--jobs", "2"])
      usleep(UInt32(delay * 1e6))
      let family = descendants(of: run.pid)
      // A child that a worker has just forked goes by the worker's name until it becomes another program.
      let workers = family.filter { $0.parent == run.pid && $0.command.hasPrefix("lyceum trial work") }
      if let victim = workers.randomElement() { Glibc.kill(victim.pid, SIGKILL) }
      let end = try run.end()
      #expect([0, 1].contains(end.code), "a worker killed after \(delay) s: \(end.errors)")
      try expectGone(family, "a worker killed after \(delay) s")
      struck += try resumes(spec, after: end, "a worker killed after \(delay) s")
    }
    #expect(Self.kills < 20 || struck > 0, "no kill came while a trial was played")
  }

  /// A kill may come after a trial's end is stored and before its folder is gone.
  @Test func aFolderThatOutlivedItsTrialIsRemoved() throws {
    let trial = try ground.play("bash: echo 42 > answer.txt\nsubmit\n")
    let name = Digest(of: Array("\(ground.storePath)\0\(trial.record.id)".utf8)).hex.prefix(20)
    try ground.folder.write("cache/work/\(name)/workspace/answer.txt", "42")
    let again = try ground.play("bash: echo 42 > answer.txt\nsubmit\n")
    #expect(again == trial)
    #expect(ground.workFolders.isEmpty)
  }

  /// The same command finishes the run, and nothing that was on record has changed or was played twice.
  /// Gives the number of attempts that the kill had cut short.
  private func resumes(_ spec: String, after killed: ProgramResult, _ what: Comment) throws -> Int {
    let before = try recorded()
    let result = try ground.lyceum("run", spec, "--jobs", "2")
    #expect(result.code == 0, "\(what): \(result.errors)")
    let store = try ground.store()
    let run = try #require(try store.runs().last)
    let trials = try store.trials(run: run.id)

    for (cell, tries) in Dictionary(grouping: trials, by: \.record.cell) {
      let final = tries.filter { $0.ending?.score == 100 }
      #expect(final.count == 1, "\(what): \(cell) was finished \(final.count) times")
      #expect(tries.allSatisfy { $0.ending != nil }, "\(what): an attempt of \(cell) has no end")
      #expect(tries.map(\.record.attempt).sorted() == Array(1...tries.count), "\(what)")
      for other in tries where other.ending?.score == nil {
        #expect(other.ending?.end.cause == .host, "\(what): \(String(describing: other.ending?.end))")
      }
    }
    #expect(Set(trials.map(\.record.cell)).count == 4, "\(what)")
    for trial in before where trial.record.run == run.id && trial.ending?.score != nil {
      #expect(trials.contains(trial), "\(what): \(trial.record.id) was finished and has changed")
    }
    for trial in trials {
      var indices: [Int] = []
      try store.steps(trial.record.id) { indices.append($0.index) }
      #expect(indices == Array(1..<indices.count + 1), "\(what): \(trial.record.id) has steps \(indices)")
      #expect(trial.ending?.steps == indices.count, "\(what): \(trial.record.id)")
      let told = toldSteps(of: trial, in: killed.errors)
      #expect(told <= indices.count, "\(what): step \(told) was told of and is not on record")
    }
    #expect(ground.workFolders.isEmpty, "\(what)")
    #expect(ground.leftovers().isEmpty, "\(what)")
    try ground.verify()
    return trials.count { $0.ending?.score == nil }
  }

  /// Trials as they were when the run was killed; empty when there was no store yet.
  private func recorded() throws -> [StoredTrial] {
    guard FileManager.default.fileExists(atPath: ground.storePath), let store = try? ground.store() else {
      return []
    }
    return try store.runs().flatMap { try store.trials(run: $0.id) }
  }

  /// The last step of the trial that the killed run told of on standard error.
  private func toldSteps(of trial: StoredTrial, in errors: String) -> Int {
    let cell = "\(trial.record.cell.task) × \(trial.record.cell.agent) #\(trial.record.cell.number)"
    guard errors.contains("[\(trial.record.id)] \(cell) begins") else { return 0 }
    return errors.split(separator: "\n").compactMap { line -> Int? in
      guard line.hasPrefix("\(cell): step ") else { return nil }
      return Int(line.dropFirst("\(cell): step ".count).prefix { $0.isNumber })
    }.max() ?? 0
  }

  private func expectGone(_ family: [Relative], _ what: Comment) throws {
    let deadline = Deadline.after(seconds: 5)
    var left = family.filter(\.isAlive)
    while !left.isEmpty, !deadline.hasPassed {
      usleep(20_000)
      left = left.filter(\.isAlive)
    }
    #expect(left.isEmpty, "\(what): \(left.map(\.command))")
  }
}

/// A process that a program of the test has started, at whatever distance.
private struct Relative {
  let pid: Int32
  let parent: Int32
  let started: String
  let command: String

  init?(_ pid: Int32) {
    guard let stat = FileManager.default.contents(atPath: "/proc/\(pid)/stat"),
      let end = stat.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = String(decoding: stat[(end + 1)...], as: UTF8.self).split(separator: " ")
    guard fields.count > 19, let parent = Int32(fields[1]), fields[0] != "Z" else { return nil }
    self.pid = pid
    self.parent = parent
    started = String(fields[19])
    let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
    command = String(decoding: words, as: UTF8.self).split(separator: "\0").joined(separator: " ")
  }

  /// The same process, not another that was given its number.
  var isAlive: Bool { Relative(pid)?.started == started }
}

private func descendants(of pid: Int32) -> [Relative] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  let all = Dictionary(grouping: names.compactMap { Int32($0).flatMap(Relative.init) }, by: \.parent)
  var out: [Relative] = []
  var parents = [pid]
  while let parent = parents.popLast() {
    for child in all[parent] ?? [] {
      out.append(child)
      parents.append(child.pid)
    }
  }
  return out
}
