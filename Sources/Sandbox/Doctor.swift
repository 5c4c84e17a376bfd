// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CSupport
internal import Glibc
internal import LyceumCore
internal import Processes

/// Finds out what this machine can do by doing it. Takes some 100 ms.
public enum Doctor {
  /// All probes; the order is the one in which to repair things.
  public static func probe() -> [Probe] {
    var probes = [bwrap(), helper()]
    let box: Box
    do {
      box = try Box.open(BoxSpec(limits: probeLimits, slot: 9999))
    } catch {
      probes.append(Probe("box", .missing, error.message, advice: advice(error)))
      return probes + cgroups() + [landlock()]
    }
    probes.append(Probe("box", .ok, "a box with all its walls was opened"))
    probes += [namespaces(box), seccomp(box), environment(box), user(box), processes(box)]
    do { try box.close() } catch { probes.append(Probe("death", .missing, error.message)) }
    return probes + cgroups() + [landlock()]
  }

  /// What holds a box of this machine, for a trial's provenance: `bwrap+seccomp+cgroup1`, `bwrap+seccomp+cgroup2`,
  /// `bwrap+seccomp+rlimits`, or `unavailable`. Tried once in a process.
  public static func isolation() -> String { found }

  private static let found: String = {
    guard let box = try? Box.open(BoxSpec(limits: probeLimits, slot: 9998)) else { return "unavailable" }
    defer { try? box.close() }
    let parts = ["bwrap"] + (seccomp(box).state == .ok ? ["seccomp"] : [])
    return (parts + [box.cgroupVersion.map { "cgroup\($0)" } ?? "rlimits"]).joined(separator: "+")
  }()

  private static let probeLimits = Limits(memoryMB: 256, processes: 32, cpus: 1, fileMB: 16)

  private static func advice(_ error: SandboxError) -> String {
    error.kind == .missing ? "do what the message says" : LaunchFailure.namespaceAdvice()
  }

  private static func bwrap() -> Probe {
    do { try Host.requireBwrap() } catch {
      return Probe("bwrap", .missing, "no \(Host.bwrap)", advice: "apt-get install bubblewrap")
    }
    let version = output(of: Launch(Host.bwrap, ["bwrap", "--version"]))
    guard let number = version.split(separator: " ").last, let parsed = parse(number) else {
      return Probe(
        "bwrap", .degraded, "\(Host.bwrap) does not tell its version", advice: "apt-get install bubblewrap")
    }
    let enough = parsed >= (0, 8)
    return Probe(
      "bwrap", enough ? .ok : .missing, "\(Host.bwrap) \(number)",
      advice:
        "version 0.8.0 or later is needed: apt-get install bubblewrap from Debian 12, Ubuntu 24.04 or later")
  }

  private static func parse(_ version: Substring) -> (Int, Int)? {
    let parts = version.split(separator: ".").map { Int($0.prefix { $0.isNumber }) }
    guard parts.count >= 2, let major = parts[0], let minor = parts[1] else { return nil }
    return (major, minor)
  }

  private static func helper() -> Probe {
    do {
      _ = try Host.openBoxProgram()
      return Probe("lyceum-box", .ok, "found beside this program")
    } catch {
      return Probe(
        "lyceum-box", .missing, error.message, advice: "export LYCEUM_LIBEXEC=FOLDER_OF_lyceum-box")
    }
  }

  private static func namespaces(_ box: Box) -> Probe {
    let lines = tried(box, "readlink /proc/self/ns/{user,pid,net,ipc,uts,mnt}").split(separator: "\n")
    let kinds = ["user", "pid", "net", "ipc", "uts", "mnt"]
    let shared = kinds.filter { kind in
      guard let own = Host.linkTarget("/proc/self/ns/\(kind)") else { return true }
      return lines.contains(Substring(own)) || !lines.contains { $0.hasPrefix("\(kind):") }
    }
    return Probe(
      "namespaces", shared.isEmpty ? .ok : .missing,
      shared.isEmpty
        ? "own \(kinds.joined(separator: ", "))" : "shared with the host: \(shared.joined(separator: ", "))",
      advice: LaunchFailure.namespaceAdvice())
  }

