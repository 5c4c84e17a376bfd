// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// Payload of `hello`, the first frame.
public struct HelloMessage: Message, Hashable {
  /// ``Frame/version`` of the host.
  public var frames: UInt32
  /// ABI version of the host: major in the upper 16 bits, minor in the lower.
  public var abi: UInt32
  public var hostName, hostVersion: String

  public init(frames: UInt32 = Frame.version, abi: UInt32, hostName: String, hostVersion: String) {
    self.frames = frames
    self.abi = abi
    self.hostName = hostName
    self.hostVersion = hostVersion
  }

  public init(from input: inout WireReader) throws(FrameError) {
    frames = try input.u32("frames_version")
    abi = try input.u32("abi_version")
    hostName = try input.text("host_name")
    hostVersion = try input.text("host_version")
  }

  public func encode(to out: inout WireWriter) {
    out.put(frames)
    out.put(abi)
    out.put(hostName)
    out.put(hostVersion)
  }
}

/// `lyc_descriptor`.
public struct DescriptorMessage: Message, Hashable {
  public var id, name, version, description, license, configHelp: String

  public init(
    id: String, name: String, version: String, description: String, license: String, configHelp: String
  ) {
    self.id = id
    self.name = name
    self.version = version
    self.description = description
    self.license = license
    self.configHelp = configHelp
  }

  public init(from input: inout WireReader) throws(FrameError) {
    id = try input.text("id")
    name = try input.text("name")
    version = try input.text("version")
    description = try input.text("description")
    license = try input.text("license")
    configHelp = try input.text("config_help")
  }

  public func encode(to out: inout WireWriter) {
    for field in [id, name, version, description, license, configHelp] { out.put(field) }
  }
}

/// Result of `hello`: what the plugin is and has.
public struct ManifestMessage: Message, Hashable {
  /// Most agents, and most tasks, that one plugin may have.
  public static let listLimit = 1024

  public var frames, abi: UInt32
  public var name, version, toolchain: String
  public var agents, tasks: [DescriptorMessage]

  public init(
    frames: UInt32 = Frame.version, abi: UInt32, name: String, version: String, toolchain: String,
    agents: [DescriptorMessage], tasks: [DescriptorMessage]
  ) {
    self.frames = frames
    self.abi = abi
    self.name = name
    self.version = version
    self.toolchain = toolchain
    self.agents = agents
    self.tasks = tasks
  }

  public init(from input: inout WireReader) throws(FrameError) {
    frames = try input.u32("frames_version")
    abi = try input.u32("abi_version")
    name = try input.text("name")
    version = try input.text("version")
    toolchain = try input.text("toolchain")
    agents = try ManifestMessage.list("agents", &input)
    tasks = try ManifestMessage.list("tasks", &input)
  }

  public func encode(to out: inout WireWriter) {
    out.put(frames)
    out.put(abi)
    for field in [name, version, toolchain] { out.put(field) }
    for list in [agents, tasks] {
      out.put(UInt32(truncatingIfNeeded: list.count))
      for descriptor in list { descriptor.encode(to: &out) }
    }
  }

  private static func list(
    _ field: String, _ input: inout WireReader
  ) throws(FrameError) -> [DescriptorMessage] {
    let count = Int(try input.u32(field))
    guard count <= listLimit else { throw .badValue(field) }
    var list: [DescriptorMessage] = []
    for _ in 0..<count { list.append(try DescriptorMessage(from: &input)) }
    return list
  }
}

/// Payload of `create_agent` and `create_task`.
public struct CreateMessage: Message, Hashable {
  public static let offersRandom: UInt32 = 1
  public static let offersTaskBox: UInt32 = 2
  public static let offersSubmission: UInt32 = 4

  public var id, config: String
  /// Host services that this instance has: `offers…`.
  public var services: UInt32
  /// Where the instance's random stream begins.
  public var seed: UInt64

  public init(id: String, config: String, services: UInt32, seed: UInt64) {
    self.id = id
    self.config = config
    self.services = services
    self.seed = seed
  }

  public init(from input: inout WireReader) throws(FrameError) {
    id = try input.text("id")
    config = try input.text("config")
    services = try input.u32("services")
    seed = try input.u64("seed")
  }

  public func encode(to out: inout WireWriter) {
    out.put(id)
    out.put(config)
    out.put(services)
    out.put(seed)
  }
}

/// Payload of `probe`: a question of the plugin checker. Answered by status alone.
public enum ProbeMessage: UInt32, Message, CaseIterable {
  /// init() once more: must do nothing and succeed.
  case initAgain = 1
  /// A factory that does not exist: NULL.
  case unknownFactory = 2
  /// The entry called by a host of a later minor version: not refused.
  case laterMinor = 3
  /// descriptor(count()): NULL.
  case beyondLastDescriptor = 4
  /// get_extension() of the live instance for an id that does not exist: NULL.
  case unknownExtension = 5

  public init(from input: inout WireReader) throws(FrameError) {
    guard let probe = ProbeMessage(rawValue: try input.u32("probe")) else { throw .badValue("probe") }
    self = probe
  }

  public func encode(to out: inout WireWriter) { out.put(rawValue) }
}
