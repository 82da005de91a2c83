import TestSupport
import Testing

@testable import DynamoJournalFiles

@Suite("Outcomes that wait for their order") struct OutcomeSpoolTests {
  private func all(_ rows: [OutcomeSpool.Row], bound: Int, folder: String) throws -> [OutcomeSpool.Row] {
    let spool = OutcomeSpool(folder: folder, bound: bound)
    for row in rows { try spool.add(row) }
    #expect(spool.count == rows.count)
    var sorted: [OutcomeSpool.Row] = []
    while let row = try spool.next() { sorted.append(row) }
    #expect(try spool.next() == nil)
    return sorted
  }

  @Test(
    "sorted by their places, in memory and through the file: the first of two equal places is the one",
    arguments: [0, 200, 5_000, 1 << 30])
  func sorts(_ bound: Int) throws {
    try withTemporaryFolder { folder in
      var generator = SeededGenerator(seed: 7)
      let rows = (0..<3_000).map { number in
        let place = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        }
        let body = [UInt8](repeating: UInt8(number & 255), count: number % 700)
        return OutcomeSpool.Row(place: place, body: body)
      }
      let sorted = try all(rows, bound: bound, folder: folder)
      let wanted = Dictionary(rows.map { ($0.place, $0.body) }) { first, _ in first }
      #expect(sorted.count == wanted.count)
      #expect(sorted.allSatisfy { wanted[$0.place] == $0.body })
      #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0.place.lexicographicallyPrecedes($1.place) })
    }
  }

  @Test("a row of 300 KB crosses the buffers") func large() throws {
    try withTemporaryFolder { folder in
      let rows = (0..<5).map {
        OutcomeSpool.Row(place: [UInt8(9 - $0)], body: Array(repeating: UInt8($0), count: 300_000))
      }
      let sorted = try all(rows, bound: 400_000, folder: folder)
      #expect(sorted.map(\.place) == rows.map(\.place).reversed())
      #expect(sorted.map(\.body) == rows.map(\.body).reversed())
    }
  }

  @Test("a folder that can't be written is one sentence") func noFolder() {
    let spool = OutcomeSpool(folder: "/nowhere/at/all", bound: 10)
    #expect { try spool.add(OutcomeSpool.Row(place: [1], body: Array(repeating: 0, count: 100))) } throws: {
      "\($0)".contains("'/nowhere/at/all'") && "\($0)".contains("free some space")
    }
  }
}
