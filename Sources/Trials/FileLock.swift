// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
internal import Processes

/// A lock between processes: a file that this one holds until the value goes, and then removes.
final class FileLock {
  let path: String
  private let descriptor: Processes.Descriptor

  /// Nil when another process holds the lock.
  init?(_ path: String) throws(SystemError) {
    guard let descriptor = try Self.take(path, LOCK_EX | LOCK_NB) else { return nil }
    self.path = path
    self.descriptor = descriptor
  }

  /// Waits until no other process holds the lock.
  init(waitingFor path: String) throws(SystemError) {
    guard let descriptor = try Self.take(path, LOCK_EX) else { throw SystemError("flock \(path)") }
    self.path = path
    self.descriptor = descriptor
  }

  private static func take(_ path: String, _ how: Int32) throws(SystemError) -> Processes.Descriptor? {
    while true {
      let descriptor = try Processes.Descriptor.open(path, O_RDWR | O_CREAT)
      guard flock(descriptor.raw, how) == 0 else { return nil }
      // Its last holder may have removed the file between the two calls: then the lock is on nothing.
      var held = stat()
      var named = stat()
      if fstat(descriptor.raw, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino {
        return descriptor
      }
    }
  }

  deinit { unlink(path) }
}

/// A number that no other worker of this machine has at the same time: boxes of different slots are different users.
final class Slot {
  let number: Int
  private let lock: FileLock

  private init(_ number: Int, _ lock: FileLock) {
    self.number = number
    self.lock = lock
  }

  /// The first slot from 1 that is free.
  static func take(cache: String) throws -> Slot {
    // Users belong to the machine and not to a cache; where there is no root there is one user anyway.
    let folder = geteuid() == 0 ? "/run/lyceum/slots" : "\(cache)/slots"
    try makeFolder(folder)
    for number in 1..<9000 {
      if let lock = try FileLock("\(folder)/\(number)") { return Slot(number, lock) }
    }
    throw RunError(.environment, "9000 trials run at once on this machine: wait for some to end")
  }
}
