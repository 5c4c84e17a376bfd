// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import CLyceum
internal import Frames
internal import Glibc
internal import LyceumCore
public import Processes

/// One plugin's process and the socket to it.
///
/// Every call has a deadline; a process that misses it is killed. After the first error that is not a mere
/// status the process is gone and every further call gives the same error. Not thread-safe: one thread at a
/// time.
public final class Runner {
  /// What the plugin says about itself.
  public private(set) var manifest: PluginManifest
  /// When set, the process is gone and this is why.
  public private(set) var failure: PluginError?
  /// How the process ended, once it has.
  public private(set) var exit: ProcessExit?

  /// What a task is doing, which decides what it may ask for.
  enum Phase { case other, prepare, grade }
  var phase = Phase.other
  let services: HostServices
  /// A box could not be had since this was last set to nil.
  var boxFailure: String?

  private let file: PluginFile
  private var child: Child
  private let wraps: Bool
  private let socket: Descriptor
  private var log: LogDrain
  private var buffer = FrameBuffer()
  private var calls: UInt64 = 0
  private var cancelBy: Deadline?

  /// Seconds that a plugin has to return once the trial is cancelled.
  static let grace = 2.0

  /// Starts the process, loads the plugin and reads what it says about itself.
  public convenience init(
    path: String, launcher: RunnerLauncher, services: HostServices = HostServices(), deadline: Deadline
  ) throws(PluginError) {
    try self.init(try PluginFile(path), launcher, services, deadline)
  }

  convenience init(
    _ file: PluginFile, _ launcher: RunnerLauncher, _ services: HostServices, _ deadline: Deadline
  ) throws(PluginError) {
    try self.init(starting: file, launcher, services)
    try greet(deadline)
  }

  /// Starts the process and returns while it loads the plugin: for a session, which waits until that is done.
  public static func start(
    _ plugin: PluginManifest, launcher: RunnerLauncher, services: HostServices
  ) throws(PluginError) -> Runner {
    try Runner(starting: try PluginFile(plugin.path), launcher, services)
  }

  private init(starting file: PluginFile, _ launcher: RunnerLauncher, _ services: HostServices)
    throws(PluginError)
  {
    let connection = try Connection(try RunnerRequest(file.path, file.form), launcher)
    child = connection.child
    socket = connection.socket
    log = LogDrain(connection.printed)
    wraps = launcher.wraps
    self.services = services
    self.file = file
    // The process begins meanwhile.
    manifest = PluginManifest(unread: file, try file.digest())
    let hello = HelloMessage(abi: 1 << 16, hostName: "lyceum", hostVersion: lyceumVersion)
    do throws(PluginError) {
      try ask(.hello, hello, .after(seconds: 1))
    } catch {
      throw end(error)
    }
  }

  /// Waits until the plugin is loaded and reads what it says about itself.
  func greet(_ deadline: Deadline) throws(PluginError) {
    let message: ManifestMessage = try answer(to: .hello, deadline)
    do throws(PluginError) {
      manifest = try PluginManifest(file, manifest.digest, message)
    } catch {
      throw end(error)
    }
  }

  /// Asks the plugin and waits for its answer; what it asks meanwhile is answered.
  func call<Result: Message>(
    _ kind: FrameKind, _ message: some Message, _ deadline: Deadline
  ) throws(PluginError) -> Result {
    if let failure { throw failure }
    do throws(PluginError) {
      try ask(kind, message, deadline)
    } catch {
      throw end(error)
    }
    return try answer(to: kind, deadline)
  }

  private func answer<Result: Message>(to kind: FrameKind, _ deadline: Deadline) throws(PluginError) -> Result
  {
    if let failure { throw failure }
    let reply: Reply<Result>
    do throws(PluginError) {
      reply = try receiveReply(to: kind, deadline)
    } catch {
      throw end(error)
    }
    switch reply {
    case .done(let result): return result
    case .failed(let status, let words): throw PluginError(status: status, words: words, call: kind.name)
    }
  }

  /// Ends the process: destroys the instance, says goodbye, kills what is left by `deadline`. Never throws; a
  /// plugin that misbehaves here is logged.
  @discardableResult
  public func close(deadline: Deadline = .after(seconds: 2)) -> ProcessExit? {
    if failure == nil {
      do throws(PluginError) {
        let _: NoFields = try call(.destroy, NoFields(), deadline)
        let _: NoFields = try call(.goodbye, NoFields(), deadline)
        reap(by: deadline)
      } catch {
        services.log(.warning, .host, Array("while it was closed, the plugin \(error)".utf8))
      }
    }
    _ = end(failure ?? PluginError(.notFound, "the plugin was closed"))
    return exit
  }

  private func ask(_ kind: FrameKind, _ message: some Message, _ deadline: Deadline) throws(PluginError) {
    calls += 1
    cancelBy = nil
    try send(Frame(kind, call: calls, payload: message.payload), deadline)
  }

