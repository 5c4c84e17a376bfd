// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Sandbox
import Testing

/// What passes from one command to the next, and what a command may do without taking the next one with it.
@Suite struct SessionTests {
  static let hostile = [
    "exit 3", "exec true", "exec 3>&- 4>&-", "echo \"unbalanced", "eval(){ echo hijacked; }", "kill -9 $$",
    "kill -STOP $$", "set -e; false; echo no", "set -u; echo $undefinedvar", "read x; echo \"got:$x\"",
    "printf '0\\n' >&4", "printf '0\\n' >&10", "cat <<X\nhi", "sleep 100 & echo bg",
    "(trap '' TERM; setsid sleep 100 >/dev/null 2>&1 &); echo d",
    "cd /tmp && export FOO=bar; f(){ echo fn; }; false",
    "ulimit -n 0", "exec >/dev/null 2>&1", "while :; do :; done", "exec 0</dev/zero; cat | head -c 1",
    "printf '\\0x'", "readonly BASHOPTS2=1 PATH; cd /", "trap 'echo trap' EXIT",
    "shopt -s extglob; set -o vi; unset PATH",
  ]

  @Test(arguments: hostile) func staysUsable(after script: String) throws {
    let box = try TestBox()
    try box.run("export KEPT=yes; cd /var; g(){ echo function; }", state: true)
    try box.run(script, seconds: 0.3, state: true)
    let next = try box.run("type -t eval; echo $KEPT; g; id -u; echo end", state: true)
    #expect(next.text == "builtin\nyes\nfunction\n1000\nend\n")
    #expect(next.exitCode == 0)
    #expect(!next.boxLost)
    try box.box.close()
  }

  @Test(arguments: [
    "unset(){ :; }; set(){ :; }; export(){ :; }; declare(){ :; }; printf(){ :; }; exec(){ :; }; eval(){ :; }",
    "builtin(){ :; }; read(){ :; }; trap(){ :; }; .(){ :; }; source(){ :; }; cd(){ :; }; exit(){ :; }",
    "export SHELLOPTS; export BASHOPTS", "export BASH_ENV=/dev/zero ENV=/dev/zero", "echo 'exit 9' >&62",
    "set -o posix; set -n", "enable -n trap eval printf read", "export POSIXLY_CORRECT=1",
    "unset PWD OLDPWD HOME",
    "export HUGE=$(head -c 100000 /dev/zero | tr '\\0' x)",
    "rm -rf ~/work/*; mkdir gone; cd gone; rmdir ../gone",
  ])
  func staysUsable(afterSpoilingState script: String) throws {
    let box = try TestBox()
    try box.run(script, seconds: 2, state: true)
    let next = try box.run("[[ $(id -u) == 1000 ]] && echo end", state: true)
    #expect(next.text == "end\n")
    try box.box.close()
  }

  @Test func carriesState() throws {
    let box = try TestBox()
    try box.run(
      """
      mkdir -p 'a b'; cd 'a b'; export X=$'one\\ntwo\\x01' Y="it's"; Z=local
      hello() { echo "hello $1"; }
      """, state: true)
    let next = try box.run(
      "pwd; printf '%q\\n' \"$X\"; echo \"$Y$Z\"; hello you; cd - >/dev/null; pwd", state: true)
    #expect(next.text == "/home/agent/work/a b\n$'one\\ntwo\\001'\nit's\nhello you\n/home/agent/work\n")
    // State also passes when a script ends by `exit`, or fails.
    try box.run("cd /tmp; export X=2; exit 5", state: true)
    try box.run("set -e; export X=3; cd /var; false; export X=4", state: true)
    #expect(try box.run("echo $X; pwd", state: true).text == "3\n/var\n")
    // A command without state neither sees nor changes it.
    #expect(try box.run("echo \"<$X>\"; pwd; cd /; export X=9").text == "<>\n/home/agent/work\n")
    #expect(try box.run("echo $X; pwd", state: true).text == "3\n/var\n")
    // A command that is killed leaves the state before it.
    try box.run("export X=8; cd /; sleep 60", seconds: 0.2, state: true)
    #expect(try box.run("echo $X; pwd", state: true).text == "3\n/var\n")
    // Deleting the directory leads back to where the box starts or to a place that exists.
    try box.run("mkdir ~/work/d; cd ~/work/d; rmdir ~/work/d", state: true)
    #expect(try box.run("echo $X", state: true).text == "3\n")
    try box.box.close()
  }

  @Test func scriptsAreTakenAsTheyAre() throws {
    let box = try TestBox()
    // Every byte but NUL and the quote, over a size that no command line would hold.
    let every = (1...255).map { UInt8($0) }.filter { $0 != UInt8(ascii: "'") }
    let text = Array(repeating: every, count: 4000).flatMap { $0 }
    let result = try box.box.run(
      BoxCommand(
        Array("printf %s '".utf8) + text + Array("' | md5sum >sum; wc -c".utf8) + [0], timeoutSeconds: 20))
    #expect(result.exitCode == 0)
    let again = try box.box.run(
      BoxCommand(
        Array("cat >x <<'EOF'\n".utf8) + text + Array("\nEOF\nhead -c -1 x | md5sum | cmp - sum".utf8),
        timeoutSeconds: 20))
    #expect(again.exitCode == 0, "\(again.text)")
    #expect(try box.run("x=1\nnosuchcommand").text == "bash: line 2: nosuchcommand: command not found\n")
    #expect(try box.run("if").text.hasPrefix("bash: eval: line "))
    #expect(
      try box.box.run(
        BoxCommand(Array("echo \"$A\"".utf8), timeoutSeconds: 9, environment: ["A": "it's $HOME\n"])
      ).text
        == "it's $HOME\n\n")
    try box.box.close()
  }
}
