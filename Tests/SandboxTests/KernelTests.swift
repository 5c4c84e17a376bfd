// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import Sandbox
import Testing

/// The system-call filter and the namespaces, asked call by call.
@Suite struct KernelTests {
  #if arch(x86_64)
    /// Name, arguments of syscall(2) in Python, and the errno that must come of it.
    static let calls: [(name: String, arguments: String, error: String)] = [
      ("ptrace", "101,0x4206,1,0,0", "EPERM"), ("process_vm_readv", "310,1,0,0,0,0,0", "EPERM"),
      ("kcmp", "312,1,1,0,0,0", "EPERM"), ("pidfd_getfd", "438,0,0,0", "EPERM"),
      ("bpf", "321,0,0,72", "EPERM"),
      ("perf_event_open", "298,0,0,-1,-1,0", "EPERM"), ("userfaultfd", "323,1", "EPERM"),
      ("io_uring_setup", "425,4,0", "ENOSYS"), ("keyctl", "250,0,-3,0", "EPERM"),
      ("add_key", "248,0,0,0,0,0", "EPERM"),
      ("request_key", "249,0,0,0,0", "EPERM"), ("mount", "165,0,0,0,0,0", "EPERM"),
      ("umount2", "166,b'/data',2", "EPERM"),
      ("pivot_root", "155,b'/tmp',b'/tmp'", "EPERM"), ("chroot", "161,b'/tmp'", "EPERM"),
      ("setns", "308,0,0", "EPERM"),
      ("unshare", "272,0x10000000", "EPERM"), ("open_tree", "428,-100,b'/',1", "EPERM"),
      ("move_mount", "429,0,0,0,0,0", "EPERM"), ("fsopen", "430,b'tmpfs',0", "EPERM"),
      ("fsconfig", "431,0,0,0,0,0", "EPERM"),
      ("mount_setattr", "442,0,0,0,0,0", "EPERM"), ("name_to_handle_at", "303,0,0,0,0,0", "EPERM"),
      ("open_by_handle_at", "304,0,0,0", "EPERM"), ("fanotify_init", "300,0,0", "EPERM"),
      ("reboot", "169,0,0,0,0", "EPERM"),
      ("syslog", "103,3,0,0", "EPERM"), ("clock_settime", "227,0,0", "EPERM"),
      ("sethostname", "170,b'x',1", "EPERM"),
      ("kexec_load", "246,0,0,0,0", "EPERM"), ("init_module", "175,0,0,0", "EPERM"),
      ("swapon", "167,0,0", "EPERM"),
      ("clone3", "435,0,0", "ENOSYS"), ("openat2", "437,-100,b'/',0,24", "ENOSYS"),
      ("clone NEWUSER", "56,0x10000011,0,0,0,0", "EPERM"), ("clone NEWNET", "56,0x40000011,0,0,0,0", "EPERM"),
      ("clone NEWNS, high bits", "56,0x100020011,0,0,0,0", "EPERM"), ("TIOCSTI", "16,0,0x5412,0", "EPERM"),
      ("TIOCSTI, high bits", "16,0,0x100005412,0", "EPERM"), ("TIOCLINUX", "16,0,0x541c,0", "EPERM"),
      ("prlimit of another", "302,1,7,0,0", "EPERM"), ("prlimit of itself", "302,0,7,0,0", "ok"),
      ("chmod u+s", "90,b'/home/agent/work',0o4755", "EPERM"),
      ("fchmodat g+s", "268,-100,b'.',0o2755", "EPERM"),
      ("openat O_CREAT u+s", "257,-100,b's',0o101,0o4755", "EPERM"),
      ("openat O_TMPFILE u+s", "257,-100,b'.',0o20200001,0o4755", "EPERM"),
      ("sched_setscheduler of PID 1", "144,1,0,b'\\0\\0\\0\\0'", "EPERM"),
      ("sched_setscheduler of itself", "144,0,0,b'\\0\\0\\0\\0'", "ok"),
      ("setpriority of PID 1", "141,0,1,19", "EPERM"), ("setpriority of its user", "141,2,0,19", "EPERM"),
      ("setpriority of itself", "141,0,0,1", "ok"), ("fallocate", "285,1,0,0,1", "ENOTSUP"),
      ("open without O_CREAT", "2,b'.',0,0o4755", "ok"),
      ("mknod u+s", "133,b's',0o104755,0", "EPERM"), ("cachestat", "451,0,0,0,0", "ENOSYS"),
      ("x32", "0x40000027", "ENOSYS"),
      ("INET", "41,2,1,0", "EAFNOSUPPORT"), ("INET6", "41,10,2,0", "EAFNOSUPPORT"),
      ("NETLINK", "41,16,3,0", "EAFNOSUPPORT"),
      ("PACKET", "41,17,3,0", "EAFNOSUPPORT"), ("VSOCK", "41,40,1,0", "EAFNOSUPPORT"),
      ("ALG", "41,38,5,0", "EAFNOSUPPORT"),
      ("family 77", "41,77,1,0", "EAFNOSUPPORT"), ("INET, high bits", "41,0x100000002,1,0", "EAFNOSUPPORT"),
      ("UNIX", "41,1,1,0", "ok"), ("setuid", "105,0", "EINVAL"), ("getpid", "39", "ok"),
    ]

