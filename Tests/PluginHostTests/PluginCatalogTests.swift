// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import LyceumCore
import PluginHost
import Processes
import Testing

@Suite struct PluginCatalogTests {
  @Test(arguments: [
    (["-DENTRY=another"], PluginError.Kind.notAPlugin, "exports no symbol lyceum_plugin_entry_v1"),
    (["-DMAGIC=7"], .notAPlugin, "magic is 0x7"), (["-DABI=0x20000"], .wrongABI, "made for ABI 2.0"),
    (["-DENTRY_SIZE=80"], .wrongABI, "lyc_entry.struct_size is 80; ABI 1.0 has 88"),
    (["-DDESCRIPTOR_SIZE=8"], .wrongABI, "lyc_descriptor.struct_size is 8"),
    (["-DREFUSES"], .refused, "does not want to live"),
    (["-DINIT_STATUS=LYC_DENIED"], .refused, "init() returned 6"),
    (["-DID=\"two words\""], .protocolViolation, "agent id 'two words'"),
    (["-DTWICE"], .protocolViolation, "two agents have id test.agent"),
    (["-DINIT_STATUS=(exit(3),0)"], .exited(code: 3), ""),
    (
      ["-DINIT_STATUS=no_such_function()", "-Wno-error", "-Wno-implicit-function-declaration"], .unloadable,
      "no_such_function"
    ),
  ])
  func whatCannotBeLoadedIsNamed(flags: [String], kind: PluginError.Kind, words: String) throws {
    let path = try Compiled.library("agent", flags)
    let error = pluginError { _ = try PluginCatalog.load(path, launcher: .direct) }
    #expect(error?.kind == kind, "\(String(describing: error))")
    #expect(words.isEmpty || error?.detail.contains(words) == true, "\(error?.detail ?? "")")
  }

  /// What a launcher would show to the plugin's process.
  private func shown(_ plugin: String) -> [String] {
    var paths: [String] = []
    let launcher = RunnerLauncher { request throws(PluginError) in
      paths = request.readOnlyPaths
      throw PluginError(.launch, "seen enough")
    }
    _ = try? PluginCatalog.load(plugin, launcher: launcher)
    return paths
  }

  /// A plugin's headers are the plugin's words: they must not choose which files of the host it sees.
  @Test func aPluginCannotNameTheFilesThatItSees() throws {
    let secret = "\(NSTemporaryDirectory())/lyceum-secret-\(getpid())"
    try Data("secret".utf8).write(to: URL(filePath: secret))
    defer { try? FileManager.default.removeItem(atPath: secret) }
    let plugin = try Compiled.library("agent", ["-DINTERP=\"\(secret)\""])
    #expect(shown(plugin).contains(plugin))
    #expect(!shown(plugin).contains(secret))
    let named = try Compiled.library(
      "agent", ["-Wl,--no-as-needed", "-Wl,-rpath,/etc", "-Wl,-soname,x", "-DENTRY=another"])
    #expect(!shown(named).contains { $0.hasPrefix("/etc/") })
    #expect(shown("\(Compiled.fixtures)/agent.py") == ["\(Compiled.fixtures)/agent.py"])
  }

  @Test func aLaterMinorVersionIsTaken() throws {
    let path = try Compiled.library("agent", ["-DABI=0x10009", "-DENTRY_SIZE=200"])
    #expect(try PluginCatalog.load(path, launcher: .direct).abiVersion == 0x10009)
  }

  @Test func anAgentShorterThanIn1_0IsRefused() throws {
    let plugin = try PluginCatalog.load(try Compiled.library("agent", ["-DAGENT_SIZE=40"]), launcher: .direct)
    let error = pluginError {
      _ = try AgentSession(
        plugin: plugin, agent: "test.agent", launcher: .direct, services: HostServices(),
        startDeadline: .after(seconds: 30))
    }
    #expect(error?.kind == .wrongABI)
  }

