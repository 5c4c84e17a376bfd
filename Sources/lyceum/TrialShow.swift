// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import ArgumentParser
internal import Foundation
internal import LyceumCore
internal import TrajectoryStore
internal import Trials

struct TrialShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a trial, or one of its steps in full.",
    discussion: """
      EXAMPLES
        lyceum trial show 4f2a91c03b-1-1
        lyceum trial show 4f2a91c03b-1-1 --step 3
        lyceum trial show 4f2a91c03b-1-1 --step 3 --json

      In JSON, content that is not UTF-8 is given as {"base64": …}.
      """)

  @Argument(help: "Id of a trial; the beginning is enough where it is unique.")
  var trial: String
  @Option(name: .long, help: "Index of a step, from 1.")
  var step: Int?
  @OptionGroup var store: StoreOption
  @OptionGroup var output: JSONFlag

  func run() throws {
    let store = try store.openReadOnly()
    let trial = try store.trial(trial)
    if let step {
      guard let found = try store.step(trial.record.id, step) else {
        throw RunError(
          .usage,
          "trial \(trial.record.id) has no step \(step): it has \(try store.stepCount(trial.record.id))")
      }
      let grades = try store.grades(trial.record.id).filter { $0.step == step }
      if output.json {
        try printJSON(StepView(found, grades: grades))
      } else {
        print(StepView(found, grades: grades).text)
      }
    } else {
      let view = try TrialView(trial, store)
      if output.json { try printJSON(view) } else { print(view.text, terminator: "") }
    }
  }
}
