// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import LyceumCore
internal import PluginHost
internal import Processes
internal import Sandbox
internal import Workspace

/// Grades trees of a trial's workspace: the declared files of the tree are all that the grader gets.
struct Grading {
  let task: ResolvedTask
  let session: TaskSession
  let boxes: TaskBoxes
  let repository: Repository
  /// Empty folder of this trial's own, for submissions.
  let scratch: String
  let seed: Seed

  /// Never throws: what could not be measured is an unscored grade with its cause.
  func grade(_ tree: TreeID, split: Split) -> Grade {
    let folder = "\(scratch)/submission"
    do {
      try Workspace.removeTree(at: folder)
      let files = task.spec.submission.map { Bytes($0.utf8) }
      for file in try repository.extract(tree, paths: files, into: folder, owner: uid(slot: boxes.slot)) {
        if let problem = file.outcome.problem {
          return Grade(split: split, outcome: .refused(reason: "\(String(line: file.path)) \(problem)"))
        }
      }
    } catch {
      return Grade(
        split: split, outcome: .unscored(cause: .host, reason: "cannot lay out the submission: \(error)"))
    }
    boxes.submission = folder
    defer { boxes.submission = nil }
    do throws(PluginError) {
      return try session.grade(
        split, seed: seed.derive("grade", split.rawValue), deadline: .after(seconds: Timeouts.grade + 60))
    } catch {
      if let failure = boxes.failure {
        return Grade(split: split, outcome: .unscored(cause: .sandbox, reason: failure.description))
      }
      return Grade(split: split, outcome: .unscored(cause: .grader, reason: error.story))
    }
  }
}

extension ExtractedFile.Outcome {
  /// Why the file cannot be part of a submission; nil when it can.
  fileprivate var problem: String? {
    switch self {
    case .written: nil
    case .missing: "is missing: make it before you submit"
    case .notRegular: "is not a regular file"
    case .tooLarge: "is too large to be submitted"
    case .invalidPath: "is not a path of the workspace"
    }
  }
}
