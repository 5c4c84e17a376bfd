// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import Processes
internal import Yams

extension Profile {
  /// Reads `NAME.yaml` from the first of `folders` that has it. An unknown key, a wrong type or a value out of
  /// range is an error that names file and line.
  public static func load(named name: String, searching folders: [String]) throws(SandboxError) -> Profile {
    let allowed = name.utf8.allSatisfy {
      $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
    }
    guard !name.isEmpty, allowed else {
      throw SandboxError(
        .configuration, "sandbox profile \(name.debugDescription): a name has letters, digits, - and _ only")
    }
    for folder in folders {
      let path = "\(folder)/\(name).yaml"
      guard unsafe access(path, F_OK) == 0 else { continue }
      return try Profile(name: name, yaml: readText(path), path: path)
    }
    let searched = folders.isEmpty ? "no folder" : folders.joined(separator: ", ")
    throw SandboxError(
      .configuration, "sandbox profile \(name): no \(name).yaml in \(searched); name an existing profile")
  }

  /// Parses the text of a profile; `path` is for messages.
  public init(name: String, yaml: String, path: String) throws(SandboxError) {
    var reader = ProfileReader(path: path, profile: Profile(name: name))
    try reader.read(yaml)
    self = reader.profile
  }
}

extension UInt8 {
  var isLetterOrDigit: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    default: false
    }
  }
}

private func readText(_ path: String) throws(SandboxError) -> String {
  try explaining("sandbox profile \(path)") { () throws(SystemError) in
    let file = try Descriptor.open(path, O_RDONLY)
    var bytes: [UInt8] = []
    while bytes.count < 1 << 20, let more = try file.read(upTo: 65536), !more.isEmpty { bytes += more }
    return String(decoding: bytes, as: UTF8.self)
  }
}

private struct ProfileReader {
  let path: String
  var profile: Profile

  mutating func read(_ yaml: String) throws(SandboxError) {
    let root: Node?
    do { root = try compose(yaml: yaml) } catch {
      let line = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
      throw SandboxError(.configuration, "\(path): not YAML: \(line)")
    }
    guard let root else { return }
    guard case .mapping(let pairs) = root else {
      throw wrong(root, "a profile is a mapping of keys to values")
    }
    var seen: Set<String> = []
    for (key, value) in pairs {
      let name = key.scalar?.string ?? ""
      guard seen.insert(name).inserted else { throw wrong(key, "\(name) is given twice") }
      switch name {
      case "network": profile.network = try choice(value, name)
      case "leftovers": profile.leftovers = try choice(value, name)
      case "tmp_mb": profile.tmpMB = try megabytes(value, name)
      case "home_mb": profile.homeMB = try megabytes(value, name)
      case "shm_mb": profile.shmMB = try megabytes(value, name)
      case "mounts": profile.mounts = try mounts(value)
      case "environment": profile.environment = try environment(value)
      default:
        throw wrong(
          key,
          "unknown key \(name.debugDescription); known are network, mounts, environment, tmp_mb, home_mb, shm_mb, "
            + "leftovers")
      }
    }
  }

  private func wrong(_ node: Node, _ message: String) -> SandboxError {
    SandboxError(.configuration, "\(path):\(node.mark?.line ?? 1): \(message)")
  }

  private func choice<C: RawRepresentable<String> & CaseIterable>(
    _ node: Node, _ key: String
  ) throws(SandboxError) -> C {
    if let text = node.scalar?.string, let value = C(rawValue: text) { return value }
    throw wrong(node, "\(key) is one of \(C.allCases.map(\.rawValue).joined(separator: ", "))")
  }

  private func megabytes(_ node: Node, _ key: String) throws(SandboxError) -> Int {
    if let value = node.int, (1...1_048_576).contains(value) { return value }
    throw wrong(node, "\(key) is a whole number of MiB from 1 to 1048576")
  }

  private func mounts(_ node: Node) throws(SandboxError) -> [String] {
    guard case .sequence(let items) = node else { throw wrong(node, "mounts is a list of absolute paths") }
    var paths: [String] = []
    for item in items {
      guard let path = item.scalar?.string, path.isPlainAbsolutePath, path != "/" else {
        throw wrong(item, "a mount is an absolute path without . and .. and not /")
      }
      paths.append(path)
    }
    return paths
  }

  private func environment(_ node: Node) throws(SandboxError) -> [String: String] {
    guard case .mapping(let pairs) = node else {
      throw wrong(node, "environment is a mapping of names to text")
    }
    var result: [String: String] = [:]
    for (key, value) in pairs {
      guard let name = key.scalar?.string, name.isVariableName else {
        throw wrong(key, "the name of a variable has letters, digits and _ and does not begin with a digit")
      }
      guard let text = value.scalar?.string, !text.utf8.contains(0) else {
        throw wrong(value, "\(name) must be text")
      }
      guard result.updateValue(text, forKey: name) == nil else { throw wrong(key, "\(name) is given twice") }
    }
    return result
  }
}

extension String {
  /// Absolute, no empty, `.` or `..` component, no NUL.
  var isPlainAbsolutePath: Bool {
    guard utf8.first == UInt8(ascii: "/"), !utf8.contains(0) else { return false }
    if self == "/" { return true }
    return dropFirst().split(separator: "/", omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }

  var isVariableName: Bool {
    guard let first = utf8.first, first < UInt8(ascii: "0") || first > UInt8(ascii: "9") else { return false }
    return utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") }
  }

  /// Whether this path is `ancestor` or lies under it. Both plain and absolute.
  func isAtOrUnder(_ ancestor: String) -> Bool {
    self == ancestor || ancestor == "/" || hasPrefix(ancestor + "/")
  }
}
