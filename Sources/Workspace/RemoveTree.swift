// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

extension Workspace {
  /// Removes the folder at `path` with all that is in it, whatever its permissions, depth and names; nothing happens
  /// when there is none. Links are not followed. Nothing may run in it any more.
  public static func removeTree(at path: String) throws(WorkspaceError) { try Removal.remove(path) }
}
