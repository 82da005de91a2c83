import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import Foundation
import TestSupport
import Testing

/// The history of one item, found by the index beside the journal and by reading all of it.
@Suite("The index of items") struct ItemIndexTests {
  private static func key(_ number: Int) -> [UInt8] {
    Array(DynamoDBJSON.text(Toy.key(number).attributes).utf8)
  }

  /// The places of the events about a toy.
  private func places(_ journal: Journal, _ number: Int, isIndexed: Bool) async throws -> [Int64] {
    var filter = AuditFilter()
    (filter.table, filter.key) = ("toys", Self.key(number))
    var places: [Int64] = []
    for try await page in try await journal.audit(filter, fewEvents: isIndexed ? 0 : .max) {
      places += page.map(\.event.seq)
    }
    return places
  }

  private func compare(_ journal: Journal, events: Int) async throws {
    for number in 0..<12 {
      let indexed = try await places(journal, number, isIndexed: true)
      #expect(indexed.count == (number < 10 ? events : 0))
      #expect(try await places(journal, number, isIndexed: false) == indexed)
    }
  }

  @Test("finds what a walk through all events finds, and grows with the journal")
  func grows() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 10)
      _ = try await bench.run(Toy.addsAttribute)
      try await compare(bench.journal, events: 2)
      _ = try await bench.rollback()
      try await compare(bench.journal, events: 3)
      let reader = try Journal(path: folder + "/journal.sqlite", for: .read)
      try await compare(reader, events: 3)
    }
  }

  @Test("of another journal, or of a text that is none, is made anew", arguments: [true, false])
  func foreign(isJournals: Bool) async throws {
    try await withTemporaryFolder { folder in
      let file = folder + "/journal.sqlite.items"
      if isJournals {
        let other = try Workbench(folder + "/other")
        try await Toy.fill(other.tables, 10)
        _ = try await other.run(Toy.addsAttribute)
        _ = try await places(other.journal, 1, isIndexed: true)
        try FileManager.default.copyItem(atPath: folder + "/other/journal.sqlite.items", toPath: file)
      }
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 10)
      _ = try await bench.run(Toy.addsAttribute)
      if !isJournals {
        try Data(repeating: 0x41, count: 5_000).write(to: URL(fileURLWithPath: file))
        // What is damaged is passed over once, and made anew the next time.
        #expect(try await places(bench.journal, 1, isIndexed: true).count == 2)
      }
      try await compare(bench.journal, events: 2)
    }
  }

  @Test("that somebody has doctored can't hide an event from whoever verifies the journal first")
  func doctored() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 10)
      _ = try await bench.run(Toy.addsAttribute)
      #expect(try await places(bench.journal, 1, isIndexed: true).count == 2)
      try JournalSample.edit(folder + "/journal.sqlite.items", "DELETE FROM places")
      #expect(try await places(bench.journal, 1, isIndexed: true).isEmpty)
      _ = try await bench.journal.verify(lookingFor: nil, at: nil)
      #expect(try await places(bench.journal, 1, isIndexed: true).count == 2)
    }
  }

  @Test("that can't be made or belongs to somebody who may write it is done without")
  func notWritable() async throws {
    try await withTemporaryFolder { folder in
      let file = folder + "/journal.sqlite.items"
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 10)
      _ = try await bench.run(Toy.addsAttribute)
      try Data().write(to: URL(fileURLWithPath: file))
      chmod(file, 0o666)
      try await compare(bench.journal, events: 2)
      #expect(try Data(contentsOf: URL(fileURLWithPath: file)).isEmpty)
    }
  }

  @Test("is gone after an erasure, since it holds digests of keys")
  func erased() async throws {
    try await withTemporaryFolder { folder in
      do {
        let bench = try Workbench(folder)
        try await Toy.fill(bench.tables, 10)
        _ = try await bench.run(Toy.addsAttribute)
        _ = try await places(bench.journal, 1, isIndexed: true)
      }
      #expect(FileManager.default.fileExists(atPath: folder + "/journal.sqlite.items"))
      try await eraseToys(folder)
      #expect(!FileManager.default.fileExists(atPath: folder + "/journal.sqlite.items"))
    }
  }

  private func eraseToys(_ folder: String) async throws {
    let erasure = JournalErasure(
      path: folder + "/journal.sqlite", as: ActorIdentity(user: "alice", host: "here", tool: "test 1"),
      .item(table: "toys", key: Self.key(1)), reason: "asked")
    _ = try await erasure.run()
  }
}
