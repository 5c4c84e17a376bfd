// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Glibc
import LyceumCore
import Processes
import Testing
import Workspace

/// A directory that goes with its owner; in memory where that is possible, since the tests make many files.
final class Scratch {
  let path: String

  init() throws {
    let place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(place)/lyceum-workspace-tests.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { _ = try? shell("chmod -R u+rwx \(path) 2>/dev/null; rm -rf \(path)", in: "/") }

  func make(_ name: String) throws -> String {
    guard mkdir("\(path)/\(name)", 0o755) == 0 else { throw SystemError("mkdir") }
    return "\(path)/\(name)"
  }

  func repository(_ name: String = "runs.git") throws -> Repository { try Repository(at: "\(path)/\(name)") }
}

struct CommandFailed: Error, CustomStringConvertible {
  let description: String
}

/// Runs bash and gives what it printed; throws unless it succeeded.
@discardableResult
func shell(_ script: String, in directory: String) throws -> String {
  let pipe = try Pipe()
  var launch = Launch("/bin/bash", ["bash", "-c", script])
  launch.environment = [
    "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_AUTHOR_DATE": "1700000000 +0000",
    "GIT_COMMITTER_DATE": "1700000000 +0000",
  ]
  launch.directory = directory
  let null = try Descriptor.open("/dev/null", O_RDONLY)
  launch.descriptors = [(null.raw, 0), (pipe.writer.raw, 1), (pipe.writer.raw, 2)]
  var child = try Child(launch)
  let output = try drain(pipe)
  let exit = try child.wait()
  guard exit?.succeeded == true else {
    throw CommandFailed(description: "\(script): \(String(escaping: output))")
  }
  return String(decoding: output, as: UTF8.self)
}

private func drain(_ pipe: consuming Pipe) throws -> Bytes {
  let reader = try pipe.reader.duplicate()
  _ = consume pipe
  var all = Bytes()
  while let chunk = try reader.read(upTo: 65536), !chunk.isEmpty { all += chunk }
  return all
}

/// What a path on disk is.
enum Item: Equatable {
  case file(Bytes, isExecutable: Bool)
  case large(Int)
  case symlink(Bytes)
  case directory
  case special
}

/// Everything below `directory`, by path; content of files up to 50 MiB. Copes with any depth and any name.
func contents(of directory: String) throws -> [Bytes: Item] {
  var all: [Bytes: Item] = [:]
  try walk(open(directory, O_RDONLY | O_DIRECTORY), [], &all)
  return all
}

private func walk(_ descriptor: Int32, _ prefix: Bytes, _ all: inout [Bytes: Item]) throws {
  guard let stream = fdopendir(descriptor) else { throw SystemError("fdopendir") }
  defer { closedir(stream) }
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
    if name == Array(".".utf8) || name == Array("..".utf8) { continue }
    let cName = name.map { CChar(bitPattern: $0) } + [0]
    let path = prefix + name
    var status = stat()
    guard fstatat(descriptor, cName, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw SystemError("fstatat") }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      all[path] = .directory
      try walk(openat(descriptor, cName, O_RDONLY | O_DIRECTORY), path + [0x2F], &all)
    case S_IFLNK:
      var target = Bytes(repeating: 0, count: 5000)
      let count = target.withUnsafeMutableBytes {
        readlinkat(descriptor, cName, $0.baseAddress!.assumingMemoryBound(to: CChar.self), 5000)
      }
      all[path] = .symlink(Array(target.prefix(count)))
    case S_IFREG where status.st_size > 50 << 20: all[path] = .large(status.st_size)
    case S_IFREG:
      let file = Descriptor(owning: openat(descriptor, cName, O_RDONLY))
      var content = Bytes()
      while let chunk = try file.read(upTo: 1 << 20), !chunk.isEmpty { content += chunk }
      all[path] = .file(content, isExecutable: status.st_mode & S_IXUSR != 0)
    default: all[path] = .special
    }
  }
}

/// Checks the repository as git itself does.
func fsck(_ repository: Repository, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let output = try shell("git --git-dir=\(repository.path) fsck --strict --no-dangling 2>&1", in: "/")
  let complaints = output.split(separator: "\n").filter { !$0.hasPrefix("notice: ") }
  #expect(complaints.isEmpty, "\(complaints)", sourceLocation: sourceLocation)
}

extension String {
  var bytes: Bytes { Bytes(utf8) }
}

/// A shell script that runs beside the test.
final class Background {
  private var child: Child?

  init(_ script: String, in directory: String) throws {
    var launch = Launch("/bin/bash", ["bash", "-c", script])
    launch.environment = ["PATH": "/usr/bin:/bin"]
    launch.directory = directory
    let null = try Descriptor.open("/dev/null", O_RDWR)
    launch.descriptors = [(null.raw, 0), (null.raw, 1), (null.raw, 2)]
    child = try Child(launch)
  }

  /// Waits for its end.
  func finish() throws {
    _ = try child?.wait(until: .after(seconds: 20))
    child = nil
  }
}

/// Runs `body` with the file permissions of an unprivileged user. These belong to the thread, and a synchronous
/// body stays on it.
func onUnprivilegedThread(_ body: () throws -> Void) throws {
  let become = { (id: UInt32) in
    for call in ["setfsgid", "setfsuid"] {
      guard let symbol = dlsym(nil, call) else { continue }
      _ = unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> Int32).self)(id)
    }
  }
  become(65534)
  defer { become(0) }
  try body()
}
