// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import LyceumCore

/// Which files a box shows, as arguments of bwrap.
///
/// A named list: what is not on it does not exist in the box. `/usr/share` as a whole is not, because packages keep
/// data sets with labels there; nor are `/usr/local`, `/opt`, `/home`, `/var` and `/root`.
struct FileView {
  /// Where nothing can be bound.
  static let reserved = ["/proc", "/dev", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]

  static let systemFolders = [
    "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/include",
    "/usr/share/R", "/usr/share/fonts", "/usr/share/git-core", "/usr/share/matplotlib", "/usr/share/numpy3",
    "/usr/share/perl", "/usr/share/perl5", "/usr/share/python3", "/usr/share/terminfo", "/usr/share/zoneinfo",
    "/etc/R", "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/matplotlibrc",
  ]
  static let merged = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]

  /// Those of `merged` that are links on the host, to `usr/bin` and the like.
  static let mergedLinks: [(path: String, target: String)] = merged.compactMap { path in
    Host.linkTarget(path).map { (path, $0) }
  }

  /// Small files made for the box.
  static let files: [(path: String, text: String)] = [
    ("/etc/passwd", "agent:x:1000:1000:agent:/home/agent:/bin/bash\n"),
    ("/etc/group", "agent:x:1000:\n"),
    ("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"),
    ("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
  ]

  private(set) var arguments: [String] = []
  private var shown: [Bind] = []
  private let hidden: [String]

  init(_ spec: BoxSpec) throws(SandboxError) {
    hidden = spec.hidden + spec.hidden.compactMap { Host.resolve($0) }
    let profile = spec.profile
    for path in Self.systemFolders + profile.mounts where unsafe access(path, F_OK) == 0 {
      show(Bind(host: path, box: path))
    }
    let links = Self.mergedLinks
    for (path, target) in links { arguments += ["--symlink", target, path] }
    for path in Self.merged
    where unsafe access(path, F_OK) == 0 && !links.contains(where: { $0.path == path }) {
      show(Bind(host: path, box: path))
    }
    for (index, file) in Self.files.enumerated() {
      arguments += ["--ro-bind-data", "\(LaunchDescriptor.firstFile + Int32(index))", file.path]
    }
    arguments += ["--proc", "/proc", "--dev", "/dev", "--dir", "/run", "--symlink", "../tmp", "/var/tmp"]
    // Files in memory outlive the processes that are killed when memory runs out: they must leave room for more.
    let sum = profile.shmMB + profile.tmpMB + profile.homeMB
    let scale = min(1, 0.75 * Double(spec.limits.memoryMB) / Double(max(1, sum)))
    tmpfs("/dev/shm", megabytes: profile.shmMB, scale, mode: "1777")
    tmpfs("/tmp", megabytes: profile.tmpMB, scale, mode: "1777")
    tmpfs("/home/agent", megabytes: profile.homeMB, scale, mode: "0755")
    for bind in spec.binds {
      guard unsafe access(bind.host, F_OK) == 0 else {
        throw SandboxError(.configuration, "box: \(bind.host), to be shown at \(bind.box), does not exist")
      }
      show(bind)
    }
    for bind in shown { cover(within: bind) }
    arguments += ["--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"]
    guard shown.contains(where: { $0.box == "/usr/bin" }), shown.contains(where: { $0.box == "/usr/lib" })
    else {
      throw SandboxError(.configuration, "box: /usr/bin and /usr/lib cannot be hidden or absent")
    }
  }

  private mutating func show(_ bind: Bind) {
    guard !hidden.contains(where: { bind.host.isAtOrUnder($0) || bind.box.isAtOrUnder($0) }) else { return }
    arguments += [bind.writable ? "--bind" : "--ro-bind", bind.host, bind.box]
    shown.append(bind)
  }

  private mutating func tmpfs(_ path: String, megabytes: Int, _ scale: Double, mode: String) {
    let bytes = max(4096, Int(Double(megabytes << 20) * scale))
    arguments += ["--size", "\(bytes)", "--perms", mode, "--tmpfs", path]
  }

  private mutating func cover(within bind: Bind) {
    var covered: Set<String> = []
    for path in hidden {
      for (root, isHost) in [(bind.host, true), (bind.box, false)]
      where path != root && path.isAtOrUnder(root) {
        let rest = path.dropFirst(root.utf8.count)
        let inBox = isHost ? bind.box + rest : path
        let onHost = isHost ? path : bind.host + rest
        var status = stat()
        guard unsafe stat(onHost, &status) == 0, covered.insert(inBox).inserted else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          arguments += ["--size", "4096", "--perms", "0555", "--tmpfs", inBox, "--remount-ro", inBox]
        } else {
          arguments += ["--ro-bind", "/dev/null", inBox]
        }
      }
    }
  }
}
