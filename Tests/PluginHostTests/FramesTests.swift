// SPDX-License-Identifier: Apache-2.0
// Copyright the Lyceum authors

import Frames
import Testing

@Suite struct FramesTests {
  @Test func aFrameHasTheBytesThatTheDocumentationShows() throws {
    let frame = Frame(.prepare, call: 3, payload: PrepareMessage(seed: 0x0102_0304_0506_0708).payload)
    #expect(
      frame.bytes == [8, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1])
    let decision = DecisionMessage(thought: [0x68, 0x69], action: "bash", input: [0x6C, 0x73])
    let reply = Frame(.act, isReply: true, call: 5, payload: Reply.done(decision).payload)
    #expect(
      reply.bytes == [
        0x30, 0, 0, 0, 4, 0, 0, 0x80, 5, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x68, 0x69, 4, 0, 0, 0, 0x62, 0x61, 0x73, 0x68,
        0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x6C, 0x73, 0, 0, 0, 0,
      ])
  }

  @Test func everyMessageComesBackAsItWas() throws {
    func same<M: Message & Equatable>(_ message: M) throws {
      #expect(try M(payload: message.payload) == message)
      #expect(throws: FrameError.trailing(1)) { try M(payload: message.payload + [0]) }
      let payload = message.payload
      for length in 0..<payload.count {
        #expect(throws: FrameError.self) { try M(payload: Array(payload.prefix(length))) }
      }
    }
    var seen = ObservationMessage()
    seen.flags = 21
    seen.step = 3
    seen.stepsLeft = 4
    seen.millisecondsLeft = 1 << 40
    seen.output = [0, 255, 10]
    seen.outputElided = 9
    seen.exitCode = -1
    seen.termSignal = 11
    seen.grade = "{}"
    seen.score = -0.5
    try same(seen)
    try same(HelloMessage(abi: 65536, hostName: "lyceum", hostVersion: "ä"))
    let one = DescriptorMessage(
      id: "a", name: "b", version: "c", description: "d", license: "e", configHelp: "f")
    try same(
      ManifestMessage(abi: 1, name: "n", version: "v", toolchain: "t", agents: [one], tasks: [one, one]))
    try same(CreateMessage(id: "i", config: "c", services: 7, seed: .max))
    try same(
      TaskViewMessage(
        maxSteps: 1, maxMilliseconds: 2, stepMilliseconds: 3, taskID: "t", title: "T", definition: "d",
        workspace: "/w", starter: "s", params: "p", metric: "m", higherIsBetter: true))
    try same(DecisionMessage(thought: [1], action: "bash", path: [2], input: [3, 0], arguments: "{}"))
    try same(GradeMessage(outcome: 1, metrics: [.init(name: "m", value: 1e-300)], reason: "r", details: "{}"))
    try same(GradeRequestMessage(split: 2, seed: 9))
    try same(
      BoxCommandMessage(box: 1, script: "s", submissionScript: "t", environment: "A=1", milliseconds: 7))
    try same(BoxResultMessage(flags: 3, exitCode: 2, termSignal: 0, output: [1], result: [2]))
    try same(PutFileMessage(path: [97], content: [1, 2], isExecutable: true))
    try same(ReadFileMessage(path: [97], limit: 5))
    try same(FileContentMessage(content: [1]))
    try same(LogMessage(level: 2, message: [255]))
    try same(CancelledMessage(isCancelled: true))
    try same(DescriptionMessage(json: "{}"))
    for probe in ProbeMessage.allCases { try same(probe) }
  }

  @Test func aFailedReplyHasWordsAndNoResult() throws {
    let reply = Reply<DecisionMessage>.failed(status: 7, words: "too much")
    guard case .failed(7, "too much") = try Reply<DecisionMessage>(payload: reply.payload) else {
      Issue.record("not the same")
      return
    }
    #expect(throws: FrameError.trailing(1)) { try Reply<NoFields>(payload: reply.payload + [1]) }
    #expect(Reply<NoFields>.failed(status: 0, words: "").payload != Reply.done(NoFields()).payload)
  }

  @Test func whatIsNotAllowedIsNamed() {
    #expect(throws: FrameError.notText("json")) { try DescriptionMessage(payload: [1, 0, 0, 0, 0xFF]) }
    #expect(throws: FrameError.truncated("json")) {
      try DescriptionMessage(payload: [255, 255, 255, 255, 65])
    }
    #expect(throws: FrameError.truncated("content")) {
      try FileContentMessage(payload: [255, 255, 255, 255, 255, 255, 255, 255, 1])
    }
    #expect(throws: FrameError.badValue("cancelled")) { try CancelledMessage(payload: [2, 0, 0, 0]) }
    #expect(throws: FrameError.badValue("metric_count")) {
      try GradeMessage(payload: [1, 0, 0, 0, 65, 0, 0, 0])
    }
    #expect(throws: FrameError.badValue("agents")) {
      var out = ManifestMessage(abi: 1, name: "", version: "", toolchain: "", agents: [], tasks: []).payload
      out[20] = 255
      out[21] = 255
      return try ManifestMessage(payload: out)
    }
  }

  @Test func aStreamIsCutIntoFramesHoweverItArrives() throws {
    let frames = [
      Frame(.log, call: 0, payload: LogMessage(level: 1, message: [1, 2, 3]).payload),
      Frame(.act, isReply: true, call: 1, payload: [UInt8](repeating: 7, count: 200_000)),
      Frame(.destroy, call: 2),
    ]
    let stream = frames.flatMap(\.bytes)
    for size in [1, 7, 16, 65536, stream.count] {
      var buffer = FrameBuffer()
      var got: [Frame] = []
      var at = 0
      while at < stream.count {
        buffer.append(Array(stream[at..<min(at + size, stream.count)]))
        at += size
        while let frame = try buffer.next() { got.append(frame) }
      }
      #expect(got == frames)
      #expect(buffer.isEmpty)
      if size == 1 { continue }
    }
  }

  @Test func aHeaderThatLiesIsRefusedBeforeItsPayload() {
    func next(_ header: [UInt8]) throws(FrameError) {
      var buffer = FrameBuffer()
      buffer.append(header)
      _ = try buffer.next()
    }
    #expect(throws: FrameError.unknownKind(0x63)) {
      try next([0, 0, 0, 0, 0x63, 0, 0, 0] + .init(repeating: 0, count: 8))
    }
    #expect(throws: FrameError.tooLong(kind: 0x8000_0004, length: 0x7FFF_FFFF)) {
      try next([255, 255, 255, 127, 4, 0, 0, 0x80] + .init(repeating: 0, count: 8))
    }
    for kind in FrameKind.allCases {
      #expect(kind.requestLimit <= Frame.payloadLimit && kind.replyLimit <= Frame.payloadLimit)
    }
  }

  @Test func noBytesMakeADecoderTrap() {
    var state: UInt64 = 1
    for round in 0..<20_000 {
      var bytes: [UInt8] = []
      for _ in 0..<(round % 60) {
        state = state &* 6_364_136_223_846_793_005 &+ 1
        let byte = UInt8(truncatingIfNeeded: state >> 33)
        bytes.append(round % 3 == 0 ? byte : byte & 3)
      }
      _ = try? Reply<ManifestMessage>(payload: bytes)
      _ = try? Reply<DecisionMessage>(payload: bytes)
      _ = try? Reply<GradeMessage>(payload: bytes)
      _ = try? BoxCommandMessage(payload: bytes)
      _ = try? PutFileMessage(payload: bytes)
      var buffer = FrameBuffer()
      buffer.append(bytes)
      _ = try? buffer.next()
    }
  }
}
