// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Frames
import Glibc

/// `lyceum-runner PLUGIN`: loads one plugin and serves it over descriptor 3, then ends.
///
/// Exit status: 0 after `goodbye` or when the host has gone, 64 for wrong arguments, 70 when the host breaks the
/// protocol.
@main struct LyceumRunner {
  static func main() {
    guard CommandLine.arguments.count == 2, fcntl(3, F_SETFD, FD_CLOEXEC) == 0 else {
      fputs("usage: lyceum-runner PLUGIN, with the host's socket as descriptor 3\n")
      exit(64)
    }
    let channel = Channel(socket: 3)
    let first = channel.nextRequest()
    guard first.kind == .hello, let hello = try? HelloMessage(payload: first.payload) else { exit(70) }
    var server = Server(channel: channel, hello: hello)
    channel.answer(first, server.open(CommandLine.arguments[1], hello))
    while true {
      let request = channel.nextRequest()
      channel.answer(request, server.serve(request))
      server.side.arena.clear()
      if request.kind == .goodbye { exit(0) }
    }
  }

  private static func fputs(_ text: String) {
    let bytes = Array(text.utf8)
    unsafe _ = write(2, bytes, bytes.count)
  }
}
