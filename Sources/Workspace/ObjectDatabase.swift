// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CGit2
internal import LyceumCore

/// The objects of one repository; closed when its owner goes. Every object is written to a file of its own under a
/// temporary name and then renamed, so that any number of processes may write at once.
@safe struct ObjectDatabase: ~Copyable {
  private let raw: OpaquePointer
  private let small: SmallObjects

  /// Opens the `objects` directory of a repository. `level` is zlib's: 0 stores, 1 is fast.
  init(objects: String, level: Int32) throws(WorkspaceError) {
    let small = try SmallObjects(objects)
    var raw: OpaquePointer?
    try unsafe GitLibrary.check(git_odb_new(&raw), "open \(objects)")
    guard let raw = unsafe raw else { throw .damaged("\(objects) did not open") }
    do throws(WorkspaceError) {
      try unsafe ObjectDatabase.addBackends(to: raw, objects, level)
    } catch {
      unsafe git_odb_free(raw)
      throw error
    }
    self.small = small
    unsafe self.raw = unsafe raw
  }

  private static func addBackends(
    to raw: OpaquePointer, _ objects: String, _ level: Int32
  ) throws(WorkspaceError) {
    var loose: UnsafeMutablePointer<git_odb_backend>?
    var packed: UnsafeMutablePointer<git_odb_backend>?
    try unsafe GitLibrary.check(git_odb_backend_loose(&loose, objects, level, 0, 0, 0), "open \(objects)")
    try unsafe GitLibrary.check(git_odb_add_backend(raw, loose, 2), "open \(objects)")
    try unsafe GitLibrary.check(git_odb_backend_pack(&packed, objects), "open \(objects)/pack")
    try unsafe GitLibrary.check(git_odb_add_backend(raw, packed, 1), "open \(objects)/pack")
  }

  deinit { unsafe git_odb_free(raw) }

  /// Lets `repository` look for objects here.
  borrowing func serve(_ repository: borrowing RepositoryHandle) throws(WorkspaceError) {
    try unsafe GitLibrary.check(git_repository_set_odb(repository.raw, raw), "open the objects")
  }

  /// Stores the first `count` bytes of `content`; nothing is written when they are there already.
  borrowing func write(
    _ content: Bytes, count: Int? = nil, as type: git_object_t = GIT_OBJECT_BLOB
  ) throws(WorkspaceError) -> ObjectID {
    let count = count ?? content.count
    if count <= SmallObjects.limit { return try small.write(content, count: count, as: type) }
    var oid = git_oid()
    let status = unsafe git_odb_write(&oid, raw, content, count, type)
    try GitLibrary.check(status, "write an object")
    return ObjectID(oid)
  }

  /// Opens a stream for one blob of exactly `size` bytes.
  borrowing func stream(size: UInt64) throws(WorkspaceError) -> BlobStream {
    var stream: UnsafeMutablePointer<git_odb_stream>?
    try unsafe GitLibrary.check(git_odb_open_wstream(&stream, raw, size, GIT_OBJECT_BLOB), "write an object")
    guard let stream = unsafe stream else { throw .damaged("no stream for an object") }
    return unsafe BlobStream(raw: stream)
  }

  borrowing func contains(_ id: ObjectID) -> Bool {
    var oid = id.oid
    return unsafe git_odb_exists(raw, &oid) == 1
  }

  /// Bytes of an object.
  borrowing func size(of id: ObjectID) throws(WorkspaceError) -> UInt64 {
    try header(id).size
  }

  /// The content of an object of the given type, which may have at most `limit` bytes.
  borrowing func read(_ id: ObjectID, as type: git_object_t, limit: UInt64) throws(WorkspaceError) -> Bytes {
    let header = try header(id)
    guard header.type == type else { throw .damaged("object \(id) has another type than expected") }
    guard header.size <= limit else { throw .limit("bytes in object \(id)", limit: limit) }
    var oid = id.oid
    var object: OpaquePointer?
    try unsafe GitLibrary.check(git_odb_read(&object, raw, &oid), "read object \(id)")
    defer { unsafe git_odb_object_free(object) }
    guard let data = unsafe git_odb_object_data(object) else { return [] }
    return unsafe Bytes(UnsafeRawBufferPointer(start: data, count: git_odb_object_size(object)))
  }

  private borrowing func header(_ id: ObjectID) throws(WorkspaceError) -> (size: UInt64, type: git_object_t) {
    var oid = id.oid
    var size = 0
    var type = GIT_OBJECT_INVALID
    let status = unsafe git_odb_read_header(&size, &type, raw, &oid)
    if status == GIT_ENOTFOUND.rawValue { throw .damaged("object \(id) is missing") }
    try GitLibrary.check(status, "read object \(id)")
    return (UInt64(size), type)
  }
}

/// One blob being written; nothing of it is kept unless it is finished.
@safe struct BlobStream: ~Copyable {
  private let raw: UnsafeMutablePointer<git_odb_stream>

  fileprivate init(raw: UnsafeMutablePointer<git_odb_stream>) { unsafe self.raw = unsafe raw }

  deinit { unsafe git_odb_stream_free(raw) }

  /// Adds the first `count` bytes of `chunk`.
  borrowing func write(_ chunk: Bytes, count: Int) throws(WorkspaceError) {
    let status = unsafe chunk.withUnsafeBytes { bytes in
      unsafe git_odb_stream_write(raw, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), count)
    }
    try GitLibrary.check(status, "write an object")
  }

  /// Gives the blob its name. Fails unless exactly the announced number of bytes was written.
  consuming func finish() throws(WorkspaceError) -> ObjectID {
    var oid = git_oid()
    try unsafe GitLibrary.check(git_odb_stream_finalize_write(&oid, raw), "write an object")
    return ObjectID(oid)
  }
}
