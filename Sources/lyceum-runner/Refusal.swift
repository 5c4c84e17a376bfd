// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Frames

/// Why a request of the host's gets a status instead of a result.
struct Refusal: Error {
  var status: Int32
  var words: String

  init(_ status: Int32, _ words: String) {
    self.status = status
    self.words = words
  }

  /// The plugin broke a rule of the ABI.
  static func violation(_ words: String) -> Refusal { Refusal(FrameStatus.violation, words) }
}
