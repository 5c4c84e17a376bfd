// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import GRDB
internal import LyceumCore

/// Why the store could not do what was asked. Each case speaks in one line: what failed, why, what to do next.
public enum StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No file is at the path, or its folder cannot be entered.
  case missing(path: String)
  /// The file is something else.
  case notAStore(path: String)
  /// The file was written by a later version of the program.
  case newerSchema(path: String, found: Int, known: Int)
  /// The file was written by an earlier version and was opened read-only, so that it cannot be brought up to date.
  case olderSchema(path: String, found: Int, known: Int)
  /// The file contradicts itself, or what it holds cannot be decoded.
  case damaged(path: String, detail: String)
  /// Another process held the write lock for longer than the busy timeout.
  case busy(path: String)
  /// No room is left on the disk. Nothing of the event that did not fit is stored.
  case full(path: String)
  /// The file or its folder does not let this process write.
  case readOnly(path: String)
  /// The same identifier is there already with other content.
  case conflict(String)
  /// No row has this identifier, or a prefix fits several.
  case unknown(String)
  /// The trial has ended: nothing can be appended to it, nor can it end again.
  case ended(trial: String)
  /// What was handed over breaks the store's rules; nothing was written.
  case invalid(String)
  /// The system refused in some other way.
  case failed(path: String, detail: String)

  /// Whether the file itself is in doubt.
  public var isDamage: Bool {
    if case .damaged = self { true } else { false }
  }

  public var description: String {
    switch self {
    case .missing(let path):
      "no store at \(path): check the path, or make one with `lyceum run --store \(path)`"
    case .notAStore(let path):
      "\(path) is not a trajectory store: name another file"
    case .newerSchema(let path, let found, let known):
      "\(path) has schema \(found), this program knows up to \(known): use a newer lyceum"
    case .olderSchema(let path, let found, let known):
      "\(path) has schema \(found), this program reads \(known): open it once for writing to bring it up to date"
    case .damaged(let path, let detail):
      "\(path) is damaged (\(detail)): run `lyceum store verify`, then restore it from a copy"
    case .busy(let path):
      "\(path) stayed locked by another process: end what holds it, then run the command again"
    case .full(let path):
      "no room left on the disk of \(path): make room, then run the same command again to resume"
    case .readOnly(let path):
      "\(path) cannot be written: check the permissions of the file and of its folder"
    case .conflict(let what), .unknown(let what), .invalid(let what):
      what
    case .ended(let trial):
      "trial \(trial) has ended: begin another attempt instead"
    case .failed(let path, let detail):
      "\(path) could not be used (\(detail)): check the disk and the folder's permissions"
    }
  }

  /// What an error of the database means for the store at `path`.
  init(_ error: any Error, path: String) {
    switch error {
    // Where a row is decoded, the path is not known.
    case StoreError.damaged("", let detail):
      self = .damaged(path: path, detail: detail)
    case let error as StoreError:
      self = error
    case let error as DatabaseError:
      self = StoreError(error, path: path)
    default:
      self = .damaged(path: path, detail: String(line: "\(error)".utf8))
    }
  }

  private init(_ error: DatabaseError, path: String) {
    let detail = String(line: (error.message ?? "SQLite error \(error.extendedResultCode.rawValue)").utf8)
    switch error.resultCode {
    case .SQLITE_FULL: self = .full(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
    case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
    case .SQLITE_NOTADB: self = .notAStore(path: path)
    case .SQLITE_CONSTRAINT: self = .conflict("\(path) refuses the row (\(detail)): nothing was written")
    case .SQLITE_TOOBIG: self = .invalid("a value is too large for the store: nothing was written")
    // The program's own statements are fixed: one that does not fit means that the tables were changed.
    case .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_FORMAT, .SQLITE_MISMATCH, .SQLITE_SCHEMA:
      self = .damaged(path: path, detail: detail)
    default: self = .failed(path: path, detail: detail)
    }
  }
}