  private func receiveReply<Result: Message>(
    to kind: FrameKind, _ deadline: Deadline
  ) throws(PluginError) -> Reply<Result> {
    while true {
      let frame = try receive(deadline)
      if frame.isReply {
        guard frame.kind == kind, frame.call == calls else {
          throw PluginError(
            .protocolViolation, "\(kind.name) \(calls) was answered as \(frame.kind.name) \(frame.call)")
        }
        do throws(FrameError) {
          return try Reply<Result>(payload: frame.payload)
        } catch {
          throw PluginError(error, call: kind.name)
        }
      }
      if let answer = try answer(frame) {
        try send(Frame(frame.kind, isReply: true, call: frame.call, payload: answer), deadline)
      }
    }
  }

  private func answer(_ frame: Frame) throws(PluginError) -> [UInt8]? {
    do throws(FrameError) {
      switch frame.kind {
      case .log:
        let line = try LogMessage(payload: frame.payload)
        log.write(line, to: services.log)
        return nil
      case .isCancelled:
        _ = try NoFields(payload: frame.payload)
        return Reply.done(CancelledMessage(isCancelled: services.isCancelled())).payload
      case .runBox: return answerRunBox(try BoxCommandMessage(payload: frame.payload))
      case .putFile: return answerPutFile(try PutFileMessage(payload: frame.payload))
      case .readFile: return answerReadFile(try ReadFileMessage(payload: frame.payload))
      default: throw .badValue("kind")
      }
    } catch {
      throw PluginError(error, call: frame.kind.name)
    }
  }

  private func send(_ frame: Frame, _ deadline: Deadline) throws(PluginError) {
    let bytes = frame.bytes
    var done = 0
    while done < bytes.count {
      let n = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.send(
          socket.raw, $0.baseAddress?.advanced(by: done), $0.count - done, Int32(MSG_NOSIGNAL))
      }
      if n >= 0 {
        done += n
      } else if errno == EAGAIN {
        try wait(for: Int16(POLLOUT), deadline)
      } else if errno != EINTR {
        throw death()
      }
    }
  }

  private func receive(_ deadline: Deadline) throws(PluginError) -> Frame {
    while true {
      do throws(FrameError) {
        if let frame = try buffer.next() { return frame }
      } catch {
        throw PluginError(error, call: "the plugin's side")
      }
      let bytes: Bytes?
      do throws(SystemError) {
        bytes = try socket.read(upTo: 1 << 16)
      } catch {
        throw death()
      }
      if let bytes {
        guard !bytes.isEmpty else { throw death() }
        buffer.append(bytes)
        // A plugin that never stops talking would otherwise never meet the deadline.
        if deadline.hasPassed { throw PluginError(.hung, "no answer by the deadline") }
      } else {
        try wait(for: Int16(POLLIN), deadline)
      }
    }
  }

  /// Waits until the socket is ready, drains the log meanwhile, and throws when the process ended, the
  /// deadline passed, or the trial was cancelled and the grace is over.
  private func wait(for events: Int16, _ deadline: Deadline) throws(PluginError) {
    while true {
      if cancelBy == nil, services.isCancelled() { cancelBy = .after(seconds: Runner.grace) }
      if let cancelBy, cancelBy.hasPassed {
        throw PluginError(.cancelled, "the plugin did not return within \(Int(Runner.grace)) s")
      }
      if deadline.hasPassed { throw PluginError(.hung, "no answer by the deadline") }
      var set = [
        pollfd(fd: socket.raw, events: events, revents: 0),
        pollfd(fd: child.pidfd.raw, events: Int16(POLLIN), revents: 0),
        pollfd(fd: log.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let slice = min(100, deadline == .never ? 100 : deadline.pollMilliseconds)
      guard unsafe poll(&set, 3, slice) >= 0 || errno == EINTR else { throw PluginError(SystemError("poll")) }
      if set[2].revents != 0 { log.drain(to: services.log) }
      if set[0].revents != 0 { return }
      if set[1].revents != 0 { throw death() }
    }
  }

  /// Why the other end of the socket has gone.
  private func death() -> PluginError {
    if exit == nil { reap(by: .after(seconds: 1)) }
    guard let exit else {
      return PluginError(.protocolViolation, "the plugin closed its socket and lives on")
    }
    if let signal = exit.signal { return PluginError(.crashed(signal: signal), "") }
    let code = exit.code ?? 0
    if wraps, (129...192).contains(code) { return PluginError(.crashed(signal: code - 128), "") }
    return PluginError(.exited(code: code), "")
  }

  /// Kills and reaps what is left and remembers why.
  private func end(_ error: PluginError) -> PluginError {
    if failure == nil { failure = error }
    if exit == nil {
      child.kill()
      reap(by: .after(seconds: 5))
    }
    log.finish(to: services.log)
    return error
  }

  /// Waits for the process's end and kills what it started. The group's number is safe to use until the
  /// process is reaped.
  private func reap(by deadline: Deadline) {
    guard let ready = try? waitReadable([child.pidfd.raw], until: deadline), ready[0] else { return }
    _ = Glibc.kill(-child.pid, SIGKILL)
    exit = (try? child.wait(until: deadline)) ?? nil
  }
}

extension FrameKind {
  /// As in `docs/frames.md`.
  var name: String {
    switch self {
    case .createAgent: "create_agent"
    case .createTask: "create_task"
    case .isCancelled: "is_cancelled"
    case .runBox: "run_box"
    case .putFile: "put_file"
    case .readFile: "read_file"
    default: "\(self)"
    }
  }
}
