// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Frames
public import LyceumCore

/// What a plugin says about one of its agents or tasks.
public struct PluginDescriptor: Codable, Sendable, Hashable {
  /// Unique: letters, digits, `.`, `-`, `_`; 1 to 128 bytes.
  public let id: String
  public let name: String
  public let version: String
  public let description: String
  /// SPDX expression; may be empty.
  public let license: String
  /// What the configuration may hold; empty when it takes none.
  public let configHelp: String
}

/// A plugin as it was found: which file, which bytes, and what it offers.
public struct PluginManifest: Codable, Sendable, Hashable {
  /// How the plugin runs.
  public enum Form: String, Codable, Sendable {
    /// A shared library inside `lyceum-runner`.
    case library
    /// A program that speaks frames over its standard input and output.
    case program
  }

  /// Absolute path of the file, as it was given; symbolic links are not resolved.
  public let path: String
  public let form: Form
  /// SHA-256 of the file.
  public let digest: Digest
  public let name: String
  public let version: String
  public let toolchain: String
  /// Major in the upper 16 bits, minor in the lower.
  public let abiVersion: UInt32
  public let agents: [PluginDescriptor]
  public let tasks: [PluginDescriptor]

  public func agent(_ id: String) -> PluginDescriptor? { agents.first { $0.id == id } }

  public func task(_ id: String) -> PluginDescriptor? { tasks.first { $0.id == id } }

  /// Before the plugin has said anything.
  init(unread file: PluginFile, _ digest: Digest) {
    path = file.path
    form = file.form
    self.digest = digest
    name = ""
    version = ""
    toolchain = ""
    abiVersion = 0
    agents = []
    tasks = []
  }

  init(_ file: PluginFile, _ digest: Digest, _ message: ManifestMessage) throws(PluginError) {
    path = file.path
    form = file.form
    self.digest = digest
    guard message.frames == Frame.version else {
      throw PluginError(
        .wrongABI, "speaks version \(message.frames) of the frames; this host has \(Frame.version)")
    }
    guard message.abi >> 16 == 1 else {
      throw PluginError(
        .wrongABI, "was made for ABI \(message.abi >> 16).\(message.abi & 0xFFFF); this host has 1.0")
    }
    guard !message.name.isEmpty else { throw PluginError(.protocolViolation, "name is empty") }
    for (field, text) in [
      ("name", message.name), ("version", message.version), ("toolchain", message.toolchain),
    ] {
      guard text.utf8.count <= 256 else {
        throw PluginError(.protocolViolation, "\(field) is longer than 256 bytes")
      }
    }
    name = message.name
    version = message.version
    toolchain = message.toolchain
    abiVersion = message.abi
    agents = try PluginManifest.check(message.agents, "agent")
    tasks = try PluginManifest.check(message.tasks, "task")
    guard !agents.isEmpty || !tasks.isEmpty else {
      throw PluginError(.protocolViolation, "the plugin has neither agents nor tasks")
    }
  }

  private static func check(
    _ messages: [DescriptorMessage], _ what: String
  ) throws(PluginError) -> [PluginDescriptor] {
    var seen: Set<String> = []
    var out: [PluginDescriptor] = []
    for d in messages {
      guard d.id.isIdentifier else {
        throw PluginError(
          .protocolViolation, "\(what) id '\(d.id)' is not 1 to 128 letters, digits, '.', '-', '_'")
      }
      guard seen.insert(d.id).inserted else {
        throw PluginError(.protocolViolation, "two \(what)s have id \(d.id)")
      }
      let fields = [
        ("name", d.name, 256), ("version", d.version, 256), ("description", d.description, 4096),
        ("license", d.license, 256), ("config_help", d.configHelp, 16384),
      ]
      for (field, text, limit) in fields {
        guard text.utf8.count <= limit else {
          throw PluginError(.protocolViolation, "\(what) \(d.id): \(field) is longer than \(limit) bytes")
        }
      }
      out.append(
        PluginDescriptor(
          id: d.id, name: d.name, version: d.version, description: d.description, license: d.license,
          configHelp: d.configHelp))
    }
    return out
  }
}
