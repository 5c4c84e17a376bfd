// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CLyceum
import Frames
import Glibc

/// A plugin's library, loaded and checked. It is never unloaded: Swift code cannot be.
@safe struct Library {
  let path: String
  private let entry: UnsafePointer<lyc_entry>
  private let enter: lyc_entry_fn
  let agents: UnsafePointer<lyc_agent_factory>?
  let tasks: UnsafePointer<lyc_task_factory>?

  init(path: String, hostABI: UInt32) throws(Refusal) {
    self.path = path
    let noDelete: Int32 = 0x1000
    guard let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL | noDelete) else {
      throw Refusal(
        FrameStatus.unloadable, unsafe dlerror().map { unsafe String(cString: $0) } ?? "dlopen failed")
    }
    guard let symbol = unsafe dlsym(handle, LYC_ENTRY_SYMBOL) else {
      throw Refusal(FrameStatus.noEntry, "exports no symbol \(LYC_ENTRY_SYMBOL)")
    }
    unsafe enter = unsafe unsafeBitCast(symbol, to: lyc_entry_fn.self)
    guard let entry = unsafe enter(hostABI) else {
      throw Refusal(
        FrameStatus.refused, "the plugin does not want to live with ABI \(Library.words(hostABI))")
    }
    unsafe self.entry = unsafe entry
    guard unsafe entry.pointee.magic == LYC_ENTRY_MAGIC else {
      throw Refusal(
        FrameStatus.wrongMagic,
        "the entry's magic is 0x\(String(unsafe entry.pointee.magic, radix: 16)), not 0x3143594c")
    }
    guard unsafe entry.pointee.abi_version >> 16 == LYC_ABI_MAJOR else {
      throw Refusal(
        FrameStatus.wrongABI,
        "the plugin was made for ABI \(Library.words(unsafe entry.pointee.abi_version)); "
          + "this host has \(Library.words(hostABI))")
    }
    try Library.check(unsafe entry.pointee.struct_size, SizesInABI1.entry, "lyc_entry")
    guard unsafe entry.pointee.`init` != nil, unsafe entry.pointee.deinit != nil,
      unsafe entry.pointee.get_factory != nil
    else { throw .violation("lyc_entry.init, deinit or get_factory is NULL") }
    let arena = Arena()
    defer { arena.clear() }
    let status = unsafe entry.pointee.`init`(arena.view(path))
    guard status == LYC_OK else { throw Refusal(FrameStatus.refused, "init() returned \(status)") }
    unsafe agents = unsafe Library.factory(entry, LYC_AGENT_FACTORY)
    unsafe tasks = unsafe Library.factory(entry, LYC_TASK_FACTORY)
    if let agents = unsafe agents {
      try Library.check(
        unsafe agents.pointee.list.struct_size, SizesInABI1.agentFactory, "lyc_agent_factory")
      guard unsafe agents.pointee.create != nil else { throw .violation("lyc_agent_factory.create is NULL") }
    }
    if let tasks = unsafe tasks {
      try Library.check(
        unsafe tasks.pointee.list.struct_size, SizesInABI1.taskFactory, "lyc_task_factory")
      guard unsafe tasks.pointee.create != nil else { throw .violation("lyc_task_factory.create is NULL") }
    }
  }

  /// What the plugin says about itself.
  func manifest() throws(Refusal) -> ManifestMessage {
    ManifestMessage(
      abi: unsafe entry.pointee.abi_version,
      name: try unsafe text(entry.pointee.name, "lyc_entry.name", limit: 256),
      version: try unsafe text(entry.pointee.version, "lyc_entry.version", limit: 256),
      toolchain: try unsafe text(entry.pointee.toolchain, "lyc_entry.toolchain", limit: 256),
      agents: try unsafe agents.map { a throws(Refusal) in try unsafe Library.descriptors(a.pointee.list) }
        ?? [],
      tasks: try unsafe tasks.map { t throws(Refusal) in try unsafe Library.descriptors(t.pointee.list) }
        ?? [])
  }

  func close() { unsafe entry.pointee.deinit() }

  func probe(_ probe: ProbeMessage) throws(Refusal) {
    switch probe {
    case .initAgain:
      let arena = Arena()
      defer { arena.clear() }
      let status = unsafe entry.pointee.`init`(arena.view(path))
      guard status == LYC_OK else { throw .violation("the second init() returned \(status)") }
    case .unknownFactory:
      guard unsafe entry.pointee.get_factory("lyceum.no-such-factory/1") == nil else {
        throw .violation("get_factory(\"lyceum.no-such-factory/1\") is not NULL")
      }
    case .laterMinor:
      guard unsafe enter(LYC_ABI_MAJOR << 16 | 0xFFFF) != nil else {
        throw .violation("the entry refuses a host of ABI \(LYC_ABI_MAJOR).65535")
      }
    case .beyondLastDescriptor:
      for list in unsafe [agents?.pointee.list, tasks?.pointee.list] {
        guard let list else { continue }
        guard unsafe list.descriptor(list.count()) == nil, unsafe list.descriptor(.max) == nil else {
          throw .violation("descriptor(count()) is not NULL")
        }
      }
    case .unknownExtension: throw .violation("no instance is alive")
    }
  }

  static func check(_ size: UInt32, _ least: Int, _ name: String) throws(Refusal) {
    guard Int(size) >= least else {
      throw Refusal(FrameStatus.shortStruct, "\(name).struct_size is \(size); ABI 1.0 has \(least)")
    }
  }

  private static func factory<T>(_ entry: UnsafePointer<lyc_entry>, _ id: String) -> UnsafePointer<T>? {
    unsafe entry.pointee.get_factory(id)?.assumingMemoryBound(to: T.self)
  }

  private static func words(_ version: UInt32) -> String { "\(version >> 16).\(version & 0xFFFF)" }

  private static func descriptors(_ list: lyc_factory) throws(Refusal) -> [DescriptorMessage] {
    guard let countAll = list.count, let descriptor = unsafe list.descriptor else {
      throw .violation("lyc_factory.count or descriptor is NULL")
    }
    let count = countAll()
    guard count <= UInt32(ManifestMessage.listLimit) else { throw .violation("count() is \(count)") }
    var out: [DescriptorMessage] = []
    for index in 0..<count {
      guard let d = unsafe descriptor(index) else {
        throw .violation("descriptor(\(index)) of \(count) is NULL")
      }
      try check(unsafe d.pointee.struct_size, SizesInABI1.descriptor, "lyc_descriptor")
      out.append(
        DescriptorMessage(
          id: try unsafe text(d.pointee.id, "lyc_descriptor.id", limit: 128),
          name: try unsafe text(d.pointee.name, "lyc_descriptor.name", limit: 256),
          version: try unsafe text(d.pointee.version, "lyc_descriptor.version", limit: 256),
          description: try unsafe text(d.pointee.description, "lyc_descriptor.description", limit: 4096),
          license: try unsafe text(d.pointee.license, "lyc_descriptor.license", limit: 256),
          configHelp: try unsafe text(d.pointee.config_help, "lyc_descriptor.config_help", limit: 16384)))
    }
    return out
  }
}
