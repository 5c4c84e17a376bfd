// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import CLyceum
import Frames
import Glibc

/// What stands behind a plugin's `lyc_host`. Everything but the channel belongs to the run thread; a call
/// from another thread to a function that is for the run thread alone is refused and logged.
@safe final class HostSide {
  let channel: Channel
  let arena = Arena()
  /// As the plugin sees this host; lives as long as the process.
  let host: UnsafeMutablePointer<lyc_host>
  /// Services that the live instance has.
  var services: UInt32 = 0
  /// State of the live instance's SplitMix64.
  var random: UInt64 = 0
  /// False inside create(), where services cannot be asked for.
  var givesExtensions = false
  private var words: [UInt8] = []
  private let runThread = pthread_self()

  init(channel: Channel, hello: HelloMessage) {
    self.channel = channel
    unsafe host = .allocate(capacity: 1)
    let names = Arena()  // never cleared: the views live as long as the process
    unsafe host.initialize(
      to: lyc_host(
        struct_size: UInt32(MemoryLayout<lyc_host>.size), abi_version: hello.abi,
        host_data: Unmanaged.passRetained(self).toOpaque(),
        name: names.view(hello.hostName), version: names.view(hello.hostVersion),
        get_extension: { host, id in
          guard let side = unsafe HostSide.of(host), let id = unsafe id else { return nil }
          return unsafe side.extensionTable(String(cString: id))
        },
        log: { host, level, message in
          guard let side = unsafe HostSide.of(host) else { return }
          let line =
            unsafe (try? bytes(lyc_str(data: message.data, size: min(message.size, 4096)), "", limit: 4096))
          side.channel.log(level: level, line ?? [])
        },
        set_error: { host, message in
          guard let side = unsafe HostSide.of(host), side.isRunThread("set_error") else { return }
          let cut = unsafe lyc_str(data: message.data, size: min(message.size, 4096))
          side.words = unsafe (try? bytes(cut, "", limit: 4096)) ?? []
        },
        is_cancelled: { host in
          guard let side = unsafe HostSide.of(host) else { return 0 }
          return side.channel.isCancelled() ? 1 : 0
        }))
  }

  /// The object behind `host`, which a plugin hands back unchanged.
  static func of(_ host: UnsafePointer<lyc_host>?) -> HostSide? {
    guard let data = unsafe host?.pointee.host_data else { return nil }
    return unsafe Unmanaged<HostSide>.fromOpaque(data).takeUnretainedValue()
  }

  /// The words that the plugin left for a failure; they are used once.
  func takeWords() -> String {
    defer { words = [] }
    return String(decoding: words, as: UTF8.self)
  }

  func isRunThread(_ function: String) -> Bool {
    if pthread_equal(pthread_self(), runThread) != 0 { return true }
    channel.log(level: 2, Array("the plugin called \(function) from a thread other than its run thread".utf8))
    return false
  }

  private func extensionTable(_ id: String) -> UnsafeRawPointer? {
    guard givesExtensions else { return nil }
    switch id {
    case LYC_HOST_RANDOM where services & CreateMessage.offersRandom != 0:
      return unsafe UnsafeRawPointer(HostTables.random)
    case LYC_HOST_TASK_BOX where services & CreateMessage.offersTaskBox != 0:
      return unsafe UnsafeRawPointer(HostTables.taskBox)
    case LYC_HOST_SUBMISSION where services & CreateMessage.offersSubmission != 0:
      return unsafe UnsafeRawPointer(HostTables.submission)
    default: return nil
    }
  }
}