    @Test func filter() throws {
      let box = try TestBox()
      let lines = Self.calls.map { "t(\($0.arguments))" }.joined(separator: "\n")
      let script = """
        cat >t.py <<'END'
        import ctypes,errno
        l=ctypes.CDLL(None,use_errno=True)
        def t(*a):
          r=l.syscall(*[x if isinstance(x,bytes) else ctypes.c_long(x) for x in a])
          print('ok' if r>=0 else errno.errorcode[ctypes.get_errno()], flush=True)
        \(lines)
        END
        /usr/bin/python3 t.py 2>&1
        """
      let seen = try box.run(script).text.split(separator: "\n").map(String.init)
      try #require(seen.count == Self.calls.count, "\(seen)")
      for (call, seen) in zip(Self.calls, seen) { #expect(seen == call.error, "\(call.name)") }
      try box.box.close()
    }
  #endif

  static let talk = """
    import socket,threading
    s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen()
    threading.Thread(target=lambda: s.accept()[0].sendall(b'pong')).start()
    print(socket.create_connection(('localhost',s.getsockname()[1])).recv(9).decode())
    for a in (('127.0.0.1',%d),('192.0.2.1',80)):
      try: socket.create_connection(a,2); print('connected')
      except OSError as e: print(e.errno)
    for f in (17,40,38):
      try: socket.socket(f,socket.SOCK_DGRAM); print('socket')
      except OSError as e: print(e.errno)
    """

  @Test func loopbackIsTheBoxsOwn() throws {
    let listener = try LocalListener()
    let box = try TestBox(Profile(network: .loopback))
    let result = try box.run(HostileCase.python(Self.talk.replacing("%d", with: "\(listener.port)")))
    #expect(result.text == "pong\n111\n101\n97\n97\n97\n")
    try box.box.close()
  }

  @Test func numpyAndFriendsImport() throws {
    let box = try TestBox()
    let has = try box.run("/usr/bin/python3 -c 'import numpy' 2>/dev/null").exitCode == 0
    if has {
      #expect(
        try box.run(
          HostileCase.python("import numpy as n\nprint((n.ones((200,200))@n.ones((200,200)))[0,0])")
        ).text == "200.0\n")
    }
    #expect(
      try box.run(
        HostileCase.python(
          "import multiprocessing as m\nif __name__=='__main__': print(sum(m.Pool(2).map(abs,[-1,2])))")
      ).text == "3\n")
    #expect(
      try box.run(
        "git init -q r && cd r && git -c user.name=a -c user.email=b commit -q --allow-empty -m m && git log --oneline | wc -l"
      ).text == "1\n")
    #expect(try box.run("perl -MPOSIX -e 'print floor(2.5)'; TZ=Europe/Paris date -d @0 +%H").text == "201\n")
    try box.box.close()
  }
}
