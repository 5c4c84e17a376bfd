// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CSupport
internal import Glibc
internal import Processes

/// The user that the processes of a box or a confined runner are to the kernel; nil when this process is not root,
/// and they stay what it is. Whoever prepares a writable folder for a box gives it to this user.
public func uid(slot: Int) -> UInt32? { geteuid() == 0 ? UInt32(20000 + slot) : nil }

/// The programs that a box is started with.
enum Host {
  static let bwrap = "/usr/bin/bwrap"

  static func requireBwrap() throws(SandboxError) {
    guard unsafe access(bwrap, X_OK) == 0 else {
      throw SandboxError(.missing, "bwrap is not installed (no \(bwrap)): run `apt-get install bubblewrap`")
    }
  }

  /// Folders in which `lyceum-box` may be, in this order.
  static var libexecFolders: [String] {
    var folders: [String] = []
    if let folder = unsafe getenv("LYCEUM_LIBEXEC") { folders.append(unsafe String(cString: folder)) }
    if let own = resolve("/proc/self/exe"), let slash = own.lastIndex(of: "/") {
      let beside = String(own[..<slash])
      folders += [beside, "\(beside)/../libexec/lyceum"]
    }
    // `swift test` runs a bundle through a helper of the toolchain: the bundle's name is an argument.
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
      if let slash = argument.lastIndex(of: "/") { folders.append(String(argument[..<slash])) }
    }
    return folders
  }

  /// `lyceum-box`, opened for its execution by descriptor: no box has to show the file.
  static func openBoxProgram() throws(SandboxError) -> Descriptor {
    for folder in libexecFolders {
      let fd = unsafe open("\(folder)/lyceum-box", O_RDONLY | O_CLOEXEC)
      if fd >= 0 { return Descriptor(owning: fd) }
    }
    throw SandboxError(
      .missing,
      "lyceum-box is not in \(libexecFolders.joined(separator: ", ")): set LYCEUM_LIBEXEC to its folder")
  }

  static func seccompFilter(_ network: Profile.Network) throws(SandboxError) -> Descriptor {
    var size = 0
    let filter = unsafe lyc_seccomp_filter(network == .loopback ? 1 : 0, &size)
    let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: filter, count: size))
    return try explaining("box") { () throws(SystemError) in try Descriptor.memory("seccomp", bytes) }
  }

  /// NUL-terminated words, as `bwrap --args` reads them; nothing of them is then in anybody's command line.
  static func argumentFile(_ arguments: [String]) throws(SandboxError) -> Descriptor {
    var bytes: [UInt8] = []
    for argument in arguments {
      bytes += argument.utf8
      bytes.append(0)
    }
    return try explaining("box") { () throws(SystemError) in try Descriptor.memory("arguments", bytes) }
  }

  /// Where the symbolic link `path` points; nil when it is none.
  static func linkTarget(_ path: String) -> String? {
    let target = unsafe [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      count = max(0, unsafe readlink(path, base, 256))
    }
    return target.isEmpty ? nil : String(decoding: target, as: UTF8.self)
  }

  static func resolve(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }
}

/// Numbers of the descriptors that bwrap is given beside the program's own.
enum LaunchDescriptor {
  static let control = Int32(LYC_BOX_CONTROL_FD)
  static let arguments: Int32 = 50
  static let seccomp: Int32 = 51
  static let program: Int32 = 52
  static let status: Int32 = 53
  static let firstFile: Int32 = 54
}