  private static func seccomp(_ box: Box) -> Probe {
    let seen = tried(
      box,
      """
      grep -E '^(Seccomp|NoNewPrivs):' /proc/self/status | tr -d '\\t\\n'
      unshare -U true 2>&1 | grep -c 'not permitted'
      """)
    let ok = seen.contains("Seccomp:2") && seen.contains("NoNewPrivs:1") && seen.hasSuffix("1\n")
    return Probe(
      "seccomp", ok ? .ok : .missing,
      ok ? "the filter is in force: unshare(2) is denied in a box" : "in a box: \(String(line: seen.utf8))",
      advice: "a kernel with CONFIG_SECCOMP_FILTER=y is needed")
  }

  private static func environment(_ box: Box) -> Probe {
    let seen = tried(box, "cat /proc/1/environ 2>/dev/null | wc -c; ls /proc/self/fd | wc -l")
    let ok = seen == "0\n5\n" || seen == "0\n4\n"
    return Probe(
      "leaks", ok ? .ok : .missing,
      ok ? "no environment and no descriptor of the host in a box" : "in a box: \(String(line: seen.utf8))",
      advice: "please report this")
  }

  private static func user(_ box: Box) -> Probe {
    let inside = tried(box, "cut -c1-40 /proc/self/uid_map | head -1")
    guard geteuid() == 0 else { return Probe("user", .ok, "not root: boxes run as user \(geteuid())") }
    // The last namespace's map names the one above it; the kernel's user shows in the owner of a file.
    let scratch = tried(box, "id -u; test -w /proc/sys/kernel/core_pattern && echo writable")
    let ok = scratch == "1000\n"
    return Probe(
      "user", ok ? .ok : .missing,
      ok ? "root here, users 20000 and up in boxes" : "in a box: \(String(line: (inside + scratch).utf8))",
      advice: "run lyceum as an ordinary user")
  }

  private static func processes(_ box: Box) -> Probe {
    let fork =
      "$n = 1; while ($n < 100) { $p = fork; last if !defined $p; sleep 9, exit if !$p; $n++ } print $n"
    let count = Int(tried(box, "perl -e '\(fork)'")) ?? 100
    let ok = count < 100
    return Probe(
      "processes", ok ? .ok : .degraded,
      ok ? "the limit of processes holds in a box" : "100 processes with a limit of 32",
      advice: "a kernel of 5.14 or later, or a writable pids controller, is needed")
  }

  private static func cgroups() -> [Probe] {
    let cgroup = Cgroup(probeLimits, name: Cgroup.freshName(0))
    defer { cgroup.remove() }
    let advice =
      geteuid() == 0
      ? "systemd-run --scope -p Delegate=yes lyceum …" : "systemd-run --user --scope -p Delegate=yes lyceum …"
    return Cgroup.Controller.allCases.map { controller in
      let id = "cgroup-\(controller.rawValue)"
      if cgroup.limited.contains(controller) {
        return Probe(id, .ok, "version \(cgroup.version(of: controller)), a limit was set")
      }
      let instead =
        switch controller {
        case .memory: "only each process's address space is limited"
        case .pids: "the limit of processes is kept by the user namespace"
        case .cpu: "cores are not limited, only asked to be respected by LYCEUM_CPUS"
        }
      return Probe(
        id, .degraded, "\(cgroup.refusals[controller]?.description ?? "absent"): \(instead)", advice: advice)
    }
  }

  private static func landlock() -> Probe {
    let abi = lyc_landlock_abi()
    return abi > 0
      ? Probe("landlock", .ok, "version \(abi) of the interface; not used yet")
      : Probe("landlock", .degraded, "the kernel has no Landlock; not used yet", advice: "nothing to do")
  }

  private static func tried(_ box: Box, _ script: String) -> String {
    let command = BoxCommand(Array(script.utf8), timeoutSeconds: 5, outputBytes: 4096)
    return (try? box.run(command)).map { String(decoding: $0.output, as: UTF8.self) } ?? ""
  }

  private static func output(of launch: Launch) -> String {
    var launch = launch
    guard let pipe = try? Pipe() else { return "" }
    launch.descriptors = [(pipe.writer.raw, 1)]
    guard var child = try? Child(launch), (try? child.wait(until: .after(seconds: 5))) != nil else {
      return ""
    }
    return String(decoding: (try? pipe.reader.read(upTo: 256)) ?? [], as: UTF8.self)
      .split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }
}
