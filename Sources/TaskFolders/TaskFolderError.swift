// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// What is wrong with a task folder: everything that was found, not only the first.
public struct TaskFolderError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One thing that is wrong, and where.
  public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// Position in `task.yaml`, both from 1; 0 for a problem of the file as a whole. Columns count Unicode
    /// scalars.
    public var line: Int
    public var column: Int
    public var message: String

    /// `task.yaml:LINE:COL: message`
    public var description: String {
      line > 0 ? "task.yaml:\(line):\(column): \(message)" : "task.yaml: \(message)"
    }
  }

  public var folder: String
  /// By position; never empty.
  public var problems: [Problem]

  init(folder: String, problems: [Problem]) {
    self.folder = folder
    self.problems = problems.sorted { ($0.line, $0.column, $0.message) < ($1.line, $1.column, $1.message) }
  }

  init(folder: String, reason: String) {
    self.init(folder: folder, problems: [Problem(line: 0, column: 0, message: reason)])
  }

  /// One line for each problem, the folder's path in front.
  public var description: String { problems.map { "\(folder)/\($0)" }.joined(separator: "\n") }
}
