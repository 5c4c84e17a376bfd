// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Foundation

/// A task folder that a test may change; it goes away with the object.
final class Scratch {
  let parent = NSTemporaryDirectory() + "/lyceum-tasks-" + UUID().uuidString
  var path: String { parent + "/small" }

  static let yaml = """
    id: small
    version: 1
    title: A small task
    area: testing
    definition: |
      Write the answer.
    avoid: [guessing]
    metrics:
      - name: accuracy
        direction: higher
        primary: true
        range: [0, 1]
        baseline: 0.5
        reference: 0.9
        tolerance: 0.01
      - {name: seconds, direction: lower, range: [0, null]}
    limits: {steps: 10, step_seconds: 1.5, memory_mb: 512}
    workspace: {path: /home/agent/work, template: workspace}
    packages: [python3-numpy]
    sources: [/usr/share/common-licenses/Apache-2.0]
    prepare: /usr/bin/python3 prepare.py
    starter: /usr/bin/python3 train.py
    params: params.json
    submission: {files: [out.csv], command: /usr/bin/python3 /harness/serve.py}
    grader: /usr/bin/python3 grader/grade.py
    solution: {files: solution, command: /usr/bin/python3 best.py}
    """

  init(_ yaml: String = Scratch.yaml) throws {
    try write("task.yaml", yaml)
    for file in [
      "prepare.py", "grader/grade.py", "harness/serve.py", "workspace/train.py", "workspace/params.json",
      "solution/best.py",
    ] {
      try write(file, "# \(file)\n")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: parent) }

  func write(_ file: String, _ text: String) throws {
    let url = URL(filePath: path + "/" + file)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: path + "/" + file) }
}
