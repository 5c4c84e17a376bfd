// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CLyceum

/// The host's base services. ``random()`` and the services of `HostServices+Task.swift` may be missing in a
/// trial, and only the thread that calls the plugin may use them.
@safe public struct HostServices {
  let pointer: UnsafePointer<lyc_host>

  public enum Level: Int32, Sendable { case debug, info, warning, error }

  /// One line for the trial's log. Cut at 4 KiB; a trial keeps at most 10,000 lines.
  public func log(_ level: Level, _ message: String) {
    unsafe withView(of: message) { unsafe pointer.pointee.log?(pointer, level.rawValue, $0) }
  }

  /// True once the trial is cancelled or out of time. Cheap enough for every loop.
  public var isCancelled: Bool { unsafe (pointer.pointee.is_cancelled?(pointer) ?? 0) != 0 }

  /// Throws ``PluginError/Status/cancelled`` once the trial is cancelled or out of time.
  public func checkCancellation() throws(PluginError) {
    if isCancelled { throw PluginError("cancelled", status: .cancelled) }
  }

  /// Random numbers that repeat with the run's seed. Every copy draws from the same stream.
  public func random() throws(PluginError) -> HostRandom {
    guard let table = unsafe service(LYC_HOST_RANDOM, lyc_host_random.self),
      let next = unsafe table.pointee.next
    else { throw PluginError("the host offers no random numbers", status: .unsupported) }
    return unsafe HostRandom(pointer: pointer, draw: next)
  }

  /// The table of a service, or nil when the host does not offer it or fills less of it than this build
  /// needs.
  func service<Table>(_ id: String, _ type: Table.Type) -> UnsafePointer<Table>? {
    guard let raw = unsafe pointer.pointee.get_extension?(pointer, id),
      unsafe raw.load(as: UInt32.self) >= MemoryLayout<Table>.size
    else { return nil }
    return unsafe raw.assumingMemoryBound(to: Table.self)
  }

  /// Hands the words of `error` to the host and returns the status that goes with them.
  func report(_ error: any Error) -> lyc_status {
    unsafe withView(of: "\(error)") { unsafe pointer.pointee.set_error?(pointer, $0) }
    let status = (error as? PluginError)?.status ?? .failed
    return status.rawValue == LYC_OK ? LYC_FAILED : status.rawValue
  }

  /// The status of `body`: success, or what ``report(_:)`` makes of its error.
  func status(of body: () throws -> Void) -> lyc_status {
    do {
      try body()
      return LYC_OK
    } catch {
      return report(error)
    }
  }
}

/// The host's random numbers; see ``HostServices/random()``.
@safe public struct HostRandom: RandomNumberGenerator {
  let pointer: UnsafePointer<lyc_host>
  let draw: @convention(c) (UnsafePointer<lyc_host>?) -> UInt64

  public mutating func next() -> UInt64 { unsafe draw(pointer) }
}
