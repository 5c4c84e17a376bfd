// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CSupport
import Glibc
import LyceumCore
import Processes
import Testing

@testable import Sandbox

@Suite struct BoxTests {
  @Test(arguments: ["/home/agent/work", "/work", "/srv/deep/er"]) func runsACommand(at path: String) throws {
    let box = try TestBox(at: path)
    let result = try box.run("echo hello; echo error >&2; pwd; id -u; touch made; exit 3")
    #expect(result.text == "hello\nerror\n\(path)\n1000\n")
    #expect(result.exitCode == 3)
    #expect(result.signal == nil)
    #expect(result.usage.cpuMicroseconds > 0)
    #expect(result.usage.peakKB > 0)
    var status = stat()
    #expect(stat("\(box.workspace.path)/made", &status) == 0)
    #expect(status.st_uid == uid(slot: box.box.spec.slot) ?? geteuid())
    try box.box.close()
    try box.box.close()
  }

  @Test func closingKillsEverything() throws {
    let box = try TestBox(Profile(leftovers: .keep))
    let mark = "9\(getpid())\(box.box.spec.slot)"
    try box.run("setsid sleep \(mark) & (trap '' TERM; setsid sleep \(mark) & disown) & sleep 0.3")
    #expect(processes(mentioning: mark).count == 2)
    try box.box.close()
    #expect(processes(mentioning: mark).isEmpty)
  }

  @Test func aKeptServerServesTheNextCommand() throws {
    let box = try TestBox(Profile(network: .loopback, leftovers: .keep))
    try box.run(
      "/usr/bin/python3 -m http.server -b 127.0.0.1 8000 >/dev/null 2>&1 & echo hi >index.html; sleep 0.7")
    let next = try box.run(
      HostileCase.python("import urllib.request as u\nprint(u.urlopen('http://127.0.0.1:8000').read())"))
    #expect(next.text == "b'hi\\n'\n")
    try box.box.close()
  }

  @Test func aLostBoxComesBack() throws {
    let box = try TestBox()
    try box.run("touch kept; touch /tmp/gone; export X=1", state: true)
    let running = try box.box.start(BoxCommand(Array("sleep 60".utf8), timeoutSeconds: 30))
    // PID 1 of the box is the one child of the monitor that holds this workspace.
    let first = try #require(box.box.firstPID)
    kill(first, SIGKILL)
    let result = try running.collect()
    #expect(result.boxLost)
    #expect(result.signal == SIGKILL)
    #expect(!result.timedOut)
    let next = try box.run("ls . /tmp; echo \"<$X>\"", state: true)
    #expect(next.text == ".:\nkept\n\n/tmp:\n<>\n")
    #expect(!next.boxLost)
    try box.box.close()
  }

  @Test func aBoxThatDoesNotAnswerIsKilled() throws {
    let box = try TestBox()
    let running = try box.box.start(BoxCommand(Array("sleep 60".utf8), timeoutSeconds: 0.2))
    kill(try #require(box.box.firstPID), SIGSTOP)
    let result = try running.collect()
    #expect(result.timedOut)
    #expect(result.boxLost)
    #expect(result.usage.wallMicroseconds < 1_200_000)
    #expect(try box.run("echo back").text == "back\n")
    try box.box.close()
  }

  @Test func commandsOfTwoBoxesTalk() throws {
    let grader = try TestBox()
    let submission = try TestBox()
    let question = try Pipe()
    let answer = try Pipe()
    let channel = try Pipe()
    let noise = "head -c 300000 /dev/zero | tr '\\0' n >&2;"
    let ask = try grader.box.start(
      BoxCommand(
        Array("echo 20 22 >&4; exec 4>&-; \(noise) read x <&5; echo \"$x\" >&3".utf8), timeoutSeconds: 10,
        descriptors: [(channel.writer.raw, 3), (question.writer.raw, 4), (answer.reader.raw, 5)]))
    let solve = try submission.box.start(
      BoxCommand(
        Array("read a b; \(noise) echo $((a+b))".utf8), timeoutSeconds: 10, outputBytes: 1000,
        descriptors: [(question.reader.raw, 0), (answer.writer.raw, 1)]))
    let results = try RunningCommand.collect([ask, solve])
    #expect(results.map(\.exitCode) == [0, 0])
    #expect(results.map(\.output.count) == [65536, 1000])
    #expect(results[1].elided == 299_000)
    #expect(try channel.reader.read(upTo: 100) == Array("42\n".utf8))
    try grader.box.close()
    try submission.box.close()
  }

  @Test func hiddenPathsAreCovered() throws {
    let data = Scratch()
    mkdir("\(data.path)/labels", 0o755)
    data.write("labels/test", "secret\n")
    data.write("key", "secret\n")
    data.write("open", "open\n")
    let box = try TestBox(
      binds: [Bind(host: data.path, box: "/data")],
      hidden: ["\(data.path)/labels", "/data/key", "/usr/lib/python3", "/usr/share/zoneinfo"])
    let result = try box.run(
      "cat /data/labels/* /data/key /data/open 2>/dev/null; ls /usr/lib/python3 /data/labels; "
        + "ls -d /usr/share/zoneinfo 2>/dev/null; touch /data/labels/x 2>/dev/null && echo wrote")
    #expect(result.text == "open\n/data/labels:\n\n/usr/lib/python3:\n")
    try box.box.close()
  }

  @Test func refusesWhatCannotBe() {
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "nothing"
    }
    #expect(message { _ = try Box.open(BoxSpec(), tier: .landlock) }.contains("bwrap"))
    #expect(message { _ = try Box.open(BoxSpec(), tier: .none) }.contains("bwrap"))
    #expect(
      message { _ = try Box.open(BoxSpec(binds: [Bind(host: "/nonexistent", box: "/x")])) }.contains(
        "does not exist"))
    #expect(
      message { _ = try Box.open(BoxSpec(binds: [Bind(host: "/tmp", box: "/proc/x")])) }.contains("/proc/x"))
    #expect(
      message { _ = try Box.open(BoxSpec(binds: [Bind(host: "/tmp/../etc", box: "/x")])) }.contains(".."))
    #expect(message { _ = try Box.open(BoxSpec(directory: "/nowhere")) }.contains("/nowhere"))
    #expect(message { _ = try Box.open(BoxSpec(hidden: ["/usr"])) }.contains("/usr"))
  }

  @Test(.enabled(if: geteuid() == 0)) func foldersThatTheUserCannotEnterAreNamed() throws {
    let closed = Scratch()
    mkdir("\(closed.path)/w", 0o755)
    chmod(closed.path, 0o700)
    let error = #expect(throws: SandboxError.self) {
      _ = try Box.open(BoxSpec(binds: [Bind(host: "\(closed.path)/w", box: "/w")]))
    }
    #expect(error?.message.contains("chmod o+x") == true)
    #expect(error?.message.contains(closed.path) == true)
  }

  @Test func failuresAreExplained() {
    let cases: [(String, String)] = [
      ("bwrap: setting up uid map: Permission denied", "user namespaces are denied"),
      ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "user namespaces are denied"),
      ("bwrap: No permissions to create new namespace", "user namespaces are denied"),
      ("bwrap: Unknown option --disable-userns", "0.8.0"),
      ("bwrap: Can't find source path /a: Permission denied", "chmod"),
      ("", "lyceum doctor"),
    ]
    for (text, part) in cases { #expect(LaunchFailure.explain(text, uid: 20000).message.contains(part)) }
  }
}
