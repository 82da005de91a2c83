import DynamoJournalPrograms
import DynamoJournalTables
import Foundation
import TestSupport
import Testing

@Suite("The reader of a program's lines") struct ReplyFuzzTests {
  static let good = [
    #"{"id":7}"#,
    #"{"id":7,"after":{"id":{"S":"x"},"m":{"M":{"a":{"L":[{"N":"1"},{"NULL":true}]}}}},"notes":[{"code":"c","message":"m"}]}"#,
    #"{"id":7,"after":null,"also":[{"table":"t","after":{"k":{"N":"1"}}},{"table":"t","key":{"k":{"N":"2"}},"after":null}]}"#,
    #"{"id":7,"error":"é\n"}"#, #"{"type":"get","id":7,"table":"plans","key":{"k":{"B":"AAA="}}}"#,
    #" { "id" : 7 , "after" : null } "#,
  ]

  @Test("takes every form of an answer", arguments: good)
  func forms(_ line: String) throws {
    let reply = try ProgramReply(line: Array(line.utf8))
    switch reply {
    case .answer(let id, _): #expect(id == 7)
    case .get(let id, let table, _): #expect(id == 7 && table == "plans")
    }
  }

  @Test(
    "refuses what is no answer",
    arguments: [
      "", "7", "[]", "{}", #"{"id":"7"}"#, #"{"id":7.5}"#, #"{"id":7,"id":7}"#, #"{"id":7} {}"#,
      #"{"id":7,"x":1}"#,
      #"{"id":7,"after":7}"#, #"{"id":7,"after":{"a":{"X":"1"}}}"#, #"{"id":7,"also":{}}"#,
      #"{"id":7,"also":[{"table":"t"}]}"#, #"{"id":7,"notes":[{"code":"c"}]}"#, #"{"id":7,"error":1}"#,
      #"{"id":7,"error":"e","after":null}"#, #"{"type":"got","id":7}"#, #"{"type":"get","id":7,"table":"t"}"#,
      #"{"id":99999999999999999999}"#, #"{"id":7,"table":"t"}"#,
    ])
  func refused(_ line: String) {
    #expect(throws: ProgramFault.self) { try ProgramReply(line: Array(line.utf8)) }
  }

  @Test("survives random bytes and mutated lines", arguments: [UInt64(1), 2, 3])
  func fuzz(seed: UInt64) {
    var random = Seeded(seed)
    var (read, rounds) = (0, 0)
    let seconds = Int(ProcessInfo.processInfo.environment["PROTOCOL_FUZZ_SECONDS"] ?? "") ?? 0
    let end = ContinuousClock.now + .seconds(seconds)
    while rounds < 4_000 || ContinuousClock.now < end {
      let round = rounds
      rounds += 1
      var line = Array(Self.good[round % Self.good.count].utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<line.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: line[place] = UInt8.random(in: 0...255, using: &random)
        case 1: line.remove(at: place)
        case 2: line.insert(contentsOf: line[place...].prefix(20), at: place)
        default: line = Array(line[..<place])
        }
        if line.isEmpty { line = [0] }
      }
      if round % 5 == 0 { line = (0..<50).map { _ in UInt8.random(in: 0...255, using: &random) } }
      do { if case .answer = try ProgramReply(line: line) { read += 1 } } catch {}
    }
    print("protocol: seed \(seed), \(rounds) lines, \(read) of them answers")
    #expect(read < rounds)
  }
}

/// The numbers of a seed (SplitMix64).
private struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
