// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
public import LyceumCore
internal import Processes
public import TrajectoryStore
internal import Workspace

/// What happens in a run, for whoever shows it.
public enum RunEvent: Sendable {
  /// `finished` of `total` trials were on record before.
  case began(run: String, total: Int, finished: Int)
  case trialBegan(Cell, trial: String)
  case progress(Cell, Progress)
  case trialEnded(Cell, TrialEnd, score: Double?)
}

/// How a run ended.
public struct RunOutcome: Sendable {
  public let run: String
  public let interrupted: Bool
}

/// Plays the trials of a run that are not on record yet, some at a time, each in a worker of its own.
public struct RunCoordinator {
  public let installation: Installation
  public let store: String
  /// Trials at one time.
  public let jobs: Int

  public init(installation: Installation, store: String, jobs: Int) {
    self.installation = installation
    self.store = store
    self.jobs = jobs
  }

  /// Blocks until every trial is on record, or until SIGINT, SIGTERM or SIGHUP.
  public func run(
    _ spec: RunSpec, tasks: [ResolvedTask], agents: [ResolvedAgent], onEvent: (RunEvent) -> Void
  ) throws(RunError) -> RunOutcome {
    do {
      let book = try RunBook(spec, tasks: tasks, agents: agents, store: store, installation: installation)
      return try play(book, onEvent)
    } catch let error as RunError {
      throw error
    } catch let error as StoreError {
      throw RunError(error)
    } catch {
      throw RunError(.environment, "the run could not go on: \(error)")
    }
  }

  private func play(_ book: RunBook, _ onEvent: (RunEvent) -> Void) throws -> RunOutcome {
    let interrupts = try Signals.catchInterrupts()
    var waiting = try book.unfinished()
    onEvent(.began(run: book.id, total: book.total, finished: book.total - waiting.count))
    var workers: [WorkerProcess] = []
    var interrupted = false
    defer { for worker in workers { worker.kill() } }

    while !workers.isEmpty || (!waiting.isEmpty && !interrupted) {
      while !interrupted, !waiting.isEmpty, workers.count < jobs {
        let next = waiting.removeFirst()
        let slot = try Slot.take(cache: installation.cache)
        let plan = book.plan(next, slot: slot)
        workers.append(try WorkerProcess(plan, slot: slot, executable: "/proc/self/exe"))
        onEvent(.trialBegan(next.cell, trial: plan.trial))
      }
      let watched = [interrupts.raw] + workers.flatMap(\.waitable)
      if try waitReadable(watched, until: .never)[0] {
        _ = try interrupts.read(upTo: 64)
        interrupted = true
        for worker in workers { worker.kill() }
      }
      for (index, worker) in workers.enumerated().reversed() {
        let over = try worker.exit()
        for event in try worker.news() { onEvent(.progress(worker.plan.cell, event)) }
        guard let over else { continue }
        workers.remove(at: index)
        let (end, score) = try book.settle(worker, exit: over, interrupted: interrupted)
        onEvent(.trialEnded(worker.plan.cell, end, score: score))
      }
    }
    return RunOutcome(run: book.id, interrupted: interrupted)
  }
}
