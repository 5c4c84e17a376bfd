// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumKit

/// One tunable value of a task's parameter file. The search sees it as a number from 0 to 1.
struct Parameter {
  enum Kind {
    case whole(lowest: Double, highest: Double)
    case real(lowest: Double, highest: Double)
    case choice([JSON])
  }

  let name: String
  let kind: Kind
  /// Whether equal steps are equal ratios.
  let isLog: Bool
  /// Where the file's own value lies.
  let initial: Double

  /// Reads one member of `parameters`; throws words that say what is wrong with it.
  init(name: String, _ json: JSON) throws(PluginError) {
    self.name = name
    guard let value = json["value"] else { throw PluginError("\(name) has no value") }
    if let choices = json["choices"]?.array, json["type"]?.string == "choice" {
      guard let index = choices.firstIndex(of: value) else {
        throw PluginError("\(name): no choice is the value")
      }
      kind = .choice(choices)
      isLog = false
      initial = (Double(index) + 0.5) / Double(choices.count)
      return
    }
    guard let type = json["type"]?.string, type == "int" || type == "float" else {
      throw PluginError("\(name): the type must be int, float, or choice with its choices")
    }
    guard let lowest = json["min"]?.double, let highest = json["max"]?.double, let number = value.double,
      lowest < highest, lowest...highest ~= number
    else { throw PluginError("\(name) needs a min below its max and a value between them") }
    isLog = json["scale"]?.string == "log"
    if isLog && lowest <= 0 { throw PluginError("\(name): a log scale needs a min above 0") }
    if type == "int" && max(abs(lowest), abs(highest)) > 1e15 {
      throw PluginError("\(name): the range is too wide")
    }
    kind = type == "int" ? .whole(lowest: lowest, highest: highest) : .real(lowest: lowest, highest: highest)
    initial =
      isLog ? log(number / lowest) / log(highest / lowest) : (number - lowest) / (highest - lowest)
  }

  /// The value at `unit`, which is clamped to 0…1. Real numbers are rounded to four digits.
  func value(at unit: Double) -> JSON {
    let unit = min(max(unit, 0), 1)
    switch kind {
    case .choice(let choices): return choices[min(Int(unit * Double(choices.count)), choices.count - 1)]
    case .whole(let lowest, let highest):
      let number = place(unit, lowest, highest).rounded()
      return .integer(Int(min(max(number, lowest.rounded(.up)), highest.rounded(.down))))
    case .real(let lowest, let highest):
      let number = place(unit, lowest, highest)
      guard number != 0 else { return .number(0) }
      let scale = pow(10, 3 - log10(abs(number)).rounded(.down))
      let rounded = scale.isFinite ? (number * scale).rounded() / scale : number
      return .number(min(max(rounded, lowest), highest))
    }
  }

  private func place(_ unit: Double, _ lowest: Double, _ highest: Double) -> Double {
    isLog ? lowest * pow(highest / lowest, unit) : lowest + (highest - lowest) * unit
  }

  /// The smallest move that changes the value: one whole number, or nothing in particular.
  func leastStep(at unit: Double) -> Double {
    guard case .whole(let lowest, let highest) = kind else { return 0 }
    let number = place(unit, lowest, highest)
    return isLog ? log((number + 1) / number) / log(highest / lowest) : 1 / (highest - lowest)
  }
}

/// A task's parameter file.
struct ParameterFile {
  private let document: JSON
  private(set) var parameters: [Parameter] = []
  /// What is wrong with the parameters that were left out, which keep their values.
  private(set) var ignored: [String] = []

  init(_ bytes: [UInt8]) throws(PluginError) {
    document = try JSON(parsing: bytes)
    guard let members = document["parameters"]?.members else { throw PluginError("it has no \"parameters\"") }
    for member in members {
      do throws(PluginError) {
        parameters.append(try Parameter(name: member.name, member.value))
      } catch {
        ignored.append(error.message)
      }
    }
    if parameters.isEmpty { throw PluginError(ignored.first ?? "it declares no parameter") }
  }

  /// The file with other values.
  func text(_ values: [JSON]) -> String {
    var document = document
    for (parameter, value) in zip(parameters, values) {
      document["parameters"]?[parameter.name]?["value"] = value
    }
    return document.text(indented: true) + "\n"
  }
}
