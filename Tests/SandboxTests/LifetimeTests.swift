// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import Processes
import Sandbox
import Testing

/// What happens to a box around the life of the process that opened it, and as which user.
@Suite struct LifetimeTests {
  @Test func aBoxDiesWithItsHost() async throws {
    let mark = "7\(getpid())42"
    await #expect(processExitsWith: .signal(SIGKILL)) {
      let box = try TestBox(Profile(leftovers: .keep))
      try box.run(
        "trap '' TERM HUP; setsid sleep 7\(getppid())42 & setsid sleep 7\(getppid())42 & disown -a; sleep 0.3"
      )
      guard processes(mentioning: "7\(getppid())42").count == 2 else { exit(1) }
      rmdir(box.workspace.path)
      kill(getpid(), SIGKILL)
    }
    var waited = 0
    while !processes(mentioning: mark).isEmpty, waited < 200 {
      usleep(10_000)
      waited += 1
    }
    #expect(processes(mentioning: mark).isEmpty)
  }

  @Test(.enabled(if: geteuid() == 0)) func worksForAnOrdinaryUser() async {
    await #expect(processExitsWith: .success) {
      guard setgroups(0, nil) == 0, setgid(1001) == 0, setuid(1001) == 0 else { exit(2) }
      exit(try useAsOrdinaryUser())
    }
  }

  @Test(.enabled(if: geteuid() == 0)) func rootIsLeftBehind() throws {
    let box = try TestBox()
    let mark = "6\(getpid())13"
    let running = try box.box.start(BoxCommand(Array("exec sleep \(mark)".utf8), timeoutSeconds: 10))
    var pids: [Int32] = []
    for _ in 0..<300 where pids.isEmpty {
      pids = processes(mentioning: "sleep\0\(mark)")
      usleep(10_000)
    }
    var status = stat()
    #expect(stat("/proc/\(try #require(pids.first))", &status) == 0)
    #expect(status.st_uid == 20000 + UInt32(box.box.spec.slot))
    running.kill()
    let result = try running.collect()
    #expect(result.signal == SIGKILL)
    #expect(!result.timedOut)
    try box.box.close()
  }
}

/// Which of the things that a box must do for a user without rights it does not do; 0 for none.
private func useAsOrdinaryUser() throws -> Int32 {
  let box = try TestBox()
  guard try box.run("id -u; touch made").text == "1000\n" else { return 3 }
  guard try box.run("sleep 60", seconds: 0.2).timedOut else { return 4 }
  let fork = """
    import os,time
    n=0
    try:
      while n<300:
        if os.fork()==0: time.sleep(60)
        n+=1
    except OSError: print(n)
    """
  let bomb = try box.run(HostileCase.python(fork))
  guard bomb.usage.leftovers < 64, bomb.usage.leftovers > 10 else { return 5 }
  let memory = try box.run(HostileCase.python("b=bytearray(900<<20)\nprint(len(b))"))
  guard memory.text.contains("MemoryError") || memory.exitCode == 137 else { return 6 }
  try box.box.close()
  let states = Doctor.probe().filter { $0.state == .missing }
  guard states.isEmpty, Doctor.isolation().hasPrefix("bwrap+seccomp+") else { return 7 }
  return 0
}
