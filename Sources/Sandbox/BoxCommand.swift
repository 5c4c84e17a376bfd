// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

public import LyceumCore

/// One bash script to run in a box.
public struct BoxCommand {
  /// Any size; NUL bytes, which bash cannot hold, are dropped.
  public var script: Bytes
  /// Wall-clock seconds; not finite means no limit.
  public var timeoutSeconds: Double
  /// Bytes of output that are kept, half from its beginning, half from its end.
  public var outputBytes: Int
  /// Whether the directory, exported variables and functions that the last such command left are taken up, and
  /// what this one leaves is kept.
  public var keepsState: Bool
  /// Descriptors of the caller and their numbers in the command, 0 to 59, at most 6. The caller still owns its own;
  /// to see the end of a pipe it must close them after the command has started. Input is /dev/null, output and
  /// error are the output pipe, unless they are replaced here.
  public var descriptors: [(parent: Int32, child: Int32)]
  /// Exported before the script runs.
  public var environment: [String: String]
  /// Looks after something that no kernel limit covers while the command runs.
  public var watch: Watch?

  /// A condition that must hold while a command runs.
  public struct Watch {
    /// Seconds between two looks; longer where a look itself takes long.
    public var seconds: Double
    /// Called on the thread that collects the command; false ends it.
    public var holds: () -> Bool

    public init(everySeconds seconds: Double, _ holds: @escaping () -> Bool) {
      self.seconds = seconds
      self.holds = holds
    }
  }

  public init(
    _ script: Bytes, timeoutSeconds: Double, outputBytes: Int = 65536, keepsState: Bool = false,
    descriptors: [(parent: Int32, child: Int32)] = [], environment: [String: String] = [:],
    watch: Watch? = nil
  ) {
    self.script = script
    self.timeoutSeconds = timeoutSeconds
    self.outputBytes = outputBytes
    self.keepsState = keepsState
    self.descriptors = descriptors
    self.environment = environment
    self.watch = watch
  }

  /// What bash reads: on one line with the script's first, so that line numbers in messages are the script's own.
  var program: Bytes {
    var bytes: Bytes = []
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
      let quoted = value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      bytes += "export \(name)='\(quoted)'; ".utf8
    }
    bytes += script.lazy.filter { $0 != 0 }
    return bytes
  }

  func check() throws(SandboxError) {
    func refuse(_ message: String) -> SandboxError { SandboxError(.configuration, "command: \(message)") }
    guard descriptors.count <= 6, descriptors.allSatisfy({ (0..<60).contains($0.child) && $0.parent >= 0 })
    else {
      throw refuse("at most 6 descriptors, with numbers from 0 to 59, can be passed")
    }
    guard Set(descriptors.map(\.child)).count == descriptors.count else {
      throw refuse("a descriptor number is given twice")
    }
    for (name, value) in environment where !name.isVariableName || value.utf8.contains(0) {
      throw refuse("\(name.debugDescription) cannot be a variable")
    }
    guard outputBytes >= 0 else { throw refuse("output bytes cannot be negative") }
  }
}

/// How a command ended. Exactly one of `exitCode` and `signal` is set.
public struct CommandResult: Sendable, Hashable {
  /// Standard output and error as they came; head and tail when there was more than the command's `outputBytes`.
  public var output: Bytes
  /// Bytes missing between head and tail.
  public var elided: UInt64
  public var exitCode: Int32?
  public var signal: Int32?
  /// The time was up and everything that ran was killed; `signal` is 9.
  public var timedOut: Bool
  /// The command's watch ended it; `signal` is 9.
  public var stoppedByWatch: Bool
  /// Something in the box was killed because the memory limit was reached.
  public var outOfMemory: Bool
  /// The whole box went with the command: it did not answer, or its memory was used up by more than its processes.
  /// The next command gets a new box: bound folders are as they were left; `/tmp`, the home folder, kept state and
  /// processes in the background are gone.
  public var boxLost: Bool
  public var usage: StepUsage
}
