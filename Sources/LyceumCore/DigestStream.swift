// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CCrypto

/// The SHA-256 digest of bytes that come in parts, such as those of a file: as ``Digest/init(of:)`` of all of them.
@safe public struct DigestStream: ~Copyable {
  private let context: OpaquePointer?

  public init() {
    unsafe context = unsafe EVP_MD_CTX_new()
    unsafe _ = EVP_DigestInit_ex(context, EVP_sha256(), nil)
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  public mutating func append(_ part: Bytes) { unsafe _ = EVP_DigestUpdate(context, part, part.count) }

  /// The digest so far; the stream is at its end.
  public consuming func finish() -> Digest {
    var out = Bytes(repeating: 0, count: 32)
    unsafe _ = EVP_DigestFinal_ex(context, &out, nil)
    return Digest(sha256: out)
  }
}
