// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import Processes
import Sandbox
import Testing

@Suite struct ConfinementTests {
  /// Runs a bash script in walls; descriptor 3 is one end of a socket.
  private func run(
    _ script: String, _ confinement: Confinement = Confinement(), also paths: [String] = [], slot: Int = 0
  ) throws -> (output: String, exit: ProcessExit) {
    let pipe = try Pipe()
    let socket = try SocketPair(.stream)
    var launch = Launch("/usr/bin/bash", ["bash", "--noprofile", "--norc", "-c", script])
    launch.environment = ["GIVEN": "yes"]
    launch.descriptors = [(pipe.writer.raw, 1), (pipe.writer.raw, 2), (socket.there.raw, 3)]
    let confined = try confinement.wrap(
      launch, readOnly: ["/usr/bin/bash"] + Confinement.systemLibraries + paths, slot: slot)
    var child = try confined.start()
    let exit = try #require(try child.wait(until: .after(seconds: 10)))
    pipe.reader.setNonBlocking(true)
    return (String(decoding: try pipe.reader.read(upTo: 65536) ?? [], as: UTF8.self), exit)
  }

  @Test func seesNoFilesAndNoEnvironment() throws {
    setenv("LYCEUM_TEST_SECRET", "hunter2", 1)
    let host = Scratch()
    host.write("answers", "answers\n")
    let result = try run(
      """
      echo /*; echo /usr/*; echo /usr/bin/*; echo /etc/*; echo /tmp/*; echo "$GIVEN<$LYCEUM_TEST_SECRET><$PATH_>"
      for f in \(host.path)/answers /root/.bashrc /etc/passwd /proc/1/environ /proc/1/mem; do
        { read -r x <$f; } 2>/dev/null && [[ $x ]] && echo "read $f"; done
      { echo x >/x || echo x >/usr/x || echo x >/proc/sys/kernel/core_pattern; } 2>/dev/null && echo wrote
      set -- /proc/[0-9]*; (( $# <= 3 )) && echo few
      for f in /proc/self/fd/*; do echo -n "${f##*/} "; done
      """)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    try #require(lines.count == 8, "\(result.output)")
    #expect(
      Set(lines[0].split(separator: " ")).isSubset(of: [
        "/bin", "/dev", "/etc", "/lib", "/lib64", "/proc", "/tmp", "/usr",
      ]))
    #expect(Set(lines[1].split(separator: " ")).isSubset(of: ["/usr/bin", "/usr/lib", "/usr/lib64"]))
    #expect(lines[2] == "/usr/bin/bash")
    #expect(lines[3] == "/etc/ld.so.cache")
    #expect(lines[4] == "/tmp/*")
    #expect(lines[5] == "yes<><>")
    #expect(lines[6] == "few")
    // 3 is the socket, the last one is bash's own look at the folder.
    #expect(["1 2 3 ", "1 2 3 0 ", "0 1 2 3 ", "0 1 2 3 4 "].contains(lines[7]), "\(lines[7])")
    #expect(result.exit.succeeded)
  }

  @Test func namedPathsAreThereReadOnly() throws {
    let host = Scratch()
    host.write("model", "weights\n", mode: 0o666)
    let result = try run(
      "read x <\(host.path)/model; echo $x; echo y 2>/dev/null >\(host.path)/model || echo denied",
      also: [host.path])
    #expect(result.output == "weights\ndenied\n")
  }

  @Test func limitsHold() throws {
    let result = try run(
      """
      ulimit -c; ulimit -u; ulimit -n
      x=xxxxxxxxxxxxxxxx; for i in {1..17}; do x=$x$x; done; trap '' XFSZ; echo "$x" 2>/dev/null >/tmp/big || echo large
      """, Confinement(processes: 20, fileMB: 1, tmpMB: 8))
    #expect(result.output.hasPrefix("0\n21\n256\n"))
    #expect(result.output.hasSuffix("large\n"))
  }

  @Test func noNetwork() throws {
    let listener = try LocalListener()
    let result = try run("exec 5<>/dev/tcp/127.0.0.1/\(listener.port) && echo connected")
    #expect(!result.output.contains("connected"))
    #expect(!result.exit.succeeded)
  }

  @Test func theEndIsTold() throws {
    #expect(try run("exit 7").exit.code == 7)
    #expect(try run("kill -ABRT $$").exit.code == 128 + 6)
  }

  @Test func killingTheChildKillsTheProgram() throws {
    let mark = "8\(getpid())77"
    var launch = Launch("/usr/bin/sleep", ["sleep", mark])
    launch.descriptors = []
    var child = try Confinement().wrap(
      launch, readOnly: ["/usr/bin/sleep"] + Confinement.systemLibraries, slot: 1
    ).start()
    var waited = 0
    while processes(mentioning: mark).count < 3, waited < 200 {
      usleep(10_000)
      waited += 1
    }
    child.kill()
    _ = try child.wait()
    waited = 0
    while !processes(mentioning: mark).isEmpty, waited < 200 {
      usleep(10_000)
      waited += 1
    }
    #expect(processes(mentioning: mark).isEmpty)
  }

  @Test func refusesWhatIsNotThere() throws {
    #expect(throws: SandboxError.self) {
      _ = try Confinement().wrap(Launch("/usr/bin/bash", ["bash"]), readOnly: ["/nonexistent"], slot: 0)
    }
  }
}
