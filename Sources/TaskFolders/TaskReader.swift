// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import LyceumCore
internal import Yams

/// Reads `task.yaml` node by node, goes on after a problem, and remembers where each value stood.
struct TaskReader {
  private(set) var problems: [TaskFolderError.Problem] = []
  /// By key of the JSON form.
  private var places: [String: Place] = [:]
  /// Keys whose value could not be read, so that nothing more is said about them.
  private var broken: Set<String> = []

  private struct Place {
    var mark: Mark
    /// The key as `task.yaml` spells it.
    var name: String
  }

  /// A mapping of the file whose keys are known to be legal.
  struct Fields {
    fileprivate var name: String
    fileprivate var mark: Mark?
    fileprivate var values: [String: Node]
  }

  // MARK: - Problems

  mutating func add(_ mark: Mark?, _ message: String) {
    add(line: mark?.line ?? 1, column: mark?.column ?? 1, message)
  }

  mutating func add(line: Int, column: Int, _ message: String) {
    problems.append(TaskFolderError.Problem(line: line, column: column, message: message))
  }

  /// A problem with the value at a key of the JSON form; the nearest key around it gives the place.
  mutating func add(key: String, _ message: String) {
    var key = Substring(key)
    while true {
      if broken.contains(String(key)) { return }
      if let place = places[String(key)] { return add(place.mark, "\(place.name): \(message)") }
      guard let cut = key.lastIndex(where: { $0 == "." || $0 == "[" }) else {
        return add(nil, "\(key): \(message)")
      }
      key = key[..<cut]
    }
  }

  mutating func add(_ findings: [TaskSpec.Finding]) {
    for finding in findings { add(key: finding.key, finding.message) }
  }

  /// Whether the value at a key of the JSON form was there and could be read.
  func has(_ key: String) -> Bool { places[key] != nil && !broken.contains(key) }

  private mutating func wrong(_ node: Node, _ name: String, _ key: String, _ expected: String) {
    broken.insert(key)
    add(node.mark, "\(name): must be \(expected)")
  }

  // MARK: - Nodes

