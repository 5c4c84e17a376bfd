// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import Processes

/// The files that the dynamic linker will open to start a program and load a library into it.
struct LibraryClosure {
  /// The objects themselves, their libraries and the loader, each by the path that the linker uses; sorted.
  private(set) var paths: [String] = []
  /// Directories that the linker must be told about by `LD_LIBRARY_PATH`.
  private(set) var searchPaths: [String] = []

  /// Follows what `runner` and the library `plugin` need: their run paths first, then the system's directories, then
  /// the Swift runtime that this process itself runs on. What cannot be found is left out: the linker says best what
  /// it lacks.
  ///
  /// A plugin may name any file as its loader or library. Only the runner's loader counts, and only ELF files of the
  /// system, of the Swift runtime and of the plugin's own folder are taken.
  init(runner: String, plugin: String) {
    var found: Set<String> = []
    var names: Set<String> = []
    var queue = [plugin, runner]
    let extra = LibraryClosure.extraDirectories
    let trusted = (LibraryClosure.systemDirectories + extra + [directory(of: plugin)]).compactMap(realPath)
    while let path = queue.popLast() {
      guard found.count < 4096, !found.contains(path),
        let file = try? Descriptor.open(path, O_RDONLY | O_NONBLOCK),
        let elf = ELFFile(file, withExports: false)
      else { continue }
      found.insert(path)
      if path == runner, let loader = elf.interpreter { found.insert(loader) }
      let origin = directory(of: path)
      let own = elf.runPath.map {
        $0.replacing("${ORIGIN}", with: origin).replacing("$ORIGIN", with: origin)
      }
      for name in elf.needed where !name.contains("/") {
        // The linker loads a name once, from wherever it found it first.
        if names.contains(name) { continue }
        let known = own + LibraryClosure.systemDirectories
        let isTrusted = { (path: String) in
          realPath(path).map { real in trusted.contains { real.hasPrefix($0 + "/") } } ?? false
        }
        if let path = known.lazy.map({ "\($0)/\(name)" }).first(where: isTrusted) {
          names.insert(name)
          queue.append(path)
        } else if let place = extra.first(where: { isTrusted("\($0)/\(name)") }) {
          names.insert(name)
          queue.append("\(place)/\(name)")
          if !searchPaths.contains(place) { searchPaths.append(place) }
        }
      }
    }
    paths = found.sorted()
  }

  #if arch(x86_64)
    private static let systemDirectories = [
      "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib",
    ]
  #else
    private static let systemDirectories = [
      "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib", "/usr/lib",
    ]
  #endif

  /// Directories that the linker does not search by itself.
  private static let extraDirectories: [String] = {
    var out: [String] = ["/usr/local/lib"]
    if let maps = readWhole("/proc/self/maps", limit: 4 << 20) {
      for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
        guard line.hasSuffix("/libswiftCore.so"), let slash = line.firstIndex(of: "/") else { continue }
        out.append(directory(of: String(line[slash...])))
        break
      }
    }
    return out
  }()
}

/// The part of `path` before its last slash.
func directory(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The file that `path` leads to through all links; nil when there is none.
private func realPath(_ path: String) -> String? {
  guard let real = unsafe realpath(path, nil) else { return nil }
  defer { unsafe free(real) }
  return unsafe String(cString: real)
}

func isReadable(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

/// All of a file; nil when it cannot be read or has more than `limit` bytes.
func readWhole(_ path: String, limit: Int) -> [UInt8]? {
  guard let file = try? Descriptor.open(path, O_RDONLY | O_NONBLOCK) else { return nil }
  var out: [UInt8] = []
  while let part = (try? file.read(upTo: 1 << 20)) ?? nil {
    if part.isEmpty { return out }
    out += part
    if out.count > limit { return nil }
  }
  return nil
}
