// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// Bytes that the structs made by a plugin had in ABI 1.0: no plugin of major version 1 has less. These
/// numbers never change; a field that came later is read only when `struct_size` covers it.
enum SizesInABI1 {
  static let entry = 88
  static let descriptor = 104
  static let agentFactory = 32
  static let taskFactory = 32
  static let agent = 48
  static let task = 56
  static let boxCommand = 64
  static let boxResult = 48
}
