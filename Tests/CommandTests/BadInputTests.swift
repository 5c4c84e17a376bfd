// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import Glibc
import LyceumCore
import LyceumTesting
import Testing
import TrajectoryStore

/// What is wrong is said in one line, with the exit status that fits.
@Suite struct BadInputTests {
  private let ground: Playground

  init() throws { ground = try playground() }

  /// Expects `lyceum ARGUMENTS` to end with `code` and one line that holds all `words`.
  private func expect(
    _ code: Int32, _ words: [String], _ arguments: String..., at location: SourceLocation = #_sourceLocation
  ) throws {
    let result = try ground.start(arguments).end()
    #expect(result.code == code, "\(arguments): \(result.errors)", sourceLocation: location)
    #expect(result.output.isEmpty, "\(result.output)", sourceLocation: location)
    let lines = result.errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.count == 1, "\(arguments): \(result.errors)", sourceLocation: location)
    for word in words { #expect(result.errors.contains(word), "\(result.errors)", sourceLocation: location) }
    for ugly in ["NSCocoa", "Error Domain", "Optional("] {
      #expect(!result.errors.contains(ugly), "\(result.errors)", sourceLocation: location)
    }
  }

  @Test func namesThatNobodyKnows() throws {
    try expect(2, ["no task `tinny`", "tiny"], "run", "--task", "tinny", "--agent", "baseline")
    try expect(2, ["no agent `basline`", "baseline"], "run", "--task", "tiny", "--agent", "basline")
    try expect(2, ["none.so"], "run", "--task", "tiny", "--agent", "./none.so")
    try expect(2, ["none.yaml"], "run", "none.yaml")
    try expect(2, ["no store"], "report", "--store", "none.db")
    #expect(!FileManager.default.fileExists(atPath: ground.storePath), "a store was made for nothing")
  }

