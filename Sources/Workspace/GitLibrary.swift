// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
internal import LyceumCore

/// libgit2, started once in a process.
enum GitLibrary {
  private static let status: Int32 = lyc_git_setup()

  static func start() throws(WorkspaceError) { try check(status, "start libgit2") }

  /// Turns a negative status into an error with libgit2's own message for this thread.
  static func check(_ status: Int32, _ what: @autoclosure () -> String) throws(WorkspaceError) {
    guard status < 0 else { return }
    throw failure(what(), status)
  }

  static func failure(_ what: String, _ status: Int32) -> WorkspaceError {
    let message = unsafe git_error_last().flatMap { unsafe $0.pointee.message }.map {
      unsafe String(cString: $0)
    }
    return .git(what, message: message ?? "status \(status)")
  }
}

/// A git repository that libgit2 has open; closed when its owner goes.
@safe struct RepositoryHandle: ~Copyable {
  let raw: OpaquePointer

  /// Opens the bare repository at exactly `path`.
  init(opening path: String) throws(WorkspaceError) {
    var raw: OpaquePointer?
    let flags = GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue | GIT_REPOSITORY_OPEN_BARE.rawValue
    try unsafe GitLibrary.check(git_repository_open_ext(&raw, path, flags, nil), "open \(path)")
    guard let raw = unsafe raw else { throw .damaged("\(path) did not open") }
    unsafe self.raw = unsafe raw
  }

  /// Makes a bare repository in the directory `path`.
  init(creating path: String) throws(WorkspaceError) {
    var raw: OpaquePointer?
    var options = unsafe git_repository_init_options()
    try unsafe GitLibrary.check(
      git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION)),
      "create \(path)")
    unsafe options.flags = GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_NO_REINIT.rawValue
    try unsafe GitLibrary.check(git_repository_init_ext(&raw, path, &options), "create \(path)")
    guard let raw = unsafe raw else { throw .damaged("\(path) was not created") }
    unsafe self.raw = unsafe raw
  }

  deinit { unsafe git_repository_free(raw) }
}

extension GitLibrary {
  /// The hunks of a unified patch between two texts; nil when one of them is not text.
  static func patch(from old: Bytes, to new: Bytes) throws(WorkspaceError) -> Bytes? {
    if old.prefix(8000).contains(0) || new.prefix(8000).contains(0) { return nil }
    var options = unsafe git_diff_options()
    try unsafe check(git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)), "compare")
    unsafe options.flags = GIT_DIFF_FORCE_TEXT.rawValue
    var patch: OpaquePointer?
    try unsafe check(
      git_patch_from_buffers(&patch, old, old.count, nil, new, new.count, nil, &options), "compare")
    defer { unsafe git_patch_free(patch) }
    var text = unsafe git_buf()
    try unsafe check(git_patch_to_buf(&text, patch), "compare")
    defer { unsafe git_buf_dispose(&text) }
    guard let start = unsafe text.ptr else { return [] }
    let all = unsafe Bytes(UnsafeRawBufferPointer(start: start, count: text.size))
    return all.firstRange(of: Array("@@ ".utf8)).map { Bytes(all[$0.lowerBound...]) } ?? []
  }
}
