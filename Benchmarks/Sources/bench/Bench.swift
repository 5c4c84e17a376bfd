// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CallCost
import Foundation
import LyceumCore
import Processes
import Trials

/// Prints each cost beside the floor that was measured in the same run, and the ratio or budget that it is held to.
@main
struct Bench {
  static func main() throws {
    let bin = CommandLine.arguments.dropFirst().first ?? ".build/release"
    setenv("LYCEUM_LIBEXEC", URL(fileURLWithPath: bin).path, 1)
    Signals.ignoreBrokenPipes()
    var table = Results()
    try startUp(bin, &table)
    try abiCall(bin, &table)
    try trials(bin, &table)
    table.print()
  }

  static func startUp(_ bin: String, _ table: inout Results) throws {
    let floor = try Spawned.median(["/bin/true"], times: 60)
    let version = try Spawned.median(["\(bin)/lyceum", "--version"], times: 60)
    table.add(
      "lyceum --version", version.wall / 1000, "ms", floor: floor.wall / 1000, "spawn /bin/true", budget: 30)
  }

  static func abiCall(_ bin: String, _ table: inout Results) throws {
    var cost = call_cost()
    guard call_cost_measure("\(bin)/libagent-scripted.so", "scripted", "", &cost) == 0 else {
      return table.fail("ABI call", "the scripted agent cannot be loaded")
    }
    table.add(
      "ABI call over a direct call", cost.abi_ns - cost.direct_ns, "ns", floor: cost.direct_ns, "direct call",
      budget: 20)
  }

  static func trials(_ bin: String, _ table: inout Results) throws {
    let bash = try Spawned.median(["/bin/bash", "--noprofile", "--norc", "-c", ":"], times: 200)
    let lab = try Laboratory(bin)
    defer { lab.remove() }
    _ = try lab.play(steps: 20)  // data and caches are warm from here on
    let runs = try [20, 200, 2000].map { try lab.play(steps: $0) }
    for run in runs {
      table.add(
        "host CPU per step, \(run.steps) steps", run.cpuPerStep / 1000, "ms", floor: bash.cpu / 1000,
        "CPU of bash -c :",
        budget: 0.3)
    }
    table.add(
      "CPU per step at 2000 over at 20 steps", runs[2].cpuPerStep / runs[0].cpuPerStep, "×", floor: 1, "flat",
      budget: 1.1)
    table.add(
      "whole step, box and snapshot", runs[1].wallPerStep / 1000, "ms", floor: bash.wall / 1000,
      "bash -c : by spawn",
      budget: 3 * bash.wall / 1000)
    let starts = try (0..<15).map { _ in try lab.play(steps: 1).start / 1000 }.sorted()
    table.add(
      "new trial to first command's end", starts[7], "ms", floor: bash.wall / 1000, "bash -c : by spawn",
      budget: 60)
    table.add("stored bytes per step beyond content", runs[2].storedPerStep, "B", floor: 0, "", budget: 600)
    table.add("worker memory, 20 steps", try lab.peakKB(steps: 20) / 1024, "MiB", floor: 0, "", budget: 40)
    table.add(
      "worker memory, 2000 steps", try lab.peakKB(steps: 2000) / 1024, "MiB", floor: 0, "", budget: 40)
  }
}
