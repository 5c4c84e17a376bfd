// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import Processes

/// Where this process's control groups are: the folders below which boxes get groups of their own.
struct CgroupPlaces: Equatable {
  enum Controller: String, CaseIterable { case memory, pids, cpu }

  /// Version 1: one folder for each controller.
  var old: [Controller: String] = [:]
  /// Version 2: one folder for all; it may lack controllers.
  var unified: String?

  /// `membership` is the text of `/proc/self/cgroup`, `mounts` that of `/proc/self/mountinfo`.
  init(membership: String, mounts: String) {
    var groups: [(controllers: [Substring], path: String)] = []
    for line in membership.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      if fields.count == 3 { groups.append((fields[1].split(separator: ","), String(fields[2]))) }
    }
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { continue }
      let root = String(fields[3])
      let point = String(fields[4])
      switch fields[dash + 1] {
      case "cgroup":
        let options = fields[dash + 3].split(separator: ",")
        for controller in Controller.allCases where options.contains(Substring(controller.rawValue)) {
          guard let group = groups.first(where: { $0.controllers.contains(Substring(controller.rawValue)) })
          else {
            continue
          }
          old[controller] = Self.join(point, group.path, root: root)
        }
      case "cgroup2":
        if let group = groups.first(where: { $0.controllers.isEmpty }) {
          unified = Self.join(point, group.path, root: root)
        }
      default: break
      }
    }
  }

  static func current() -> CgroupPlaces {
    CgroupPlaces(
      membership: readFile("/proc/self/cgroup") ?? "", mounts: readFile("/proc/self/mountinfo") ?? "")
  }

  /// The folder of group `path` below a mount whose root is the group `root`.
  private static func join(_ point: String, _ path: String, root: String) -> String {
    var rest = path
    if root != "/", path.isAtOrUnder(root) { rest = String(path.dropFirst(root.utf8.count)) }
    return rest == "/" || rest.isEmpty ? point : point + rest
  }
}

/// The text of a small file of the kernel's; nil when it cannot be read.
func readFile(_ path: String) -> String? {
  guard let file = try? Descriptor.open(path, O_RDONLY) else { return nil }
  var bytes: [UInt8] = []
  while bytes.count < 1 << 20 {
    guard let more = try? file.read(upTo: 65536) else { return nil }
    if more.isEmpty { break }
    bytes += more
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// Writes a control file in one call; the error says which.
func writeFile(_ path: String, _ text: String) throws(SystemError) {
  let file = try Descriptor.open(path, O_WRONLY)
  do { try file.write(Array(text.utf8)) } catch { throw SystemError("write \(path)", code: error.code) }
}
