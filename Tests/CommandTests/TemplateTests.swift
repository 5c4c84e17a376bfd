// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumTesting
import Testing
import TrajectoryStore

/// What `init` writes works as it is.
@Suite struct TemplateTests {
  private let ground: Playground

  init() throws { ground = try playground() }

  @Test func aNewTaskPassesItsCheck() throws {
    let made = try ground.lyceum("task", "init", "line-fit")
    #expect(made.code == 0 && made.output.contains("lyceum task check ./line-fit"))
    let checked = try ground.lyceum("task", "check", "./line-fit")
    #expect(checked.code == 0, "\(checked.output)\(checked.errors)")
    #expect(try ground.lyceum("task", "init", "line-fit").code == 2)
    #expect(try ground.lyceum("task", "init", "../line").code == 2)
  }

  @Test func aNewAgentIsBuiltAndPlays() throws {
    // As Scripts/build does.
    let template = try String(
      contentsOfFile: "\(Built.root)/Sources/CLyceum/lyceum-plugin.pc.in", encoding: .utf8)
    let filled = template.replacing("@INCLUDEDIR@", with: Built.headers).replacing("@VERSION@", with: "0.1.0")
    try ground.folder.write("pkgconfig/lyceum-plugin.pc", filled)
    #expect(try ground.lyceum("agent", "init", "my-agent").code == 0)
    let built = try runProgram(
      "/usr/bin/make", ["-C", ground.folder("my-agent"), "CFLAGS=-Werror"],
      environment: ground.environment.merging(["PKG_CONFIG_PATH": ground.folder("pkgconfig")]) { $1 })
    #expect(built.code == 0, "\(built.output)\(built.errors)")
    let checked = try ground.lyceum("plugin", "check", "my-agent/my-agent.so")
    #expect(checked.code == 0, "\(checked.output)\(checked.errors)")
    let played = try ground.lyceum("run", "--task", "tiny", "--agent", "my-agent/my-agent.so", "--json")
    #expect(played.code == 0, "\(played.errors)")
    #expect(try ground.trials().values.map { $0.ending?.score } == [68])
    let listed = try ground.lyceum("agent", "show", "my-agent/my-agent.so")
    #expect(listed.code == 0 && listed.output.contains("(my-agent) 0.1.0"), "\(listed.output)")
  }

  @Test func theBuildFillsThePkgConfigFile() throws {
    let template = try String(
      contentsOfFile: "\(Built.root)/Sources/CLyceum/lyceum-plugin.pc.in", encoding: .utf8)
    let script = try String(contentsOfFile: "\(Built.root)/Scripts/build", encoding: .utf8)
    for mark in template.matches(of: /@[A-Z]+@/).map({ String($0.output) }) {
      #expect(script.contains(mark), "Scripts/build leaves \(mark) as it is")
    }
  }
}
