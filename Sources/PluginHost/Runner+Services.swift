// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

internal import Frames
internal import LyceumCore

/// What a plugin may ask the host while one of its calls is open. Whatever it asks becomes a status: a
/// refusal here never ends the process.
extension Runner {
  func answerRunBox(_ message: BoxCommandMessage) -> [UInt8] {
    answer { () throws(ServiceFailure) -> BoxResultMessage in
      guard let taskBox = services.taskBox else { throw ServiceFailure(.unsupported, "no boxes are offered") }
      guard let box = TaskBoxCommand.Box(rawValue: message.box) else {
        throw ServiceFailure(.invalid, "box \(message.box) does not exist")
      }
      guard (box == .prepare && phase == .prepare) || (box == .grade && phase == .grade) else {
        throw ServiceFailure(.denied, "box \(box) cannot be had now")
      }
      guard box == .grade || message.submissionScript.isEmpty else {
        throw ServiceFailure(.invalid, "submission_script needs a grading box")
      }
      guard !message.script.utf8.contains(0), !message.submissionScript.utf8.contains(0) else {
        throw ServiceFailure(.invalid, "a script holds a NUL byte")
      }
      let command = TaskBoxCommand(
        box: box, script: message.script, submissionScript: message.submissionScript,
        environment: try environment(message.environment),
        seconds: message.milliseconds == 0 ? nil : Double(message.milliseconds) / 1000)
      let result: TaskBoxResult
      do throws(ServiceFailure) {
        result = try taskBox(command)
      } catch {
        if error.status == .failed { boxFailure = error.words }
        throw error
      }
      var flags: UInt32 = result.timedOut ? BoxResultMessage.timedOut : 0
      if result.exitCode != nil { flags |= BoxResultMessage.exited }
      let isTooLong = (result.result?.count ?? .max) > 1 << 20
      if isTooLong { flags |= BoxResultMessage.resultTooLong }
      return BoxResultMessage(
        flags: flags, exitCode: result.exitCode ?? 0, termSignal: result.signal ?? 0,
        output: Array(result.output.prefix(64 << 10)), result: isTooLong ? [] : result.result ?? [])
    }
  }

  func answerPutFile(_ message: PutFileMessage) -> [UInt8] {
    answer { () throws(ServiceFailure) -> NoFields in
      guard let putFile = services.putFile else { throw ServiceFailure(.unsupported, "no files can be put") }
      guard phase == .prepare else { throw ServiceFailure(.denied, "files are put during prepare() only") }
      guard message.path.isInsidePath else { throw ServiceFailure(.invalid, "the path leaves the workspace") }
      guard message.content.count <= ReadFileMessage.fileLimit else {
        throw ServiceFailure(.limit, "the file is larger than 64 MiB")
      }
      try putFile(message.path, message.content, message.isExecutable)
      return NoFields()
    }
  }

  func answerReadFile(_ message: ReadFileMessage) -> [UInt8] {
    answer { () throws(ServiceFailure) -> FileContentMessage in
      guard let read = services.readSubmission else {
        throw ServiceFailure(.unsupported, "no files can be read")
      }
      guard phase == .grade else { throw ServiceFailure(.denied, "files are read during grade() only") }
      guard message.path.isInsidePath else {
        throw ServiceFailure(.invalid, "the path leaves the submission")
      }
      let limit = min(message.limit, UInt64(ReadFileMessage.fileLimit))
      let content = try read(message.path, limit)
      guard UInt64(content.count) <= limit else {
        throw ServiceFailure(.limit, "the file is larger than \(limit) bytes")
      }
      return FileContentMessage(content: content)
    }
  }

  private func answer<Result: Message>(_ body: () throws(ServiceFailure) -> Result) -> [UInt8] {
    do throws(ServiceFailure) {
      return Reply.done(try body()).payload
    } catch {
      let words = String(decoding: error.words.utf8.prefix(LogMessage.limit), as: UTF8.self)
      return Reply<Result>.failed(status: error.status.rawValue, words: words).payload
    }
  }

  private func environment(_ lines: String) throws(ServiceFailure) -> [String: String] {
    var out: [String: String] = [:]
    for line in lines.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "="), !line.utf8.contains(0) else {
        throw ServiceFailure(.invalid, "environment: a line is not NAME=VALUE")
      }
      let name = line[..<equals]
      let isName = name.utf8.allSatisfy { byte in
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
          || byte == 0x5F
      }
      guard isName, let first = name.utf8.first, !(0x30...0x39).contains(first) else {
        throw ServiceFailure(.invalid, "environment: a name is not letters, digits and '_'")
      }
      out[String(name)] = String(line[line.index(after: equals)...])
    }
    return out
  }
}