  @Test func commandsThatMakeNoSense() throws {
    let nothing = try ground.lyceum("run")
    #expect(nothing.code == 2)
    #expect(nothing.errors.split(separator: "\n").count == 2, "\(nothing.errors)")
    #expect(nothing.errors.contains("--task") && nothing.errors.contains("--agent"))
    let one = ["run", "--task", "tiny", "--agent", "baseline"]
    for (flag, value) in [
      ("--jobs", "0"), ("--jobs", "65"), ("--trials", "0"), ("--steps", "0"), ("--step-seconds", "0"),
      ("--trial-seconds", "nan"), ("--output-bytes", "1"),
    ] {
      let result = try ground.start(one + [flag, value]).end()
      #expect(result.code == 2, "\(flag) \(value): \(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
    try expect(
      2, ["name"], "run", "--task", "tiny", "--agent", "scripted=stop", "--agent", "scripted=submit")
    try expect(2, ["twice"], "run", "--task", "tiny", "--task", "tiny", "--agent", "baseline")
    #expect(try ground.lyceum("runn").code == 2)
    #expect(try ground.lyceum("run", "--no-such-flag").code == 2)
    #expect(try ground.lyceum("run", "--task", "tiny", "--agent", "baseline", "--seed", "x").code == 2)
  }

  @Test func tasksWithMistakes() throws {
    let broken = try Fixture.task(
      in: ground.folder,
      changing: [
        "task.yaml": try Fixture.file("task.yaml", replacing: "direction: higher", by: "direction: hihger")
      ])
    try expect(2, ["task.yaml:8:", "direction"], "run", "--task", broken, "--agent", "baseline")
    let misspelt = try Fixture.task(
      in: ground.folder,
      changing: ["task.yaml": try Fixture.file("task.yaml", replacing: "starter:", by: "startre:")])
    try expect(2, ["task.yaml:", "startre"], "task", "show", misspelt)
    let missing = try Fixture.task(
      in: ground.folder,
      changing: [
        "task.yaml": try Fixture.file(
          "task.yaml", replacing: "packages: [bash]", by: "packages: [bash, lyceum-no-such-package]")
      ])
    try expect(
      3, ["apt-get install lyceum-no-such-package"], "run", "--task", missing, "--agent", "baseline")
    let profile = try Fixture.task(
      in: ground.folder,
      changing: [
        "task.yaml": try Fixture.file("task.yaml", replacing: "profile: default", by: "profile: nowhere")
      ])
    try expect(3, ["nowhere"], "run", "--task", profile, "--agent", "baseline")
  }

  @Test func librariesThatAreNoPlugins() throws {
    let text = try ground.folder.write("text.so", "this is no library\n")
    try expect(2, ["text.so", "not a plugin"], "run", "--task", "tiny", "--agent", text)
    let plain = ground.folder("plain.so")
    try CompiledPlugin.make(
      try ground.folder.write("plain.c", "int answer(void);\nint answer(void) { return 42; }\n"), at: plain)
    try expect(2, ["plain.so", "lyceum_plugin_entry_v1"], "run", "--task", "tiny", "--agent", plain)
    let library = try Fixture.agent("faulty", in: ground.folder, ["-DABI=(2u << 16)"])
    try expect(2, ["faulty.so", "ABI 2.0"], "run", "--task", "tiny", "--agent", library)
    try expect(
      2, ["agent-baseline", "no task"], "run", "--task", Built.plugin("agent-baseline"), "--agent", "baseline"
    )
  }

  @Test func storesThatAreNone() throws {
    let text = try ground.folder.write("text.db", String(repeating: "not a store\n", count: 100))
    let before = try String(contentsOfFile: text, encoding: .utf8)
    try expect(4, ["text.db"], "run", "--task", "tiny", "--agent", "baseline", "--store", text)
    try expect(4, ["text.db"], "report", "--store", text)
    #expect(try String(contentsOfFile: text, encoding: .utf8) == before)

    #expect(try ground.lyceum("run", "--task", "tiny", "--agent", "baseline").code == 0)
    let change = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute(sys.argv[2]); d.commit()"
    let newer = ground.folder("newer.db")
    try FileManager.default.copyItem(atPath: ground.storePath, toPath: newer)
    _ = try runProgram("/usr/bin/python3", ["-c", change, newer, "PRAGMA user_version = 99"])
    for command in [["run", "--task", "tiny", "--agent", "baseline"], ["store", "verify"]] {
      let result = try ground.start(command + ["--store", newer]).end()
      #expect(result.code == 3, "\(result.errors)")
      #expect(result.errors.contains("99"))
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }

    let changed = ground.folder("changed.db")
    try FileManager.default.copyItem(atPath: ground.storePath, toPath: changed)
    _ = try runProgram("/usr/bin/python3", ["-c", change, changed, "UPDATE trials SET score = 99"])
    let verified = try ground.lyceum("store", "verify", "--store", changed)
    #expect(verified.code == 4)
    #expect(verified.output.contains("finding"), "\(verified.output)")
  }

  @Test func placesThatCannotBeWritten() throws {
    let file = try ground.folder.write("file", "")
    try expect(3, [file], "run", "--task", "tiny", "--agent", "baseline", "--store", "\(file)/below.db")
    try expect(
      3, ["none"], "run", "--task", "tiny", "--agent", "baseline", "--store", ground.folder("none/runs.db"))
    let elsewhere = try Playground(tasks: Fixture.tasks, environment: ["LYCEUM_CACHE": "\(file)/cache"])
    let result = try elsewhere.lyceum("run", "--task", "tiny", "--agent", "baseline")
    #expect(result.code == 3)
    #expect(
      result.errors.contains("LYCEUM_CACHE") && result.errors.contains("\(file)/cache"), "\(result.errors)")
    #expect(
      result.errors.split(separator: "\n").count == 1 && !result.errors.contains("NSCocoa"),
      "\(result.errors)")
  }

  @Test func withoutBubblewrapNothingIsPlayed() throws {
    // The program runs in a mount namespace in which bwrap is hidden by a file that cannot be executed.
    let result = try runProgram(
      "/usr/bin/bwrap",
      [
        "--dev-bind", "/", "/", "--ro-bind", Fixture.tasks + "/tiny/task.yaml", "/usr/bin/bwrap", "--",
        Built.program("lyceum"), "run", "--task", "tiny", "--agent", "baseline",
      ], environment: ground.environment, directory: ground.folder.path)
    #expect(result.code == 3)
    #expect(result.errors.contains("apt-get install bubblewrap"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: ground.storePath))
  }

  @Test(.enabled(if: geteuid() == 0, "a small disk is mounted by root"), arguments: ["220k", "380k"])
  func aFullDiskLosesNothing(size: String) throws {
    let script = """
      mkdir small && mount -t tmpfs -o size=$1 tmpfs small || exit 99
      "$2" run "$3" --store small/runs.db
      echo "first $?"
      "$2" store verify --store small/runs.db >&2
      echo "verify $?"
      mount -o remount,size=64m small
      "$2" run "$3" --store small/runs.db >&2
      echo "second $?"
      "$2" store verify --store small/runs.db >&2
      echo "verify $?"
      umount small
      """
    let fill = "bash: head -c 3000 /dev/urandom | base64 -w 0\n"
    let spec = try ground.specify([
      Player("base", agent: "baseline", ""),
      Player("fill", "bash: echo 42 > answer.txt\n" + String(repeating: fill, count: 18) + "submit\n"),
    ])
    let result = try runProgram(
      "/usr/bin/unshare", ["-m", "/bin/sh", "-c", script, "sh", size, Built.program("lyceum"), spec],
      environment: ground.environment, directory: ground.folder.path)
    try #require(!result.output.isEmpty, "\(result.errors)")
    #expect(
      result.output.split(separator: "\n").suffix(4) == ["first 3", "verify 0", "second 0", "verify 0"],
      "\(result.errors)")
    #expect(
      result.errors.lowercased().contains("no room left") || result.errors.contains("No space left"),
      "\(result.errors)")
    #expect(ground.workFolders.isEmpty)
  }
}
