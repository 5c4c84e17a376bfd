// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// What one agent or task says about itself.
public struct Descriptor: Sendable, Hashable {
  /// Unique; letters, digits, `.`, `-`, `_`; 1 to 128 bytes. A name of your own or a reverse URI.
  public var id: String
  public var name: String
  public var version: String
  /// One sentence for people.
  public var description: String
  /// SPDX expression; may be empty.
  public var license: String
  /// What the configuration may hold, with an example; empty when there is none.
  public var configHelp: String

  public init(
    id: String, name: String, version: String, description: String, license: String = "",
    configHelp: String = ""
  ) {
    self.id = id
    self.name = name
    self.version = version
    self.description = description
    self.license = license
    self.configHelp = configHelp
  }
}

public typealias AgentDescriptor = Descriptor
public typealias TaskDescriptor = Descriptor
