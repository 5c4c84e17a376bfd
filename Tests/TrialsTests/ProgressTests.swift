// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import Testing
import Trials

/// What a worker writes is what its coordinator reads.
@Suite struct ProgressTests {
  @Test(
    arguments: [
      ("bash", 0, nil), ("bash", -1, nil), ("validate", nil, 0.1), ("validate", nil, -1e-300),
      ("x", nil, 1e21),
      ("submit", nil, nil), ("a\"b\\c\n\u{7F}é", 7, 0),
    ] as [(String, Int32?, Double?)])
  func aStepIsOneLineOfJSON(action: String, exitCode: Int32?, score: Double?) throws {
    let line = try Trials.Progress.step(index: 12, action: action, exitCode: exitCode, score: score).line()
    #expect(line.last == UInt8(ascii: "\n"))
    #expect(line.dropLast().allSatisfy { $0 != UInt8(ascii: "\n") })
    let read = try JSONDecoder().decode(Trials.Progress.self, from: Data(line))
    guard case .step(12, action, exitCode, score) = read else {
      Issue.record("\(String(decoding: line, as: UTF8.self)) is read as \(read)")
      return
    }
  }
}
