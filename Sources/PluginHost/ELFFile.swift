// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import Processes

/// The few facts of an ELF file that say what else it needs to run. Every offset is checked; a file that lies
/// is not an ELF file.
struct ELFFile {
  /// Shared object or position-independent program, as opposed to anything else.
  private(set) var isDynamic = false
  /// The program's loader; libraries have none.
  private(set) var interpreter: String?
  private(set) var needed: [String] = []
  /// Directories that it names for its libraries, with `$ORIGIN` unexpanded.
  private(set) var runPath: [String] = []
  /// Names of the functions and objects that it exports; nil when the file has no section table.
  private(set) var exports: [String]?

  private struct Segment { var type: UInt32, offset: Int, address: Int, size: Int }

  /// nil when the file is not a 64-bit little-endian ELF file for this machine, or is damaged.
  /// Reads the exported names when `withExports`.
  init?(_ file: borrowing Descriptor, withExports: Bool) {
    guard let header = ELFFile.read(file, 0, 64), header.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else {
      return nil
    }
    #if arch(x86_64)
      let machine = 62
    #elseif arch(arm64)
      let machine = 183
    #endif
    guard header.word(18, 2) == machine else { return nil }
    isDynamic = header.word(16, 2) == 3
    let count = header.word(56, 2)
    guard header.word(54, 2) == 56, (1...256).contains(count),
      let table = ELFFile.read(file, header.word(32, 8), count * 56)
    else { return nil }
    let segments = stride(from: 0, to: count * 56, by: 56).map { at in
      Segment(
        type: UInt32(table.word(at, 4)), offset: table.word(at + 8, 8), address: table.word(at + 16, 8),
        size: table.word(at + 32, 8))
    }
    if let segment = segments.first(where: { $0.type == 3 }) {
      guard (2...4096).contains(segment.size), let path = ELFFile.read(file, segment.offset, segment.size)
      else {
        return nil
      }
      interpreter = path.string(0)
    }
    if let segment = segments.first(where: { $0.type == 2 }) {
      guard readDynamic(file, segment, segments) else { return nil }
    }
    if withExports { exports = ELFFile.readExports(file, header) }
  }

  private mutating func readDynamic(
    _ file: borrowing Descriptor, _ dynamic: Segment, _ segments: [Segment]
  ) -> Bool {
    guard (16...1 << 20).contains(dynamic.size), let table = ELFFile.read(file, dynamic.offset, dynamic.size)
    else { return false }
    var entries: [(tag: Int, value: Int)] = []
    for at in stride(from: 0, through: table.count - 16, by: 16) {
      let tag = table.word(at, 8)
      if tag == 0 { break }
      entries.append((tag, table.word(at + 8, 8)))
    }
    guard let address = entries.first(where: { $0.tag == 5 })?.value,
      let size = entries.first(where: { $0.tag == 10 })?.value, (1...32 << 20).contains(size),
      let home = segments.first(where: {
        $0.type == 1 && $0.address <= address && address - $0.address <= $0.size - size
      }),
      let strings = ELFFile.read(file, home.offset + (address - home.address), size)
    else { return false }
    let named = { (tag: Int) in entries.filter { $0.tag == tag }.map { strings.string($0.value) } }
    let libraries = named(1)
    let paths = named(29).isEmpty ? named(15) : named(29)
    needed = libraries.compactMap(\.self)
    runPath = paths.compactMap(\.self).flatMap { $0.split(separator: ":").map(String.init) }
    return needed.count == libraries.count && needed.count <= 1024
  }

  private static func readExports(_ file: borrowing Descriptor, _ header: [UInt8]) -> [String]? {
    let count = header.word(60, 2)
    guard header.word(58, 2) == 64, count > 0, let table = read(file, header.word(40, 8), count * 64) else {
      return nil
    }
    for at in stride(from: 0, to: count * 64, by: 64) where table.word(at + 4, 4) == 11 {
      let link = table.word(at + 40, 4)
      guard link < count, (0...64 << 20).contains(table.word(at + 32, 8)),
        (0...64 << 20).contains(table.word(link * 64 + 32, 8)),
        let symbols = read(file, table.word(at + 24, 8), table.word(at + 32, 8)),
        let strings = read(file, table.word(link * 64 + 24, 8), table.word(link * 64 + 32, 8))
      else { return nil }
      var names: [String] = []
      for s in stride(from: 0, through: symbols.count - 24, by: 24) {
        let binding = symbols[s + 4] >> 4
        let isDefined = symbols.word(s + 6, 2) != 0
        let isVisible = symbols[s + 5] & 3 == 0 || symbols[s + 5] & 3 == 3
        guard isDefined, isVisible, binding == 1 || binding == 2 || binding == 10 else { continue }
        guard let name = strings.string(symbols.word(s, 4)) else { return nil }
        names.append(name)
      }
      return names
    }
    return nil
  }

  private static func read(_ file: borrowing Descriptor, _ offset: Int, _ size: Int) -> [UInt8]? {
    guard offset >= 0, size >= 0 else { return nil }
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let n = unsafe pread(
          file.raw, buffer.baseAddress?.advanced(by: count), size - count, off_t(offset + count))
        if n <= 0 { break }
        count += n
      }
    }
    return bytes.count == size ? bytes : nil
  }
}

extension [UInt8] {
  /// A little-endian number; -1 when it lies outside or does not fit.
  fileprivate func word(_ at: Int, _ size: Int) -> Int {
    guard at >= 0, at + size <= count else { return -1 }
    var value: UInt64 = 0
    for i in 0..<size { value |= UInt64(self[at + i]) << UInt64(8 * i) }
    return Int(exactly: value) ?? -1
  }

  /// The NUL-terminated text at an offset; nil when it is not there, not UTF-8 or longer than 4 KiB.
  fileprivate func string(_ at: Int) -> String? {
    guard at >= 0, at < count, let end = self[at...].prefix(4097).firstIndex(of: 0) else { return nil }
    return String(validating: self[at..<end], as: UTF8.self)
  }
}
