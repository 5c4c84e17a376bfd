// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Frames
import Glibc

/// Answers the host's requests with the plugin's results. Run thread only.
struct Server {
  let side: HostSide
  private var library: Library?
  private var instance: Instance?

  init(channel: Channel, hello: HelloMessage) { side = HostSide(channel: channel, hello: hello) }

  /// Payload of the reply to `hello`.
  mutating func open(_ path: String, _ hello: HelloMessage) -> [UInt8] {
    var opened: Library?
    let reply = answering { () throws(Refusal) -> ManifestMessage in
      let library = try Library(path: path, hostABI: hello.abi)
      opened = library
      return try library.manifest()
    }
    library = opened
    return reply
  }

  /// Payload of the reply to `request`.
  mutating func serve(_ request: Frame) -> [UInt8] {
    let side = side
    switch request.kind {
    case .createAgent: return create(request) { m, l throws(Refusal) in try Instance(agent: m, l, side) }
    case .createTask: return create(request) { m, l throws(Refusal) in try Instance(task: m, l, side) }
    case .destroy:
      instance?.destroy()
      instance = nil
      side.services = 0
      return answering { NoFields() }
    case .goodbye:
      instance?.destroy()
      instance = nil
      library?.close()
      return answering { NoFields() }
    case .probe:
      return calling(request) { (probe: ProbeMessage, server) throws(Refusal) in try server.answer(probe) }
    case .begin:
      return calling(request) { (view: TaskViewMessage, server) throws(Refusal) in
        try server.live().begin(view, side)
        return NoFields()
      }
    case .act:
      return calling(request) { (seen: ObservationMessage, server) throws(Refusal) in
        try server.live().act(seen, side)
      }
    case .describe:
      return calling(request) { (_: NoFields, server) throws(Refusal) in try server.live().describe(side) }
    case .prepare:
      return calling(request) { (message: PrepareMessage, server) throws(Refusal) in
        try server.live().prepare(message, side)
        return NoFields()
      }
    case .grade:
      return calling(request) { (message: GradeRequestMessage, server) throws(Refusal) in
        try server.live().grade(message, side)
      }
    case .hello, .log, .isCancelled, .runBox, .putFile, .readFile: _exit(70)
    }
  }

  private mutating func create(
    _ request: Frame, _ make: (CreateMessage, Library) throws(Refusal) -> Instance
  ) -> [UInt8] {
    guard let message = try? CreateMessage(payload: request.payload) else { _exit(70) }
    let library = library
    let old = instance
    side.services = message.services
    side.random = message.seed
    side.givesExtensions = false
    _ = side.takeWords()
    var made: Instance?
    let reply = answering { () throws(Refusal) -> NoFields in
      guard let library else { throw Refusal(FrameStatus.invalid, "no plugin is loaded") }
      guard old == nil else { throw Refusal(FrameStatus.invalid, "an instance is alive already") }
      made = try make(message, library)
      return NoFields()
    }
    side.givesExtensions = true
    if let made { instance = made }
    return reply
  }

  private func answer(_ probe: ProbeMessage) throws(Refusal) -> NoFields {
    if probe == .unknownExtension {
      if try live().hasUnknownExtension() {
        throw .violation("get_extension(\"lyceum.no-such-extension/1\") is not NULL")
      }
    } else if let library {
      try library.probe(probe)
    } else {
      throw Refusal(FrameStatus.invalid, "no plugin is loaded")
    }
    return NoFields()
  }

  private func live() throws(Refusal) -> Instance {
    guard let instance else { throw Refusal(FrameStatus.invalid, "no instance is alive") }
    return instance
  }

  /// Decodes the request, which must be sound because the host made it.
  private func calling<Request: Message, Result: Message>(
    _ request: Frame, _ body: (Request, borrowing Server) throws(Refusal) -> Result
  ) -> [UInt8] {
    guard let message = try? Request(payload: request.payload) else { _exit(70) }
    return answering { () throws(Refusal) -> Result in try body(message, self) }
  }

  private func answering<Result: Message>(_ body: () throws(Refusal) -> Result) -> [UInt8] {
    do throws(Refusal) {
      return Reply.done(try body()).payload
    } catch {
      return Reply<Result>.failed(status: error.status, words: error.words).payload
    }
  }
}
