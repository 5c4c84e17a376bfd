// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import PluginHost
import Testing

@Suite struct PluginCheckerTests {
  @Test func aSoundPluginPassesEverything() throws {
    for (name, flags) in [("agent", []), ("task", ["-lm"])] {
      let checks = PluginChecker.check(try Compiled.library(name, flags), launcher: .direct)
      let failed = checks.filter { !$0.passed }
      #expect(failed.isEmpty, "\(failed)")
      #expect(checks.count >= 10)
    }
    let program = PluginChecker.check("\(Compiled.fixtures)/agent.py", launcher: .direct)
    #expect(program.filter { !$0.passed }.isEmpty, "\(program)")
  }

  /// Sources and headers as they were when 1.0 was released; neither is ever edited.
  @Test(arguments: [("agent", []), ("task", ["-lm"])])
  func aPluginOfTheFirstReleaseStillPasses(name: String, flags: [String]) throws {
    let plugin = try Compiled.library("abi-1.0/\(name)", flags, headers: "\(Compiled.fixtures)/abi-1.0")
    let checks = PluginChecker.check(plugin, launcher: .direct)
    #expect(checks.filter { !$0.passed }.isEmpty, "\(checks)")
    #expect(checks.count >= 10)
  }

  @Test(arguments: [
    (["-DENTRY=another"], "the file can be a plugin", "exports no symbol"),
    (["-DMAGIC=7"], "loads, with magic, sizes, ABI version and descriptors in order", "magic"),
    (["-DABI=0x20000"], "loads, with magic, sizes, ABI version and descriptors in order", "ABI 2.0"),
    (
      ["-DENTRY_SIZE=80"], "loads, with magic, sizes, ABI version and descriptors in order",
      "struct_size is 80"
    ),
    (["-DEXPORTS_MORE"], "exports the entry symbol and nothing else", "it also exports another_symbol"),
    (["-DAGENT_SIZE=8"], "agent test.agent: created and destroyed twice", "lyc_agent.struct_size is 8"),
  ])
  func whatIsWrongIsNamed(flags: [String], name: String, words: String) throws {
    let checks = PluginChecker.check(try Compiled.library("agent", flags), launcher: .direct)
    let failed = try #require(checks.first { !$0.passed })
    #expect(failed.name == name)
    #expect(failed.detail.contains(words), "\(failed.detail)")
  }

  @Test func aFileThatIsNotThereIsNamed() {
    let checks = PluginChecker.check("/no/such/plugin.so", launcher: .direct)
    #expect(checks.count == 1)
    #expect(checks.first?.detail.contains("No such file") == true)
  }
}
