// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Foundation
public import Processes

/// How a program ended, with all that it printed.
public struct ProgramResult: Sendable {
  public let exit: ProcessExit
  public let output: String
  public let errors: String

  /// Exit status; 128 + N when signal N ended it.
  public var code: Int32 { exit.code ?? 128 + (exit.signal ?? 0) }
}

/// A program that a test has started. What it prints goes to files, so that it never waits for a reader.
/// It is killed when its owner goes.
public final class RunningProgram {
  private var child: Child
  private let output: Descriptor
  private let errors: Descriptor

  /// `environment` is all that it sees.
  public init(
    _ path: String, _ arguments: [String], environment: [String: String], directory: String? = nil
  ) throws {
    output = try Descriptor.scratch("output")
    errors = try Descriptor.scratch("errors")
    let input = try Descriptor.open("/dev/null", O_RDONLY)
    var launch = Launch(path, [path] + arguments)
    launch.environment = environment
    launch.directory = directory
    launch.descriptors = [(input.raw, 0), (output.raw, 1), (errors.raw, 2)]
    child = try Child(launch)
  }

  public var pid: Int32 { child.pid }

  public func send(_ signal: Int32) { child.send(signal) }

  /// What it has printed on standard error until now.
  public func errorsSoFar() throws -> String { try text(errors) }

  /// Its end; throws when it does not come within `seconds`, and kills it then.
  public func end(within seconds: Double = 120) throws -> ProgramResult {
    guard let exit = try child.wait(until: .after(seconds: seconds)) else {
      child.kill()
      let end = try child.wait()
      throw StillRunning(pid: pid, seconds: seconds, killed: end != nil, errors: try text(errors))
    }
    return ProgramResult(exit: exit, output: try text(output), errors: try text(errors))
  }

  /// Waits until `condition` holds of what it printed on standard error; false when it ended or took too long.
  public func waitForErrors(
    within seconds: Double = 60, _ condition: (String) -> Bool
  ) throws -> Bool {
    let deadline = Deadline.after(seconds: seconds)
    while !deadline.hasPassed {
      if condition(try text(errors)) { return true }
      if try waitReadable([child.pidfd.raw], until: .after(seconds: 0.01))[0] {
        return condition(try text(errors))
      }
    }
    return false
  }

  private func text(_ file: borrowing Descriptor) throws -> String {
    String(decoding: try file.contents(upTo: 16 << 20), as: UTF8.self)
  }

  public struct StillRunning: Error {
    public let pid: Int32
    public let seconds: Double
    public let killed: Bool
    public let errors: String
  }
}

/// Runs a program to its end.
public func runProgram(
  _ path: String, _ arguments: [String], environment: [String: String] = ["PATH": "/usr/bin:/bin"],
  directory: String? = nil, within seconds: Double = 120
) throws -> ProgramResult {
  try RunningProgram(path, arguments, environment: environment, directory: directory).end(within: seconds)
}
