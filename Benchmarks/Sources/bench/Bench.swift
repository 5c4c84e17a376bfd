// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CallCost
import Foundation

/// Prints each cost beside the floor that was measured in the same run, and the budget that it is held to.
///
/// The argument is the folder of the built programs. Nothing fails on a number: who reads the table judges.
/// Stores lie in the folder that TMPDIR names. A kernel whose ext4 has no journal takes long to make a file where
/// many were removed in the last minutes; TMPDIR=/dev/shm tells what a step costs without that.
@main
struct Bench {
  private let bin: String
  private var table = Results()

  static func main() {
    do { try run() } catch {
      FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func run() throws {
    let bin = URL(fileURLWithPath: CommandLine.arguments.dropFirst().first ?? ".build/release").path
    setenv("LYCEUM_LIBEXEC", bin, 1)
    var bench = Bench(bin: bin)
    try bench.startUp()
    bench.abiCall()
    try bench.trials()
    bench.table.print()
    // Other work on the machine makes everything slower, and processor time dearer where cores share a unit.
    let load = try String(contentsOfFile: "/proc/loadavg", encoding: .utf8).split(separator: " ")
    print("load average of the last minute: \(load[0]) on \(ProcessInfo.processInfo.processorCount) cores")
  }

  private init(bin: String) { self.bin = bin }

  private mutating func startUp() throws {
    let floor = try Spawned(["/bin/true"], times: 100)
    let version = try Spawned(["\(bin)/lyceum", "--version"], times: 100)
    table.add("lyceum --version", version.wall, "ms", floor: floor.wall, "/bin/true", budget: 30)
  }

  private mutating func abiCall() {
    var cost = call_cost()
    guard call_cost_measure("\(bin)/libagent-scripted.so", "scripted", "", &cost) == 0 else {
      return table.fail("ABI call over a direct call", "the scripted agent cannot be loaded")
    }
    table.add(
      "ABI call over a direct call", cost.abi_ns - cost.direct_ns, "ns", floor: cost.direct_ns, "direct call",
      budget: 20)
  }

  private mutating func trials() throws {
    let laboratory = try Laboratory(bin)
    defer { laboratory.remove() }
    _ = try laboratory.play(steps: 20)  // data and caches are warm from here on
    let command = ["/bin/bash", "--noprofile", "--norc", "-c", ":"]
    let starts = try laboratory.starts(16).dropFirst()  // the first makes the repository
    let process = try Spawned(["\(bin)/lyceum", "--version"], times: 50).wall
    table.add(
      "new trial, worker's start to first command's end", Array(starts).median, "ms", floor: process,
      "lyceum --version")
    table.add(
      "new trial, plan to first command's end", Array(starts).median - process, "ms",
      floor: try Spawned(command, times: 100).wall, "bash", budget: 60)

    for (work, name) in [(Laboratory.Work.nothing, "nothing changed"), (.change, "a file changed")] {
      let bash = try Spawned(command, times: 200)
      let short = try (0..<15).map { _ in try laboratory.play(steps: 20, work).trial }
      let long = try (0..<3).map { _ in try laboratory.play(steps: 2000, work) }
      let first = short.map(\.workerCPU).median
      let last = long.map(\.trial.workerCPU).median
      table.add(
        "worker CPU per step, 20 steps, \(name)", first, "ms", floor: bash.cpu, "bash, CPU", budget: 0.3)
      let middle = try (0..<3).map { _ in try laboratory.play(steps: 200, work).trial.workerCPU }.median
      table.add("worker CPU per step, 200 steps", middle, "ms", floor: bash.cpu, "bash, CPU", budget: 0.3)
      table.add("worker CPU per step, 2000 steps", last, "ms", floor: bash.cpu, "bash, CPU", budget: 0.3)
      table.add("  2000 steps over 20", last / first, "×", budget: 1.1)
      table.add(
        "runner and PID 1, CPU per step", long.map(\.trial.helperCPU).median, "ms", floor: bash.cpu,
        "bash, CPU")
      table.add(
        "whole step, box and snapshot", long.map(\.trial.wall).median, "ms", floor: bash.wall, "bash",
        budget: 3 * bash.wall)
      table.add("store, bytes per step beyond content", long.map(\.stored.rows).median, "B", budget: 600)
      table.add("git objects, bytes per step", long.map(\.stored.objects).median, "B")
      table.add("worker memory, 20 steps", short.map(\.peakKB).median / 1024, "MiB", budget: 40)
      table.add("worker memory, 2000 steps", long.map(\.trial.peakKB).median / 1024, "MiB", budget: 40)
    }
  }
}
