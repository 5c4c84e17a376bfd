// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CSupport
internal import Glibc

/// Signals of this process as bytes to read, for a loop that waits with ``waitReadable(_:until:)``.
public enum Signals {
  /// From now on SIGINT, SIGTERM and SIGHUP no longer end the process: each is one byte, its number, to be read
  /// from the returned non-blocking descriptor. Every call in a process reads the same stream of bytes.
  public static func catchInterrupts() throws(SystemError) -> Descriptor {
    let fd = unsafe lyc_catch_signals([SIGINT, SIGTERM, SIGHUP], 3)
    guard fd >= 0 else { throw SystemError("sigaction") }
    return Descriptor(owning: fd)
  }

  /// A write to a pipe that nobody reads is an error of the call and not the end of this process.
  public static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }
}