  @Test func aDirectoryGivesItsPluginsAndItsProblems() throws {
    let folder = try Compiled.directory()
    let files = FileManager.default
    try files.copyItem(atPath: try Compiled.library("agent"), toPath: "\(folder)/a.so")
    try files.copyItem(atPath: try Compiled.library("agent", ["-DMAGIC=7"]), toPath: "\(folder)/bad.so")
    try files.copyItem(
      atPath: try Compiled.library("agent", ["-DENTRY=another"]), toPath: "\(folder)/helper.so")
    try files.copyItem(atPath: try Compiled.library("task", ["-lm"]), toPath: "\(folder)/t.so")
    try files.copyItem(atPath: "\(Compiled.fixtures)/agent.py", toPath: "\(folder)/py.lyceum")
    try files.copyItem(
      atPath: try Compiled.library("agent", ["-DABI=0x10001"]), toPath: "\(folder)/z-twin.so")
    try Data("text".utf8).write(to: URL(filePath: "\(folder)/text.so"))
    let catalog = PluginCatalog.scan([folder, "\(folder)/none.so", folder], launcher: .direct)
    #expect(catalog.plugins.map(\.name) == ["test-agent", "py", "test-task"])
    let problems = catalog.problems.map { ($0.path.split(separator: "/").last ?? "", $0.error.kind) }
    #expect(problems.map(\.0) == ["bad.so", "z-twin.so", "none.so", "bad.so", "z-twin.so"])
    #expect(problems.map(\.1) == [.notAPlugin, .duplicate, .notFound, .notAPlugin, .duplicate])
    let offering = { (id: String) in catalog.plugins.first { $0.agent(id) != nil } }
    #expect(offering("test.agent")?.path == "\(folder)/a.so")
    #expect(offering("py.agent")?.form == .program)
    #expect(catalog.plugins.compactMap { $0.task("test.task")?.name } == ["Test"])
  }

  @Test func aFileThatChangedSinceItWasScannedIsNotRun() throws {
    let path = "\(try Compiled.directory())/a.so"
    try FileManager.default.copyItem(atPath: try Compiled.library("agent"), toPath: path)
    let plugin = try PluginCatalog.load(path, launcher: .direct)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: try Compiled.library("agent", ["-DABI=0x10001"]), toPath: path)
    let error = pluginError {
      _ = try AgentSession(
        plugin: plugin, agent: "test.agent", launcher: .direct, services: HostServices(),
        startDeadline: .after(seconds: 30))
    }
    #expect(error?.detail.contains("changed") == true)
  }

  @Test func damagedLibrariesAreOnlyErrors() throws {
    let whole = try Data(contentsOf: URL(filePath: try Compiled.library("agent")))
    let path = "\(try Compiled.directory())/x.so"
    var generator = SeededGenerator(Seed(7))
    for round in 0..<60 {
      var bytes = Bytes(whole)
      if round % 2 == 0 { bytes = Array(bytes.prefix(Int(generator.next() % UInt64(bytes.count)))) }
      for _ in 0..<20 where !bytes.isEmpty {
        let place = Int(generator.next() % UInt64(min(bytes.count, round % 3 == 0 ? 64 : 1024)))
        bytes[place] = UInt8(truncatingIfNeeded: generator.next())
      }
      try Data(bytes).write(to: URL(filePath: path))
      // No launcher: only the host's own reading of the file is of interest.
      let none = RunnerLauncher { _ throws(PluginError) in throw PluginError(.launch, "") }
      #expect(pluginError { _ = try PluginCatalog.load(path, launcher: none) } != nil)
    }
  }

  @Test func aManifestIsCodable() throws {
    let plugin = try PluginCatalog.load(try Compiled.library("agent"), launcher: .direct)
    let data = try JSONEncoder().encode(plugin)
    #expect(try JSONDecoder().decode(PluginManifest.self, from: data) == plugin)
  }

  @Test func aProgramInPythonIsAnAgent() throws {
    let plugin = try PluginCatalog.load("\(Compiled.fixtures)/agent.py", launcher: .direct)
    #expect(plugin.agents.map(\.id) == ["py.agent"])
    let lines = Lines()
    let agent = try AgentSession(
      plugin: plugin, agent: "py.agent", launcher: .direct, services: HostServices(log: lines.add),
      startDeadline: .after(seconds: 30))
    let first = try agent.act()
    #expect(first.action == .bash("ls"))
    let second = try agent.act(
      Observation(output: Array("file\n".utf8), exitCode: 0), step: 1, stepsLeft: 4, secondsLeft: 9,
      deadline: .after(seconds: 30))
    #expect(second.action == .submit)
    #expect(second.thought == Array("5 bytes came back".utf8))
    #expect(lines.count(.plugin) == 2)
    #expect(agent.close()?.code == 0)
  }
}
