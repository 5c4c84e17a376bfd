// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

extension TaskSpec {
  /// What keeps this from being a task, one line each, key first; empty when it is sound. Looks at the values
  /// alone: whether files exist is the folder's matter.
  public func problems() -> [String] { findings().map { "\($0.key): \($0.message)" } }

  /// One thing that is wrong, at a key of the JSON form such as `metrics[0].baseline`.
  package struct Finding: Sendable, Hashable {
    package var key: String
    package var message: String
  }

  package func findings() -> [Finding] {
    var check = Check()
    check.identifier("id", id, limit: 128)
    check.that("version", version >= 1, "must be 1 or more")
    check.line("title", title)
    check.line("area", area)
    check.text("definition", definition)
    for (index, line) in avoid.enumerated() { check.line("avoid[\(index)]", line) }
    check.metrics(metrics)
    check.limits(limits)
    check.identifier("profile", profile, limit: 64)
    check.workspace(workspacePath)
    for (index, name) in packages.enumerated() { check.package("packages[\(index)]", name) }
    for (index, path) in sources.enumerated() { check.absolute("sources[\(index)]", path) }
    if let starter { check.text("starter", starter) }
    if let params { check.relative("params", params) }
    check.submission(submission)
    if let folder { check.folder(folder) }
    return check.findings
  }

  /// Whether `path` is relative and plain: no `.`, `..` or empty part, no control characters.
  package static func isPlainRelative(_ path: String) -> Bool {
    !path.isEmpty && path.utf8.count <= 4096
      && !path.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
      && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && $0 != "." && $0 != ".."
      }
  }
}

private struct Check {
  var findings: [TaskSpec.Finding] = []

  mutating func that(_ key: String, _ holds: Bool, _ message: @autoclosure () -> String) {
    if !holds { findings.append(TaskSpec.Finding(key: key, message: message())) }
  }

  mutating func text(_ key: String, _ value: String) {
    let blank = value.allSatisfy(\.isWhitespace)
    that(key, !blank, "must not be empty")
    that(key, !value.utf8.contains(0), "must not hold a NUL")
    that(key, value.utf8.count <= 1 << 18, "must not be longer than 256 KiB")
  }

  mutating func line(_ key: String, _ value: String) {
    text(key, value)
    that(key, !value.contains(where: \.isNewline), "must be one line")
  }

  mutating func identifier(_ key: String, _ value: String, limit: Int) {
    let bytes = Array(value.utf8)
    let good =
      bytes.first.map(isAlphanumeric) ?? false
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
    that(key, good, "must begin with a letter or digit and hold letters, digits, '-', '.' and '_' alone")
    that(key, bytes.count <= limit, "must not be longer than \(limit) bytes")
  }

  private func isAlphanumeric(_ byte: UInt8) -> Bool {
    0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
  }

  mutating func package(_ key: String, _ name: String) {
    let bytes = Array(name.utf8)
    let good =
      bytes.count >= 2 && bytes[0] >= 0x30
      && bytes.allSatisfy {
        0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E
      }
    that(key, good, "\(name.debugDescription) is not the name of a Debian package")
  }

  mutating func relative(_ key: String, _ path: String) {
    that(
      key, TaskSpec.isPlainRelative(path),
      "must be a path inside, relative, without '.', '..', empty parts or control characters")
  }

  mutating func absolute(_ key: String, _ path: String) {
    that(
      key, path.hasPrefix("/") && TaskSpec.isPlainRelative(String(path.dropFirst())),
      "must be an absolute path without '.', '..', empty parts or control characters")
  }

  mutating func metrics(_ metrics: [MetricSpec]) {
    that("metrics", 1...64 ~= metrics.count, "must be 1 to 64 metrics, not \(metrics.count)")
    let primary = metrics.count(where: \.primary)
    if !metrics.isEmpty {
      that("metrics", primary == 1, "exactly one metric must be primary, not \(primary)")
    }
    var seen: Set<String> = []
    for (index, metric) in metrics.enumerated() {
      let key = "metrics[\(index)]"
      identifier(key + ".name", metric.name, limit: 64)
      that(key + ".name", seen.insert(metric.name).inserted, "\(metric.name) is there twice")
      for (end, value) in [("lowest", metric.lowest), ("highest", metric.highest)] {
        that("\(key).\(end)", value?.isFinite ?? true, "an end of the range must be a finite number, or open")
      }
      if let lowest = metric.lowest, let highest = metric.highest {
        that(key + ".lowest", lowest < highest, "the range \(lowest) to \(highest) is empty")
      }
      for (name, value) in [("baseline", metric.baseline), ("reference", metric.reference)] {
        guard let value else { continue }
        that("\(key).\(name)", metric.accepts(value), "\(value) is outside the metric's range")
      }
      if let baseline = metric.baseline, let reference = metric.reference, metric.primary {
        that(
          key + ".reference", metric.isBetter(reference, than: baseline),
          "\(reference) is not better than the baseline \(baseline); \(metric.direction.rawValue) is better")
      }
      that(key + ".tolerance", metric.tolerance.isFinite && metric.tolerance >= 0, "must be 0 or more")
    }
  }

  mutating func limits(_ limits: Limits) {
    count("steps", limits.steps, 1_000_000)
    amount("step_seconds", limits.stepSeconds, 31_536_000)
    amount("trial_seconds", limits.trialSeconds, 31_536_000)
    amount("decision_seconds", limits.decisionSeconds, 31_536_000)
    count("output_bytes", limits.outputBytes, 16 << 20)
    count("memory_mb", limits.memoryMB, 1 << 24)
    count("processes", limits.processes, 1 << 22)
    amount("cpus", limits.cpus, 4096)
    count("file_mb", limits.fileMB, 1 << 24)
    count("workspace_mb", limits.workspaceMB, 1 << 24)
  }

  private mutating func count(_ name: String, _ value: Int, _ highest: Int) {
    that("limits.\(name)", 1...highest ~= value, "must be a whole number from 1 to \(highest)")
  }

  private mutating func amount(_ name: String, _ value: Double, _ highest: Double) {
    that("limits.\(name)", value > 0 && value <= highest, "must be more than 0 and at most \(Int(highest))")
  }

  mutating func workspace(_ path: String) {
    absolute("workspacePath", path)
    let reserved = [
      "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/proc", "/sys", "/dev", "/etc", "/run", "/data",
      "/private", "/task", "/submission", "/harness",
    ]
    let taken = reserved.first { path == $0 || path.hasPrefix($0 + "/") }
    that("workspacePath", taken == nil, "\(taken ?? "") belongs to the box; use a folder below /home or /tmp")
    that(
      "workspacePath", path != "/tmp" && path != "/home",
      "\(path) itself is not a workspace; use a folder below")
  }

  mutating func submission(_ paths: [String]) {
    that("submission", !paths.isEmpty, "must name at least one file")
    for (index, path) in paths.enumerated() {
      relative("submission[\(index)]", path)
      let earlier = paths[..<index].first {
        $0 == path || path.hasPrefix($0 + "/") || $0.hasPrefix(path + "/")
      }
      that("submission[\(index)]", earlier == nil, "overlaps with \(earlier ?? "")")
    }
  }

  mutating func folder(_ folder: TaskSpec.FolderSpec) {
    relative("folder.template", folder.template)
    text("folder.grader", folder.grader)
    if let prepare = folder.prepare { text("folder.prepare", prepare) }
    if let command = folder.submissionCommand { text("folder.submissionCommand", command) }
    if let solution = folder.solution { relative("folder.solution", solution) }
    if let command = folder.solutionCommand { text("folder.solutionCommand", command) }
  }
}
