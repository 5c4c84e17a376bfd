// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation
import Testing

/// The header is what outsiders compile against: as strict C99, as C++17 and by bare swiftc.
@Suite struct HeaderTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private func run(_ program: String, _ arguments: [String], input: String) throws -> (
    status: Int32, output: String
  ) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let (stdin, stdout) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, stdout)
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  private var include: String { "-I\(Self.root)/Sources/CLyceum/include" }

  private static let agent = """
    #include <lyceum/lyceum.h>
    static lyc_status begin(lyc_agent *a, const lyc_task_view *t) { (void)a; (void)t; return LYC_OK; }
    static lyc_status act(lyc_agent *a, const lyc_observation *o, lyc_decision *d) {
      (void)a;
      if (!LYC_HAS(o, steps_left)) return LYC_LIMIT;
      d->action = LYC_STR("submit");
      return LYC_OK;
    }
    static void destroy(lyc_agent *a) { (void)a; }
    static lyc_agent agent = {sizeof(lyc_agent), 0, NULL, begin, act, destroy, NULL};
    static lyc_agent *create(const lyc_host *h, lyc_str id, lyc_str config) { (void)id; (void)config;
      h->log(h, LYC_LOG_INFO, LYC_STR("made"));
      return &agent; }
    static uint32_t count(void) { return 1; }
    static const lyc_descriptor *descriptor(uint32_t i) { (void)i; return NULL; }
    static const lyc_agent_factory factory = {{sizeof(lyc_agent_factory), 0, count, descriptor}, create};
    static lyc_status init(lyc_str path) { (void)path; return LYC_OK; }
    static void deinit(void) {}
    static const void *get_factory(const char *id) { (void)id; return &factory; }
    static const lyc_entry entry = {LYC_ENTRY_MAGIC, sizeof(lyc_entry), LYC_ABI_VERSION, 0, {NULL, 0}, {NULL, 0},
      {NULL, 0}, init, deinit, get_factory};
    const lyc_entry *lyceum_plugin_entry_v1(uint32_t host) { return host >> 16 == LYC_ABI_MAJOR ? &entry : NULL; }
    """

  @Test(arguments: [
    ["gcc", "-std=c99", "-xc", "-Wpadded"], ["gcc", "-std=c17", "-xc"], ["clang", "-std=c99", "-xc"],
    ["g++", "-std=c++17", "-xc++"],
  ]) func `a minimal agent compiles`(command: [String]) throws {
    let flags =
      command.dropFirst() + ["-Wall", "-Wextra", "-Wpedantic", "-Werror", include, "-fsyntax-only", "-"]
    let (status, output) = try run(command[0], Array(flags), input: Self.agent)
    #expect(status == 0, "\(output)")
  }

  @Test func `the scripted agent is C99 without a dependency`() throws {
    let source = try String(
      contentsOfFile: Self.root + "/Plugins/Agents/scripted/scripted.c", encoding: .utf8)
    let flags = [
      "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", include, "-fsyntax-only", "-xc", "-",
    ]
    let (status, output) = try run(
      "gcc", flags, input: source.replacing("#include \"scripted.h\"", with: "#include <lyceum/lyceum.h>"))
    #expect(status == 0, "\(output)")
  }

  @Test func `bare swiftc implements the entry against the header`() throws {
    let source = """
      public import CLyceum
      @c @implementation public func lyceum_plugin_entry_v1(_ host: UInt32) -> UnsafePointer<lyc_entry>? { nil }
      """
    let flags = ["-typecheck", "-swift-version", "6", "-parse-as-library", include, "-"]
    let (status, output) = try run("swiftc", flags, input: source)
    #expect(status == 0, "\(output)")
    let wrong = source.replacing("host: UInt32", with: "host: UInt64")
    #expect(try run("swiftc", flags, input: wrong).status != 0)
  }
}
