// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import LyceumCore

/// The arguments that bwrap reads from a descriptor.
enum LaunchLine {
  /// New namespaces of every kind, no capability, no way to more namespaces, the end with the parent.
  static let walls = [
    "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
    "--unshare-cgroup-try",
    "--disable-userns", "--uid", "1000", "--gid", "1000", "--hostname", "lyceum", "--die-with-parent",
    "--new-session", "--cap-drop", "ALL", "--seccomp", "\(LaunchDescriptor.seccomp)",
  ]

  static func box(_ spec: BoxSpec) throws(SandboxError) -> [String] {
    let view = try FileView(spec)
    var line = walls + ["--as-pid-1", "--json-status-fd", "\(LaunchDescriptor.status)"]
    line += view.arguments
    line += ["--chdir", spec.directory, "--clearenv"]
    for (name, value) in environment(spec).sorted(by: { $0.key < $1.key }) {
      line += ["--setenv", name, value]
    }
    return line
  }

  static func environment(_ spec: BoxSpec) -> [String: String] {
    let cores = max(1, Int(min(spec.limits.cpus, Double(sysconf(Int32(_SC_NPROCESSORS_ONLN)))).rounded(.up)))
    var environment = [
      "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/home/agent", "TMPDIR": "/tmp", "LANG": "C.UTF-8",
      "TERM": "dumb", "USER": "agent", "LOGNAME": "agent", "SHELL": "/bin/bash",
      "PYTHONDONTWRITEBYTECODE": "1",
      "PYTHONHASHSEED": "0",
    ]
    for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LYCEUM_CPUS"] {
      environment[name] = "\(cores)"
    }
    return environment.merging(spec.profile.environment) { $1 }.merging(spec.environment) { $1 }
  }

  /// Per-process limits. Address space stands in for memory only where no control group can.
  static func limits(_ spec: BoxSpec, hasMemoryGroup: Bool) -> [(resource: Int32, value: UInt64)] {
    var limits: [(resource: Int32, value: UInt64)] = [
      (RLIMIT_CORE.number, 0), (RLIMIT_NOFILE.number, 1024),
      (RLIMIT_FSIZE.number, UInt64(spec.limits.fileMB) << 20),
      (__RLIMIT_MEMLOCK.number, 1 << 20),
    ]
    if !hasMemoryGroup { limits.append((RLIMIT_AS.number, UInt64(spec.limits.memoryMB) << 20)) }
    return limits
  }
}

extension __rlimit_resource {
  var number: Int32 { Int32(rawValue) }
}
