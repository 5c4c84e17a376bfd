// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Frames
internal import LyceumCore
internal import Processes

/// What a plugin prints and logs, cut into lines and bounded. Nothing that it writes can make the host keep
/// more.
struct LogDrain: ~Copyable {
  private let pipe: Descriptor
  private var line: Bytes = []
  private var lines = 0

  init(_ pipe: consuming Descriptor) { self.pipe = pipe }

  var descriptor: Int32 { pipe.raw }

  /// Takes what is in the pipe now, at most 1 MiB, so that a plugin that never stops printing cannot hold the
  /// host.
  mutating func drain(to log: (LogLevel, LogSource, Bytes) -> Void) {
    for _ in 0..<16 {
      guard let part = (try? pipe.read(upTo: 1 << 16)) ?? nil, !part.isEmpty else { return }
      for piece in part.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
        if piece.offset > 0 { endLine(log) }
        line += piece.element.prefix(LogMessage.limit - line.count)
      }
    }
  }

  /// Takes what is left and ends the last line.
  mutating func finish(to log: (LogLevel, LogSource, Bytes) -> Void) {
    drain(to: log)
    if !line.isEmpty { endLine(log) }
  }

  /// A line that came as a frame.
  mutating func write(_ message: LogMessage, to log: (LogLevel, LogSource, Bytes) -> Void) {
    emit(
      LogLevel(rawValue: message.level) ?? .info, .plugin, Array(message.message.prefix(LogMessage.limit)),
      log)
  }

  private mutating func endLine(_ log: (LogLevel, LogSource, Bytes) -> Void) {
    emit(.info, .printed, line, log)
    line = []
  }

  private mutating func emit(
    _ level: LogLevel, _ source: LogSource, _ text: Bytes, _ log: (LogLevel, LogSource, Bytes) -> Void
  ) {
    lines += 1
    if lines <= LogMessage.lineLimit { return log(level, source, text) }
    if lines == LogMessage.lineLimit + 1 {
      log(.warning, .host, Array("the plugin's log is full: further lines are dropped".utf8))
    }
  }
}
