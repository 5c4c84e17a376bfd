// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

extension TaskSpec {
  /// What is wrong with the description, one line each; empty when a trial can be run with it.
  public func problems() -> [String] {
    var out: [String] = []
    func check(_ holds: Bool, _ problem: @autoclosure () -> String) { if !holds { out.append(problem()) } }

    check(id.isIdentifier, "id '\(id)' must be 1 to 128 letters, digits, '.', '-', '_'")
    check(version >= 1, "version must be at least 1")
    check(!title.isEmpty && title.utf8.count <= 256, "title must have 1 to 256 bytes")
    check(!area.isEmpty && area.utf8.count <= 128, "area must have 1 to 128 bytes")
    check(!definition.isEmpty && definition.utf8.count <= 256 << 10, "definition must have 1 to 262144 bytes")
    check(avoid.count <= 64, "avoid has more than 64 lines")
    check(avoid.allSatisfy { $0.utf8.count <= 4096 }, "a line of avoid is longer than 4096 bytes")
    check(profile.isIdentifier, "profile '\(profile)' is not a name")
    out += metricProblems() + limits.problems()

    check(
      workspacePath.isWorkspacePath,
      "workspace path '\(workspacePath)' must be absolute, without '.' or '..', and not in a system directory"
    )
    check((1...64).contains(submission.count), "submission must list 1 to 64 paths")
    check(Set(submission).count == submission.count, "submission lists a path twice")
    for path in submission {
      check(path.isInsidePath, "submission path '\(path)' must be relative, without '.' or '..'")
    }
    if let params { check(params.isInsidePath, "params '\(params)' must be relative, without '.' or '..'") }
    if let starter { check(!starter.isEmpty, "starter is empty; leave it out when there is none") }
    for package in packages {
      let names = package.utf8.allSatisfy { $0.isLowerOrDigit || "+-.".utf8.contains($0) }
      check(
        names && !package.isEmpty && package.utf8.count <= 128, "package '\(package)' is not a Debian package"
      )
    }
    for path in sources { check(path.isCleanAbsolutePath, "source '\(path)' must be an absolute path") }
    if let folder {
      for path in [folder.template, folder.solution].compactMap(\.self) {
        check(path.isInsidePath, "folder path '\(path)' must be relative, without '.' or '..'")
      }
    }
    return out
  }

  private func metricProblems() -> [String] {
    var out: [String] = []
    if !(1...64).contains(metrics.count) { out.append("a task has 1 to 64 metrics") }
    if metrics.filter(\.primary).count != 1 { out.append("exactly one metric must be primary") }
    if Set(metrics.map(\.name)).count != metrics.count { out.append("two metrics have the same name") }
    for metric in metrics {
      let name = metric.name
      if !name.isIdentifier || name.utf8.count > 64 {
        out.append("metric name '\(name)' must be 1 to 64 letters, digits, '.', '-', '_'")
      }
      let ends = [metric.lowest, metric.highest].compactMap(\.self)
      if !ends.allSatisfy(\.isFinite) || (ends.count == 2 && ends[0] > ends[1]) {
        out.append("metric \(name): the range is empty or not finite")
      }
      for value in [metric.baseline, metric.reference].compactMap(\.self) where !metric.accepts(value) {
        out.append("metric \(name): \(value) is outside the metric's own range")
      }
      if !(metric.tolerance >= 0 && metric.tolerance.isFinite) {
        out.append("metric \(name): tolerance must be 0 or more")
      }
    }
    return out
  }
}

extension Limits {
  /// What is wrong with the limits, one line each.
  public func problems() -> [String] {
    let week = 604_800.0
    let checks: [(String, Double, ClosedRange<Double>)] = [
      ("steps", Double(steps), 1...100_000), ("step_seconds", stepSeconds, 0.001...week),
      ("trial_seconds", trialSeconds, 0.001...4 * week),
      ("output_bytes", Double(outputBytes), 256...16_777_216),
      ("memory_mb", Double(memoryMB), 16...16_777_216), ("processes", Double(processes), 4...65_536),
      ("cpus", cpus, 0.05...1024), ("file_mb", Double(fileMB), 1...16_777_216),
    ]
    return checks.filter { !$0.2.contains($0.1) }
      .map { "limit \($0.0) is \($0.1); it must lie in \($0.2.lowerBound)...\($0.2.upperBound)" }
  }
}

extension String {
  /// Whether this can be the id of an agent, a task or a profile: 1 to 128 letters, digits, `.`, `-`, `_`,
  /// not beginning with a dot.
  public var isIdentifier: Bool {
    (1...128).contains(utf8.count) && utf8.first != UInt8(ascii: ".")
      && utf8.allSatisfy { $0.isLowerOrDigit || (0x41...0x5A).contains($0) || ".-_".utf8.contains($0) }
  }

  /// Whether this is a relative path that stays inside its directory: no empty, `.` or `..` part, no NUL, at
  /// most 4096 bytes.
  public var isInsidePath: Bool { Array(utf8).isInsidePath }

  fileprivate var isCleanAbsolutePath: Bool {
    utf8.first == UInt8(ascii: "/") && String(dropFirst()).isInsidePath
  }

  fileprivate var isWorkspacePath: Bool {
    let system: Set<Substring> = [
      "bin", "boot", "data", "dev", "etc", "harness", "lib", "lib32", "lib64", "libx32", "private", "proc",
      "root",
      "run", "sbin", "submission", "sys", "task", "tmp", "usr", "var",
    ]
    guard isCleanAbsolutePath, utf8.count <= 256, let top = dropFirst().split(separator: "/").first else {
      return false
    }
    return !system.contains(top)
  }
}

extension Bytes {
  /// As ``Swift/String/isInsidePath``, for bytes that need not be text.
  public var isInsidePath: Bool {
    (1...4096).contains(count) && !contains(0)
      && split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
  }
}

extension UInt8 {
  fileprivate var isLowerOrDigit: Bool { (0x61...0x7A).contains(self) || (0x30...0x39).contains(self) }
}
