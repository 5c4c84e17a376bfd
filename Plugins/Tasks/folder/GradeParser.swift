// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import LyceumCore
import LyceumKit

/// The grade in what a grader wrote: exactly one JSON object of one of two forms.
///
///     {"status": "scored", "metrics": {NAME: NUMBER, …}, "details": {…}}
///     {"status": "refused", "reason": "…"}
///
/// `metrics` holds the declared metrics, each once and inside its range, and no other; `details` may be left
/// out.
func parseGrade(_ bytes: [UInt8], metrics: [MetricSpec]) throws(PluginError) -> LyceumKit.Grade {
  if bytes.isEmpty { throw PluginError("nothing was written") }
  let json = try JSON(parsing: bytes)
  guard let members = json.members else { throw PluginError("a JSON object is expected") }
  switch json["status"]?.string {
  case "scored":
    try allow(["status", "metrics", "details"], in: members)
    let details = json["details"] ?? .object([])
    guard details.members != nil else { throw PluginError("details must be an object") }
    let text = details.members?.isEmpty == true ? "" : details.text()
    guard text.utf8.count <= 1 << 16 else { throw PluginError("details are larger than 64 KiB") }
    return LyceumKit.Grade(.scored(try values(json["metrics"], metrics)), details: text)
  case "refused":
    try allow(["status", "reason"], in: members)
    guard let reason = json["reason"]?.string, !reason.isEmpty else {
      throw PluginError("reason must be text")
    }
    guard reason.utf8.count <= 4096 else { throw PluginError("reason is longer than 4096 bytes") }
    return LyceumKit.Grade(.refused(reason))
  default: throw PluginError(#"status must be "scored" or "refused""#)
  }
}

private func values(_ json: JSON?, _ metrics: [MetricSpec]) throws(PluginError) -> [String: Double] {
  guard let members = json?.members else { throw PluginError("metrics must be an object") }
  try allow(metrics.map(\.name), in: members)
  var values: [String: Double] = [:]
  for metric in metrics {
    guard let value = json?[metric.name] else { throw PluginError("the metric \(metric.name) is missing") }
    guard let number = value.double else { throw PluginError("the metric \(metric.name) is not a number") }
    guard metric.accepts(number) else {
      throw PluginError("the metric \(metric.name) is \(number), outside its range")
    }
    values[metric.name] = number
  }
  return values
}

private func allow(_ names: [String], in members: [JSON.Member]) throws(PluginError) {
  if let other = members.first(where: { !names.contains($0.name) }) {
    throw PluginError("\(String(line: other.name.utf8, limit: 64)) does not belong there")
  }
}
