// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import Testing
import Workspace

@Suite struct RemovalTests {
  private func remove(_ script: String, unprivileged: Bool) throws {
    let scratch = try Scratch()
    chmod(scratch.path, 0o777)
    let directory = try scratch.make("w")
    if unprivileged { chown(directory, 65534, 65534) }
    let prefix = unprivileged ? "setpriv --reuid 65534 --regid 65534 --clear-groups bash -c " : "bash -c "
    try shell(prefix + "'" + script + "'", in: directory)
    let body = {
      let workspace = try Workspace.open(at: directory, repository: scratch.repository())
      try workspace.remove()
      try workspace.remove()
    }
    if unprivileged {
      // Only what is in it: the directory itself is in one that another owns, but all may write to.
      try onUnprivilegedThread(body)
    } else {
      try body()
    }
    #expect(access(directory, F_OK) != 0)
  }

  static let scripts = [
    "mkdir a; echo 1 > a/b; ln -s / a/root; mkfifo p; chmod 000 a/b",
    "mkdir -p a/b/c; touch a/b/c/d; chmod 000 a/b/c; chmod 000 a/b; chmod 000 a",
    "mkdir a; touch a/b; chmod 444 a",
    "python3 -c \"import os\nfor i in range(1000): os.mkdir(str(1)); os.chdir(str(1))\"",
    "python3 -c \"import os\nfor i in range(200): os.makedirs(str(1)+os.sep+str(2)); os.chmod(str(1),0o500); os.chmod(str(1)+os.sep+str(2), 0o700); os.chdir(str(1)+os.sep+str(2))\"",
    "for i in $(seq 40); do mkdir d x && touch x/y && chmod 0 x && cd d || exit 1; done",
    "seq 5000 | xargs touch; touch -- -rf \\* \"$(printf \"a\\nb\")\"",
  ]

  @Test(arguments: scripts) func removes(_ script: String) throws { try remove(script, unprivileged: false) }

  @Test(.enabled(if: getuid() == 0), arguments: scripts) func removesUnprivileged(_ script: String) throws {
    try remove(script, unprivileged: true)
  }

  @Test func doesNotFollowLinks() throws {
    let scratch = try Scratch()
    let outside = try scratch.make("outside")
    try shell("touch keep", in: outside)
    let workspace = try Workspace.open(at: scratch.make("w"), repository: scratch.repository())
    try shell("ln -s ../outside l; ln -s \(outside) m; mkdir d; ln -s ../../outside d/l", in: workspace.path)
    try workspace.remove()
    #expect(access("\(outside)/keep", F_OK) == 0)
  }
}
