// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import TrajectoryStore
internal import Trials

/// Shows a run on standard error: a line for every trial, and on a terminal a last line that is alive.
final class ProgressPrinter {
  private let live = isatty(STDERR_FILENO) == 1
  private var total = 0
  private var done = 0
  private var running: [Cell: String] = [:]

  func show(_ event: RunEvent) {
    switch event {
    case .began(let run, let total, let finished):
      self.total = total
      done = finished
      line(
        "run \(run): \(count(total, "trial"))"
          + (finished > 0 ? ", \(finished) of them already on record" : ""))
    case .trialBegan(let cell, let trial):
      running[cell] = "begins"
      line("[\(trial)] \(name(cell)) begins")
    case .progress(let cell, .step(let index, let action, _, let score)):
      running[cell] = "step \(index) \(action)"
      if let score { line("\(name(cell)): step \(index) validates at \(String(format: "%.4f", score))") }
    case .progress: break
    case .trialEnded(let cell, let end, let score):
      done += 1
      running[cell] = nil
      let result =
        score.map { "score \(String(format: "%.4f", $0))" } ?? "unscored, cause \(end.cause?.rawValue ?? "–")"
      let detail = end.detail.isEmpty ? "" : ": \(end.detail)"
      line("\(done)/\(total) \(name(cell)) \(end.reason), \(result)\(score == nil ? detail : "")")
    }
    status()
  }

  /// Leaves the terminal as it was.
  func finish() { if live { say("\r\u{1B}[K", terminator: "") } }

  private func name(_ cell: Cell) -> String { "\(cell.task) × \(cell.agent) #\(cell.number)" }

  private func line(_ text: String) {
    let printable = String(line: text.utf8, limit: 400)
    say(live ? "\r\u{1B}[K\(printable)" : printable)
  }

  private func status() {
    guard live else { return }
    let parts = running.map { "\(name($0.key)) \($0.value)" }.sorted()
    say(
      "\r\u{1B}[K" + String(line: "\(done)/\(total)  \(parts.joined(separator: " | "))".utf8, limit: 78),
      terminator: "")
  }
}
