// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import FoundationEssentials
internal import LyceumCore

/// JSON of any shape, to judge it by.
indirect enum JSONValue: Codable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// Whether `text` is one JSON object and nothing else.
  static func isObject(_ text: String) -> Bool {
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else { return false }
    if case .object = value { return true }
    return false
  }

  /// The path of a key that is here and not in `other`, such as `metrics[0].weight`; nil when there is none.
  /// Keys with null are as good as absent.
  func firstKey(missingIn other: JSONValue?, at path: String = "") -> String? {
    switch (self, other) {
    case (.object(let mine), .object(let theirs)):
      for (key, value) in mine.sorted(by: { $0.key < $1.key }) where value != .null {
        let place = path.isEmpty ? key : "\(path).\(key)"
        guard let twin = theirs[key] else { return place }
        if let found = value.firstKey(missingIn: twin, at: place) { return found }
      }
    case (.list(let mine), .list(let theirs)):
      for (index, value) in mine.enumerated() where index < theirs.count {
        if let found = value.firstKey(missingIn: theirs[index], at: "\(path)[\(index)]") { return found }
      }
    default: break
    }
    return nil
  }
}

extension Grade {
  /// As `lyc_observation.grade` has it: without the reason of a grade that failed, which may quote what the grader
  /// printed.
  var json: String {
    var object: [String: JSONValue] = ["split": .text(split.rawValue)]
    switch outcome {
    case .scored(let metrics):
      object["outcome"] = .text("scored")
      object["metrics"] = .object(metrics.mapValues { .number($0) })
    case .refused(let reason):
      object["outcome"] = .text("refused")
      object["reason"] = .text(reason)
    case .unscored(let cause, _):
      object["outcome"] = .text("unscored")
      object["cause"] = .text(cause.rawValue)
    }
    if !details.isEmpty, let value = try? JSONDecoder().decode(JSONValue.self, from: Data(details.utf8)) {
      object["details"] = value
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(JSONValue.object(object)) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }
}