  mutating func fields(of node: Node, name: String, known: [String]) -> Fields? {
    guard case .mapping(let mapping) = node else {
      add(
        node.mark,
        "\(name.isEmpty ? "a task" : name): must be a mapping with the keys \(known.joined(separator: ", "))")
      return nil
    }
    var fields = Fields(name: name, mark: mapping.mark, values: [:])
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key, known.contains(scalar.string) else {
        let word = key.scalar?.string ?? "a key that is not text"
        let near = nearest(word, among: known).map { "; did you mean \($0)?" } ?? ""
        add(key.mark, "\(path(name, word)): unknown key\(near)")
        continue
      }
      fields.values[scalar.string] = value
    }
    return fields
  }

  private func path(_ outer: String, _ key: String) -> String { outer.isEmpty ? key : "\(outer).\(key)" }

  /// The node at a key, remembered under its JSON key; nil when it is missing or null.
  mutating func node(_ field: String, in fields: Fields?, key: String, required: Bool = false) -> Node? {
    guard let fields else {
      broken.insert(key)
      return nil
    }
    let name = path(fields.name, field)
    guard let node = fields.values[field], !node.isNull else {
      if required {
        broken.insert(key)
        add(fields.values[field]?.mark ?? fields.mark, "\(name): is missing")
      }
      return nil
    }
    if let mark = node.mark { places[key] = Place(mark: mark, name: name) }
    return node
  }

  mutating func text(_ field: String, in fields: Fields?, key: String, required: Bool = false) -> String? {
    guard let node = node(field, in: fields, key: key, required: required) else { return nil }
    return text(node, path(fields?.name ?? "", field), key)
  }

  private mutating func text(_ node: Node, _ name: String, _ key: String) -> String? {
    guard case .scalar(let scalar) = node, !node.isNull else {
      wrong(node, name, key, "text")
      return nil
    }
    // A block keeps its last line feed, which is no part of what it says.
    return scalar.string.hasSuffix("\n") ? String(scalar.string.dropLast()) : scalar.string
  }

  mutating func texts(_ field: String, in fields: Fields?, key: String, required: Bool = false) -> [String] {
    items(field, in: fields, key: key, required: required).map { item in
      text(item.node, item.name, item.key) ?? ""
    }
  }

  mutating func items(
    _ field: String, in fields: Fields?, key: String, required: Bool = false
  ) -> [(node: Node, name: String, key: String)] {
    guard let node = node(field, in: fields, key: key, required: required) else { return [] }
    let name = path(fields?.name ?? "", field)
    guard case .sequence(let sequence) = node else {
      wrong(node, name, key, "a list")
      return []
    }
    return sequence.enumerated().map { index, node in
      let item = (node: node, name: "\(name)[\(index)]", key: "\(key)[\(index)]")
      places[item.key] = node.mark.map { Place(mark: $0, name: item.name) }
      return item
    }
  }

  mutating func whole(_ field: String, in fields: Fields?, key: String, required: Bool = false) -> Int? {
    guard let node = node(field, in: fields, key: key, required: required) else { return nil }
    if let value = node.plain.flatMap({ Int($0) }) { return value }
    wrong(node, path(fields?.name ?? "", field), key, "a whole number")
    return nil
  }

  mutating func number(_ field: String, in fields: Fields?, key: String) -> Double? {
    guard let node = node(field, in: fields, key: key) else { return nil }
    if let value = node.number { return value }
    wrong(node, path(fields?.name ?? "", field), key, "a number")
    return nil
  }

  mutating func flag(_ field: String, in fields: Fields?, key: String) -> Bool? {
    guard let node = node(field, in: fields, key: key) else { return nil }
    switch node.plain {
    case "true": return true
    case "false": return false
    default:
      wrong(node, path(fields?.name ?? "", field), key, "true or false")
      return nil
    }
  }

  /// Two ends, each a number or null.
  mutating func range(_ field: String, in fields: Fields?, key: String) -> (lowest: Double?, highest: Double?)
  {
    let items = items(field, in: fields, key: key)
    guard let node = node(field, in: fields, key: key), !broken.contains(key) else { return (nil, nil) }
    guard items.count == 2, items.allSatisfy({ $0.node.isNull || $0.node.number != nil }) else {
      wrong(node, path(fields?.name ?? "", field), key, "[LOWEST, HIGHEST], with null for an open end")
      return (nil, nil)
    }
    return (items[0].node.number, items[1].node.number)
  }
}

extension Node {
  /// Text of a scalar without quotes.
  fileprivate var plain: String? {
    guard case .scalar(let scalar) = self, scalar.style == .plain else { return nil }
    return scalar.string
  }

  fileprivate var isNull: Bool { plain.map { ["", "~", "null"].contains($0) } ?? false }

  /// A finite decimal number.
  fileprivate var number: Double? {
    guard let plain, plain.utf8.allSatisfy({ 0x30...0x39 ~= $0 || "+-.eE".utf8.contains($0) }),
      let value = Double(plain), value.isFinite
    else { return nil }
    return value
  }
}

/// The word that differs least, when that is by two letters or fewer.
func nearest(_ word: String, among words: [String]) -> String? {
  func distance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for i in a.indices {
      var previous = row
      swap(&row, &previous)
      row[0] = i + 1
      for j in b.indices {
        row[j + 1] = min(previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, row[j] + 1)
      }
    }
    return row[b.count]
  }
  guard word.count <= 64 else { return nil }
  let ranked = words.map { (distance(Array(word.lowercased()), Array($0)), $0) }.min { $0.0 < $1.0 }
  guard let ranked, ranked.0 <= 2, ranked.0 < ranked.1.count else { return nil }
  return ranked.1
}
