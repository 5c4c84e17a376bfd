// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Glibc
internal import Processes

/// A started process with the host's ends of its socket and of its log pipe, neither of which blocks.
struct Connection: ~Copyable {
  let child: Child
  let socket: Descriptor
  let printed: Descriptor

  private struct Ends: ~Copyable {
    let sockets: SocketPair
    let pipe: Pipe
    let null: Descriptor

    init() throws(SystemError) {
      let sockets = try SocketPair(.stream)
      let pipe = try Pipe()
      let null = try Descriptor.open("/dev/null", O_RDONLY)
      self.sockets = sockets
      self.pipe = pipe
      self.null = null
    }
  }

  init(_ request: RunnerRequest, _ launcher: RunnerLauncher) throws(PluginError) {
    let ends: Ends
    do throws(SystemError) {
      ends = try Ends()
    } catch {
      throw PluginError(error)
    }
    let there = ends.sockets.there.raw
    let writer = ends.pipe.writer.raw
    var request = request
    request.launch.descriptors =
      switch request.form {
      case .library: [(ends.null.raw, 0), (writer, 1), (writer, 2), (there, 3)]
      case .program: [(there, 0), (there, 1), (writer, 2)]
      }
    let child = try launcher.start(request)
    let sockets = ends.sockets
    let pipe = ends.pipe
    socket = sockets.here
    printed = pipe.reader
    self.child = child
    socket.setNonBlocking(true)
    printed.setNonBlocking(true)
  }
}
