// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

/// Rows and columns as plain text: left-aligned words, right-aligned numbers, two spaces between.
public struct TextTable {
  public enum Alignment: Sendable { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]]

  public init(_ columns: [(title: String, alignment: Alignment)]) {
    alignments = columns.map(\.alignment)
    rows = [columns.map(\.title)]
  }

  /// A row; it must have as many cells as there are columns. Cells must be printable, on one line.
  public mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The table with a line under its titles and a line feed after each row.
  public var text: String {
    let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var out = ""
    for (index, row) in rows.enumerated() {
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return alignments[column] == .left ? cell + space : space + cell
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      out += line + "\n"
      if index == 0 { out += widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n" }
    }
    return out
  }
}
