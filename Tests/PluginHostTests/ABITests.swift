// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import PluginHost
import Processes
import Testing

@Suite struct ABITests {
  private var include: [String] { ["-I", Compiled.headers] }

  @Test func everySizeAndOffsetIsThatOf1_0() throws {
    let program = "\(try Compiled.directory())/layout"
    try Compiled.cc(include + ["-std=c11", "\(Compiled.fixtures)/layout.c", "-o", program])
    let (exit, layout) = try Compiled.run(program, [])
    #expect(exit.succeeded)
    let golden = try String(contentsOfFile: "\(Compiled.here)/Golden/abi-1.0.txt", encoding: .utf8)
    #expect(layout == golden)
  }

  @Test func theHeadersAreStrictCAndCPlusPlusWithoutPadding() throws {
    let strict = ["-Wall", "-Wextra", "-Wpedantic", "-Wpadded", "-Werror", "-fsyntax-only"]
    for standard in ["c99", "c11", "c17"] {
      try Compiled.cc(
        include + strict + ["-std=\(standard)", "-x", "c", "\(Compiled.headers)/lyceum/lyceum.h"])
    }
    let cpp = strict + ["-std=c++17", "-x", "c++"]
    // Each header alone, as an author may include it.
    for header in ["lyceum", "agent", "task", "host", "ext/random", "ext/submission", "ext/task_box"] {
      try Compiled.cc(include + cpp + ["\(Compiled.headers)/lyceum/\(header).h"])
    }
  }

  /// Fails when a field is in a header but not in the golden file.
  @Test func theGoldenFileKnowsEveryStruct() throws {
    let golden = try String(contentsOfFile: "\(Compiled.here)/Golden/abi-1.0.txt", encoding: .utf8)
    let names = Set(
      golden.split(separator: "\n").filter { !$0.hasPrefix(" ") }.compactMap {
        $0.split(separator: " ").first
      })
    let files = FileManager.default.enumerator(atPath: "\(Compiled.headers)/lyceum")
    var structs: Set<Substring> = []
    while let file = files?.nextObject() as? String {
      guard file.hasSuffix(".h") else { continue }
      let text = try String(contentsOfFile: "\(Compiled.headers)/lyceum/\(file)", encoding: .utf8)
      for match in text.matches(of: /struct (lyc_[a-z_]+) \{/) { structs.insert(match.1) }
    }
    #expect(!structs.isEmpty)
    #expect(structs.subtracting(names).isEmpty)
  }
}

@Suite struct DocumentationTests {
  /// The agent that `docs/frames.md` shows is the one that the other tests run.
  @Test func theDocumentedAgentIsTheTestedOne() throws {
    let page = try String(contentsOfFile: "\(Compiled.here)/../../docs/frames.md", encoding: .utf8)
    let code = try String(contentsOfFile: "\(Compiled.fixtures)/agent.py", encoding: .utf8)
    let start = try #require(code.range(of: "import struct"))
    #expect(page.contains(code[start.lowerBound...]))
  }

  /// The plugin that `docs/plugins.md` shows compiles without a warning and passes the check.
  @Test func theDocumentedPluginPassesTheCheck() throws {
    let page = try String(contentsOfFile: "\(Compiled.here)/../../docs/plugins.md", encoding: .utf8)
    let start = try #require(page.range(of: "```c\n"))
    let end = try #require(page.range(of: "```\n", range: start.upperBound..<page.endIndex))
    let folder = try Compiled.directory()
    try String(page[start.upperBound..<end.lowerBound])
      .write(toFile: "\(folder)/first.c", atomically: true, encoding: .utf8)
    let flags = [
      "-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror", "-I", Compiled.headers,
    ]
    try Compiled.cc(flags + ["\(folder)/first.c", "-o", "\(folder)/first.so"])
    let failed = PluginChecker.check("\(folder)/first.so", launcher: .direct).filter { !$0.passed }
    #expect(failed.isEmpty, "\(failed)")
  }
}
