// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Frames
import Glibc

/// Loads the plugin that `LYCEUM_PLUGIN` names and serves it over descriptor 3, then ends. Its arguments are
/// for people who look at the process list: Swift reads them from /proc, which a box need not have.
///
/// Exit status: 0 after `goodbye` or when the host has gone, 64 when there is no plugin or no socket, 70 when
/// the host breaks the protocol.
@main struct LyceumRunner {
  static func main() {
    guard let name = unsafe getenv("LYCEUM_PLUGIN"), fcntl(3, F_SETFD, FD_CLOEXEC) == 0 else {
      say("lyceum-runner: needs LYCEUM_PLUGIN and the host's socket as descriptor 3\n")
      exit(64)
    }
    let plugin = unsafe String(cString: name)
    let channel = Channel(socket: 3)
    let first = channel.nextRequest()
    guard first.kind == .hello, let hello = try? HelloMessage(payload: first.payload) else { exit(70) }
    var server = Server(channel: channel, hello: hello)
    channel.answer(first, server.open(plugin, hello))
    while true {
      let request = channel.nextRequest()
      channel.answer(request, server.serve(request))
      server.side.arena.clear()
      if request.kind == .goodbye { exit(0) }
    }
  }

  private static func say(_ text: String) {
    let bytes = Array(text.utf8)
    unsafe _ = write(2, bytes, bytes.count)
  }
}
