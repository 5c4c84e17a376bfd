// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import Testing
import TrajectoryStore

/// What a step costs. Printed, not asserted: a machine under load must not fail a test.
@Suite(.serialized) struct CostTests {
  /// Microseconds that this thread has run.
  private static var threadTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
  }

  @Test func appendingCostsTheSameHoweverManyCameBefore() throws {
    let folder = try Folder()
    let store = try Store.open(at: folder.store)
    try store.addRun(run())
    let writer = try store.beginTrial(trial("01HV6Y1Z3N9Q8W7E6R5T4Y3U2I"))
    var content = 0
    let before = try store.info()
    for round in [1...20, 21...200, 201...2000] {
      let steps = round.map { step($0, bytes: 400) }
      let start = Self.threadTime
      for step in steps { try writer.append(step) }
      let each = (Self.threadTime - start) / Double(steps.count)
      print("append: \(each.rounded()) µs CPU each for steps \(round)")
      for step in steps {
        let decision = step.decision
        content += step.observation.output.count + decision.thought.count + decision.action.input.count
      }
    }
    try writer.end(submitted, score: nil)
    try store.close()
    let after = try Store.openReadOnly(at: folder.store).info()
    print("stored: \((after.bytes - before.bytes - content) / 2000) bytes a step beyond its content")
    #expect(after.steps == 2000)
  }
}
