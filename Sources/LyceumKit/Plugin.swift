// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

@_exported public import CLyceum
internal import Synchronization

/// Exports agents and tasks through the C ABI. A plugin's whole export is one function:
///
/// ```swift
/// import LyceumKit
///
/// @c @implementation public func lyceum_plugin_entry_v1(_ hostABI: UInt32) -> UnsafePointer<lyc_entry>? {
///   Plugin.export(hostABI, name: "my-plugin", version: "1.0.0", agents: [MyAgent.self])
/// }
/// ```
public enum Plugin {
  /// The entry to hand to the host, or nil when its ABI has another major version. The first call decides
  /// what is exported; later ones return the same entry. Any thread.
  public static func export(
    _ hostABI: UInt32, name: String, version: String, agents: [any Agent.Type] = [],
    tasks: [any ResearchTask.Type] = []
  ) -> UnsafePointer<lyc_entry>? {
    guard hostABI >> 16 == LYC_ABI_MAJOR else { return nil }
    let exported = Exports.current.withLock { current in
      let exports = current ?? Exports(name: name, version: version, agents: agents, tasks: tasks)
      current = exports
      return exports
    }
    return unsafe exported.entry
  }
}

/// What this library exports. The C tables carry no context, so there is one of these per process and
/// library.
///
/// `@unchecked Sendable`: everything is set in `init` and never changed or freed; the metatypes are
/// immutable.
@safe final class Exports: @unchecked Sendable {
  static let current = Mutex<Exports?>(nil)

  private static var now: Exports? { current.withLock { $0 } }

  let entry: UnsafePointer<lyc_entry>
  private let agents: [any Agent.Type]
  private let tasks: [any ResearchTask.Type]
  private let agentDescriptors: [UnsafePointer<lyc_descriptor>]
  private let taskDescriptors: [UnsafePointer<lyc_descriptor>]
  private let agentFactory: UnsafePointer<lyc_agent_factory>
  private let taskFactory: UnsafePointer<lyc_task_factory>

  init(name: String, version: String, agents: [any Agent.Type], tasks: [any ResearchTask.Type]) {
    self.agents = agents
    self.tasks = tasks
    unsafe agentDescriptors = agents.map { unsafe immortal($0.descriptor) }
    unsafe taskDescriptors = tasks.map { unsafe immortal($0.descriptor) }
    unsafe agentFactory = immortal(
      lyc_agent_factory(
        list: lyc_factory(
          struct_size: UInt32(MemoryLayout<lyc_agent_factory>.size), reserved: 0,
          count: { UInt32(Exports.now?.agents.count ?? 0) },
          descriptor: { unsafe element($0, of: Exports.now?.agentDescriptors) }),
        create: { unsafe Exports.createAgent($0, $1, $2) }))
    unsafe taskFactory = immortal(
      lyc_task_factory(
        list: lyc_factory(
          struct_size: UInt32(MemoryLayout<lyc_task_factory>.size), reserved: 0,
          count: { UInt32(Exports.now?.tasks.count ?? 0) },
          descriptor: { unsafe element($0, of: Exports.now?.taskDescriptors) }),
        create: { unsafe Exports.createTask($0, $1, $2) }))
    unsafe entry = unsafe immortal(
      lyc_entry(
        magic: LYC_ENTRY_MAGIC, struct_size: UInt32(MemoryLayout<lyc_entry>.size),
        abi_version: LYC_ABI_MAJOR << 16 | LYC_ABI_MINOR,
        reserved: 0, name: immortal(name), version: immortal(version), toolchain: immortal(toolchain),
        init: { _ in LYC_OK }, deinit: {}, get_factory: { unsafe Exports.factory($0) }))
  }

  private static func factory(_ id: UnsafePointer<CChar>?) -> UnsafeRawPointer? {
    guard let id = unsafe id, let exports = now else { return nil }
    switch unsafe String(cString: id) {
    case LYC_AGENT_FACTORY:
      return exports.agents.isEmpty ? nil : unsafe UnsafeRawPointer(exports.agentFactory)
    case LYC_TASK_FACTORY: return exports.tasks.isEmpty ? nil : unsafe UnsafeRawPointer(exports.taskFactory)
    default: return nil
    }
  }

  private static func createAgent(
    _ pointer: UnsafePointer<lyc_host>?, _ id: lyc_str, _ config: lyc_str
  ) -> UnsafeMutablePointer<lyc_agent>? {
    guard let pointer = unsafe pointer else { return nil }
    let host = unsafe HostServices(pointer: pointer)
    do {
      let id = unsafe copy(id)
      guard let type = now?.agents.first(where: { $0.descriptor.id == id })
      else { throw PluginError("this plugin has no agent named \(id)", status: .notFound) }
      return unsafe try AgentInstance.table(type, config: copy(config), host: host)
    } catch {
      _ = host.report(error)
      return nil
    }
  }

  private static func createTask(
    _ pointer: UnsafePointer<lyc_host>?, _ id: lyc_str, _ config: lyc_str
  ) -> UnsafeMutablePointer<lyc_task>? {
    guard let pointer = unsafe pointer else { return nil }
    let host = unsafe HostServices(pointer: pointer)
    do {
      let id = unsafe copy(id)
      guard let type = now?.tasks.first(where: { $0.descriptor.id == id })
      else { throw PluginError("this plugin has no task named \(id)", status: .notFound) }
      return unsafe try TaskInstance.table(type, config: copy(config), host: host)
    } catch {
      _ = host.report(error)
      return nil
    }
  }
}

#if compiler(>=6.4)
  private let toolchain = "swift 6.4 or later"
#elseif compiler(>=6.3)
  private let toolchain = "swift 6.3"
#else
  private let toolchain = "swift 6.2 or earlier"
#endif

private func element<T>(_ index: UInt32, of pointers: [UnsafePointer<T>]?) -> UnsafePointer<T>? {
  guard let pointers = unsafe pointers, unsafe Int(index) < pointers.count else { return nil }
  return unsafe pointers[Int(index)]
}

/// A copy that lives as long as the process.
private func immortal<T>(_ value: T) -> UnsafePointer<T> {
  let pointer = UnsafeMutablePointer<T>.allocate(capacity: 1)
  unsafe pointer.initialize(to: value)
  return unsafe UnsafePointer(pointer)
}

private func immortal(_ text: String) -> lyc_str {
  let utf8 = Array(text.utf8)
  let pointer = UnsafeMutableRawPointer.allocate(byteCount: max(utf8.count, 1), alignment: 1)
  unsafe pointer.copyMemory(from: utf8, byteCount: utf8.count)
  return unsafe lyc_str(data: UnsafePointer(pointer.assumingMemoryBound(to: CChar.self)), size: utf8.count)
}

private func immortal(_ descriptor: Descriptor) -> UnsafePointer<lyc_descriptor> {
  unsafe immortal(
    lyc_descriptor(
      struct_size: UInt32(MemoryLayout<lyc_descriptor>.size), reserved: 0, id: immortal(descriptor.id),
      name: immortal(descriptor.name), version: immortal(descriptor.version),
      description: immortal(descriptor.description), license: immortal(descriptor.license),
      config_help: immortal(descriptor.configHelp)))
}
