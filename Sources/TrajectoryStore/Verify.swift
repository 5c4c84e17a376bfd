// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import LyceumCore

/// What ``Store/verify(trial:onFinding:)`` looked at, and what it found.
public struct VerifyReport: Sendable, Hashable {
  public var runs = 0
  public var trials = 0
  /// Events whose link was computed again.
  public var events = 0
  /// The first ``limit`` of them.
  public var findings: [Finding] = []

  public static let limit = 1000

  public var isClean: Bool { findings.isEmpty }

  /// Something that contradicts the rest of the file.
  public struct Finding: Sendable, Hashable, CustomStringConvertible {
    /// Table of the row; nil when the finding is about the file.
    public var table: String?
    /// Set for a row of `runs`.
    public var run: String?
    public var trial: String?
    /// Place among the trial's events.
    public var sequence: Int?
    /// Index, for a step.
    public var step: Int?
    public var reason: String

    /// `steps: trial X, step 3 (event 5): its content is not what was hashed`.
    public var description: String {
      var place: [String] = []
      if let run { place.append("run \(String(line: run.utf8))") }
      if let trial { place.append("trial \(String(line: trial.utf8))") }
      if let step {
        place.append("step \(step)" + (sequence.map { " (event \($0))" } ?? ""))
      } else if let sequence {
        place.append("event \(sequence)")
      }
      let parts: [String?] = [table, place.isEmpty ? nil : place.joined(separator: ", "), reason]
      return parts.compactMap { $0 }.joined(separator: ": ")
    }
  }
}

extension Store {
  /// Checks that the file holds what was written: every run's hash and every trial's chain is computed again; the
  /// first bad row of each trial is named. Without `trial`, SQLite's own checks of pages, indices, types and
  /// references, and the schema, come too. Memory does not grow with the store. `onFinding` is called once for each
  /// finding, and may use the store.
  ///
  /// What it cannot see: that a whole trial is gone, or the last events of one that has not ended.
  public func verify(
    trial: String? = nil, onFinding: (VerifyReport.Finding) -> Void = { _ in }
  ) throws(StoreError) -> VerifyReport {
    var report = VerifyReport()
    /// Runs one part of the check; what stops it is a finding too.
    func part(_ table: String?, _ body: (Verifier) throws -> [VerifyReport.Finding]) throws(StoreError) {
      let findings: [VerifyReport.Finding]
      do {
        findings = try read { db in try body(Verifier(db: db)) }
      } catch {
        guard case .damaged(_, let detail) = error else { throw error }
        findings = [.init(table: table, reason: detail)]
      }
      for finding in findings where report.findings.count < VerifyReport.limit {
        report.findings.append(finding)
        onFinding(finding)
      }
    }

    let only = try trial.map { prefix throws(StoreError) in try self.trial(prefix).record }
    try part("runs") { verifier in
      let (count, findings) = try verifier.runs(only: only?.run)
      report.runs = count
      return findings
    }
    var row = Int64.min
    var more = true
    while more {
      more = false
      var found: Int64?
      try part("trials") { verifier in
        found = try verifier.nextTrial(after: row, only: only?.id)
        return []
      }
      guard let found else { break }
      (row, more) = (found, true)
      report.trials += 1
      try part("trials") { verifier in
        let (count, finding) = try verifier.trial(row: found)
        report.events += count
        return finding.map { [$0] } ?? []
      }
    }
    if only == nil {
      try part(nil) { try $0.references() }
      try part(nil) { try $0.schema() }
      try part(nil) { try $0.pages() }
    }
    return report
  }
}
