import DynamoJournalPrograms
import DynamoJournalTables
import TestSupport
import Testing

@Suite("What is with a program: no processes") struct LaneTests {
  private func key(_ id: Int) -> String { "k\(id)" }

  @Test("at most a window is unanswered, and ids are asked in order")
  func window() throws {
    var lane = ProgramLane()
    for id in 1...1_000 { lane.offer(id) }
    #expect(lane.take() == Array(1...256))
    #expect(lane.take().isEmpty)
    try lane.answered(7)
    #expect(lane.take() == [257])
    #expect(throws: ProgramFault.answeredTwice(7)) { try lane.answered(7) }
    #expect(throws: ProgramFault.unknownID(400)) { try lane.answered(400) }
    #expect(throws: ProgramFault.unknownID(-1)) { try lane.answered(-1) }
  }

  @Test("after an end the unanswered are asked again, one by one, and then many again")
  func restart() throws {
    var lane = ProgramLane()
    for id in 1...300 { lane.offer(id) }
    _ = lane.take()
    try lane.answered(1)
    try lane.died("status 1", key: key)
    #expect(lane.take() == [2])
    #expect(lane.take().isEmpty)
    try lane.answered(2)
    for id in 3...256 {
      #expect(lane.take() == [id])
      try lane.answered(id)
    }
    #expect(lane.take() == Array(257...300))
  }

  @Test("the item that ends it again and again is named; one that never answers is, too")
  func killer() throws {
    var lane = ProgramLane()
    for id in 1...10 { lane.offer(id) }
    _ = lane.take()
    try lane.answered(1)
    try lane.died("status 1", key: key)
    for _ in 1...2 {
      _ = lane.take()
      try lane.died("status 1", key: key)
    }
    _ = lane.take()
    #expect(throws: ProgramFault.diesOn(key: "k2", times: 3, how: "status 1")) {
      try lane.died("status 1", key: key)
    }
    var mute = ProgramLane()
    mute.offer(1)
    for _ in 1...2 { try mute.died("status 1", key: key) }
    #expect(throws: ProgramFault.diesAtOnce(times: 3, key: "k1", how: "status 1")) {
      try mute.died("status 1", key: key)
    }
  }

  @Test("answers leave in the order of the items, and a probed one only with both answers")
  func order() throws {
    var window = ProgramWindow()
    for number in 1...10 {
      _ = window.add(["id": .number(Int64(number))], Key(["id": .number(Int64(number))]))
    }
    for id in (2...10).reversed() { try window.answered(id, ProgramAnswer(), isProbe: false) }
    #expect(window.takeAnswered().isEmpty)
    try window.answered(1, ProgramAnswer(), isProbe: false)
    #expect(window.takeAnswered().isEmpty)
    for id in 1...2 { try window.answered(id, ProgramAnswer(), isProbe: true) }
    #expect(window.takeAnswered().map(\.id) == [1, 2])
    var other = ProgramAnswer()
    other.after = .deleted
    #expect(throws: ProgramFault.self) { try window.answered(3, other, isProbe: true) }
  }

  @Test("lines are cut wherever they come apart, and one without end is refused or cut")
  func lines() throws {
    var splitter = LineSplitter(limit: 10)
    #expect(try splitter.lines(Array("ab".utf8)).isEmpty)
    #expect(try splitter.lines(Array("c\r\n\nde".utf8)) == [Array("abc".utf8), []])
    #expect(throws: ProgramFault.endlessLine(limit: 10)) {
      try splitter.lines([UInt8](repeating: 65, count: 11))
    }
    var log = ProgramLog()
    #expect(log.lines([UInt8](repeating: 65, count: 5_000), at: 1).isEmpty)
    let cut = log.lines(Array("more\nnext\n".utf8), at: 1)
    #expect(cut.count == 2 && cut[0].hasSuffix("…") && cut[1] == "program: next")
    let many = log.lines(Array(String(repeating: "x\n", count: 500).utf8), at: 2)
    #expect(many.count == ProgramLog.linesPerSecond)
    #expect(log.end() == ["program: … 450 more lines were left out"])
  }
}
