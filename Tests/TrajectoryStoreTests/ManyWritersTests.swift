// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import Testing
import TrajectoryStore

/// Several writers at one file, and writers that die.
@Suite struct ManyWritersTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
    let store = try Store.open(at: folder.store)
    try store.addRun(run())
  }

  @Test func threadsWithStoresOfTheirOwn() throws {
    let errors = Errors()
    DispatchQueue.concurrentPerform(iterations: 4) { number in
      errors.catching {
        let store = try Store.open(at: folder.store)
        let writer = try store.beginTrial(trial("trial-\(number)", number: number + 1))
        for index in 1...200 { try writer.append(step(index, bytes: 300)) }
        try writer.end(submitted, score: Double(number))
      }
    }
    #expect(errors.all.isEmpty, "\(errors.all)")
    let store = try Store.openReadOnly(at: folder.store)
    let report = try store.verify()
    #expect(report.isClean && report.trials == 4 && report.events == 4 * 202)
    #expect(try store.allSteps("trial-2") == (1...200).map { step($0, bytes: 300) })
  }

  @Test func processes() async throws {
    async let first: Void = child("p1", number: 1)
    async let second: Void = child("p2", number: 2)
    async let third: Void = child("p3", number: 3)
    _ = await (first, second, third)
    let report = try Store.openReadOnly(at: folder.store).verify()
    #expect(report.isClean && report.trials == 3 && report.events == 3 * 102)
  }

  private func child(_ id: String, number: Int) async {
    let path = folder.store
    await #expect(processExitsWith: .success) { [path = path as String, id, number] in
      let writer = try Store.open(at: path).beginTrial(trial(id, number: number))
      for index in 1...100 { try writer.append(step(index)) }
      try writer.end(submitted, score: nil)
    }
  }

  /// A process kills itself with SIGKILL from a second thread while it appends; it notes each step that it was
  /// told is stored. What is stored afterwards is that, or the step in flight too.
  @Test func aKilledWriterLosesAtMostTheStepInFlight() async throws {
    for round in 1...8 {
      let id = "killed-\(round)"
      let notes = folder.path + "/" + id
      let path = folder.store
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, id = id as String, round = round as Int, notes = notes as String] in
        let writer = try Store.open(at: path).beginTrial(trial(id, number: round))
        let note = open(notes, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        for index in 1...1_000_000 {
          if index == 2 {
            Thread.detachNewThread {
              usleep(UInt32(round * 4700 % 50_000))
              kill(getpid(), SIGKILL)
            }
          }
          try writer.append(step(index, bytes: 5000))
          var told = index
          pwrite(note, &told, MemoryLayout<Int>.size, 0)
        }
      }
      let told = try Data(contentsOf: URL(fileURLWithPath: notes)).withUnsafeBytes { $0.load(as: Int.self) }
      let store = try Store.open(at: folder.store)
      let report = try store.verify()
      #expect(report.isClean, "\(report.findings)")
      var stored = 0
      try store.steps(id) {
        stored += 1
        #expect($0 == step(stored, bytes: 5000))
      }
      #expect(stored == told || stored == told + 1, "told \(told), stored \(stored)")
      try store.endTrial(id, TrialEnd(kind: .failed, reason: "worker-died", cause: .host))
      #expect(try store.verify(trial: id).isClean)
    }
  }
}
