// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Sandbox
import Testing

/// Boxes of these cases: 512 MiB, 64 processes, one core, files of 64 MiB.
let hostileResources: [HostileCase] = [
  HostileCase("fork bomb", "f(){ f|f& }; f; sleep 60", seconds: 1) {
    #expect($0.timedOut)
    #expect($0.usage.wallMicroseconds < 2_000_000)
  },
  HostileCase(
    "limit of processes",
    HostileCase.python(
      "import os\nn=0\ntry:\n  while n<500:\n    if os.fork()==0: __import__(\"time\").sleep(60)\n    n+=1\nexcept OSError as e: print(e.errno)\nprint(n<=64)"
    )
  ) { #expect($0.text == "11\nTrue\n") },
  HostileCase("memory of one process", HostileCase.python("b=bytearray(900<<20)\nprint(len(b))")) {
    #expect($0.exitCode == 137 || $0.text.contains("MemoryError"))
    #expect($0.exitCode != 137 || $0.outOfMemory)
  },
  HostileCase(
    "memory of bash itself", "x=$(head -c 60M /dev/zero | tr '\\0' x); while :; do x=$x$x; done"
  ) { #expect($0.signal == 9 || ($0.exitCode ?? 0) != 0) },
  HostileCase(
    "memory in memfd",
    HostileCase.python(
      "import os\nf=os.memfd_create('x')\nfor i in range(900): os.write(f,b'x'*(1<<20))\nprint('wrote')")
  ) { #expect(!$0.text.contains("wrote")) },
  HostileCase("locked memory", "ulimit -l") { #expect($0.text == "1024\n") },
  HostileCase(
    "/tmp full", "head -c 60M /dev/zero >/tmp/a; head -c 60M /dev/zero >/tmp/b; echo $?; stat -c %s /tmp/b",
    profile: Profile(tmpMB: 100)
  ) {
    #expect($0.text.contains("No space left"))
    #expect($0.text.contains("\n1\n"))
  },
  HostileCase(
    "/tmp larger than memory",
    "for i in {1..20}; do head -c 50M /dev/zero >/tmp/$i; done 2>&1 | sort -u | wc -l; echo $?",
    profile: Profile(tmpMB: 4000)
  ) { #expect($0.text.hasSuffix("\n0\n") && !$0.outOfMemory) },
  HostileCase("/dev/shm full", "head -c 60M /dev/zero >/dev/shm/a", profile: Profile(shmMB: 16)) {
    #expect($0.text.contains("No space left"))
  },
  HostileCase("home full", "head -c 60M /dev/zero >~/a", profile: Profile(homeMB: 16)) {
    #expect($0.text.contains("No space left"))
  },
  HostileCase("large file", "head -c 100M /dev/zero >big; echo $?; stat -c %s big") {
    #expect($0.text.hasSuffix("67108864\n"))
    #expect(!$0.text.contains("\n0\n"))
  },
  HostileCase("sparse file", "truncate -s 1T sparse; echo $?; stat -c %s sparse") {
    #expect(!$0.text.contains("1099511627776"))
  },
  .prints(
    "roots of the file system are read-only",
    "for d in / /dev /run /etc /usr /usr/lib /proc /home; do touch $d/x 2>/dev/null && echo wrote $d; done; echo end",
    "end\n"),
  HostileCase("flood", "yes", seconds: 0.5) {
    #expect($0.timedOut)
    #expect($0.output.count == 65536)
    #expect($0.elided > 0)
  },
  HostileCase("one long line", "head -c 900000 /dev/zero | tr '\\0' x; echo; echo done") {
    #expect($0.output.count == 65536)
    #expect($0.elided == 900_006 - 65536)
    #expect($0.text.hasSuffix("xxx\ndone\n"))
  },
  HostileCase("bytes", #"printf '\x1b[2J\x00\xff\xfe\xc3\x28\r\n'"#) {
    #expect($0.output == [0x1b, 0x5b, 0x32, 0x4a, 0, 0xff, 0xfe, 0xc3, 0x28, 13, 10])
  },
  HostileCase(
    "descriptors",
    HostileCase.python(
      "import os\nl=[]\ntry:\n  while len(l)<5000: l.append(os.open('/dev/null',0))\nexcept OSError as e: print(e.errno, len(l)<1024)"
    )
  ) { #expect($0.text == "24 True\n") },
  .prints("core file", "ulimit -c; { bash -c 'kill -SEGV $$'; } 2>/dev/null; ls", "0\n"),
  HostileCase("zombies", "for i in {1..40}; do (sleep 0.01 &); done; sleep 0.3; ls /proc | grep -c '^[0-9]'")
  {
    #expect((Int($0.text.dropLast()) ?? 99) < 10)
  },
  HostileCase("every core", "for i in 1 2 3 4; do (while :; do :; done) & done; sleep 1; echo end") {
    #expect($0.text == "end\n")
    #expect($0.usage.leftovers == 4)
  },
]
