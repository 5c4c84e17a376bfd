// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Sandbox
import Testing

let hostileLifecycle: [HostileCase] = [
  .timesOut("ignores signals", "trap '' TERM INT HUP QUIT; while :; do sleep 1; done"),
  .timesOut("endless loop", "while :; do :; done"),
  .timesOut("stops itself", "kill -STOP $$"),
  .timesOut("stops everything", "sleep 60 & kill -STOP -1; kill -STOP $$"),
  .timesOut("stops PID 1, then waits", "kill -STOP 1; sleep 60"),
  .timesOut("waits for a daemon", "setsid sleep 60 & wait"),
  .timesOut("bash that stops and has children", "(setsid sleep 60 &); (sleep 60 | sleep 60) & kill -STOP $$"),
  HostileCase("kills everything", "(sleep 60 &); kill -9 -1; echo after") {
    #expect($0.text == "after\n" || $0.signal == 9)
  },
  .prints("kills PID 1", "kill -9 1; kill -TERM 1; kill -STOP 1; echo survived", "survived\n"),
  HostileCase("daemon holds the output", "(setsid nohup sleep 50 &); echo done") {
    #expect($0.text == "done\n")
    #expect($0.usage.leftovers == 1)
    #expect($0.usage.wallMicroseconds < 2_000_000)
  },
  HostileCase(
    "double fork, ignores signals, closes everything",
    HostileCase.python(
      """
      import os,time,signal
      for s in (1,2,15): signal.signal(s,signal.SIG_IGN)
      if os.fork()==0:
        os.setsid()
        if os.fork()==0:
          os.close(1); os.close(2); time.sleep(60)
        os._exit(0)
      time.sleep(0.1)
      """)
  ) { #expect($0.usage.leftovers == 1) },
  HostileCase("a daemon that is kept", "setsid sleep 50 & echo done", profile: Profile(leftovers: .keep)) {
    #expect($0.text == "done\n")
    #expect($0.usage.leftovers == 0)
    #expect($0.usage.wallMicroseconds < 2_000_000)
  },
  HostileCase("a kept daemon floods the output", "yes & echo done", profile: Profile(leftovers: .keep)) {
    #expect($0.exitCode == 0)
    #expect($0.usage.wallMicroseconds < 5_000_000)
  },
  .prints("reads input", "cat; read x; echo $?", "1\n"),
  HostileCase("ends by a signal", "kill -SEGV $$") { #expect($0.signal == 11 && $0.exitCode == nil) },
  HostileCase("limits of PID 1", "prlimit --pid 1 --nofile=0 2>&1; echo $?") {
    #expect($0.text.hasSuffix("\n1\n"))
  },
]
