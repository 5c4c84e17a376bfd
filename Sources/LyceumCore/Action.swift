// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// What an agent decided to do.
public struct Action: Codable, Sendable, Hashable {
  /// `bash`, `write_file`, `read_file`, `validate`, `submit` or `stop`; anything else is answered with an error
  /// observation, not with the end of the trial.
  public var name: String
  /// Workspace-relative path of a file action; empty otherwise.
  public var path: Bytes
  /// Script of `bash`, content of `write_file`; empty otherwise.
  public var input: Bytes
  /// JSON object with the arguments of a tool that has no field above; empty otherwise.
  public var arguments: String

  public init(name: String, path: Bytes = [], input: Bytes = [], arguments: String = "") {
    self.name = name
    self.path = path
    self.input = input
    self.arguments = arguments
  }

  public static func bash(_ script: String) -> Action { Action(name: "bash", input: Array(script.utf8)) }
  public static let validate = Action(name: "validate")
  public static let submit = Action(name: "submit")
}

/// A thought and the action that it led to.
public struct Decision: Sendable, Hashable {
  public var thought: Bytes
  public var action: Action

  public init(thought: Bytes = [], action: Action) {
    self.thought = thought
    self.action = action
  }
}
