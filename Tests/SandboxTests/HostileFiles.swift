// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Sandbox
import Testing

/// Boxes of these cases have a read-only `/data` with `train`, next to which the host keeps `grader/answers`.
let hostileFiles: [HostileCase] = [
  .prints("public data is there", "cat /data/train", "train\n"),
  .prints(
    "answers through /proc",
    "cat /proc/1/root/data/../grader/answers /proc/*/cwd/../grader/answers 2>/dev/null; echo",
    "\n"),
  .prints(
    "PID 1 is closed",
    "cat /proc/1/environ /proc/1/mem /proc/1/maps 2>/dev/null | wc -c; ls /proc/1/fd 2>&1 | grep -c denied",
    "0\n1\n"),
  HostileCase("command line of PID 1", "tr '\\0' ' ' </proc/1/cmdline") {
    #expect($0.text == "/proc/self/fd/52 box 64 ")
  },
  .prints("environment", "env | grep -c LYCEUM_TEST_SECRET; env | grep -c '^PATH='", "0\n1\n"),
  .prints(
    "descriptors",
    "for f in /proc/self/fd/*; do f=${f##*/}; [ $f -gt 2 ] && [ -e /proc/$$/fd/$f ] && echo $f; done; echo end",
    "end\n"),
  .prints(
    "data is read-only",
    "{ echo x >/data/train || rm -f /data/train || mv /data/train /data/t || touch /data/x; } 2>/dev/null; cat /data/train",
    "train\n"),
  .prints("hard link of data", "ln /data/train l 2>/dev/null; ls", ""),
  .prints(
    "data reopened for writing", "exec 5</data/train; echo x 2>/dev/null >/proc/self/fd/5; cat /data/train",
    "train\n"),
  .prints(
    "set-uid file",
    "cp /usr/bin/id .; chmod u+s id 2>/dev/null; stat -c %a id; install -m 4755 /usr/bin/id id2 2>/dev/null; find . -perm /6000",
    "755\n"),
  .prints("device node", "mknod b b 8 0 2>/dev/null; mknod c c 1 1 2>/dev/null; ls", ""),
  .prints(
    "folders that are not shown",
    "ls -d /usr/share/* /usr/local /opt /root /var/lib /sys /media /srv /tmp/* 2>/dev/null | grep -vE '/usr/share/(R|fonts|git-core|matplotlib|numpy3|perl|perl5|python3|terminfo|zoneinfo)$'",
    ""),
  .prints(
    "devices", "ls /dev | tr '\\n' ' '",
    "console core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero ".replacing(
      "console ", with: "")),
  .prints(
    "sysctl",
    "for f in core_pattern modprobe panic; do echo x 2>/dev/null >/proc/sys/kernel/$f && echo wrote; done; echo 1 2>/dev/null >/proc/sysrq-trigger && echo wrote; echo end",
    "end\n"),
  .prints(
    "who", "id -un; hostname; echo $HOME $TMPDIR $OMP_NUM_THREADS $PYTHONHASHSEED",
    "agent\nlyceum\n/home/agent /tmp 1 0\n"),
  .prints(
    "no capabilities", "grep -E '^Cap(Eff|Prm|Bnd|Amb)' /proc/self/status | grep -vc 0000000000000000", "0\n"),
  .prints("other processes", "ls /proc | grep -cE '^[0-9]+$' | xargs test 8 -gt && echo few", "few\n"),
  .prints(
    "deep folders",
    "for i in {1..300}; do mkdir ddddddddddddddd && cd ddddddddddddddd; done; cd /home/agent/work && rm -rf d* && ls",
    ""),
  .prints("strange names", #"touch -- "$(printf 'a\nb')" "$(printf '\xff')" -rf; ls -A | wc -l"#, "4\n"),
]
