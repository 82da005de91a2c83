import Foundation
import DynamoJournalSQLite
import TestSupport
import Testing

@testable import DynamoJournalEvents

@Suite("A journal whose file is swapped while it is open")
struct SwappedTests {
  enum Swap: CaseIterable { case moved, deleted, replaced, copied, linkTurned }

  private func swap(_ swap: Swap, _ path: String) throws {
    let files = FileManager.default
    switch swap {
    case .moved: try files.moveItem(atPath: path, toPath: path + ".away")
    case .deleted: try files.removeItem(atPath: path)
    case .replaced:
      try files.removeItem(atPath: path)
      _ = try Journal(path: path + ".other", for: .append(JournalSample.actor))
      try files.moveItem(atPath: path + ".other", toPath: path)
    case .copied:
      try files.copyItem(atPath: path, toPath: path + ".copy")
      try files.removeItem(atPath: path)
      try files.moveItem(atPath: path + ".copy", toPath: path)
    case .linkTurned:
      try files.moveItem(atPath: path, toPath: path + ".away")
      _ = try Journal(path: path + ".other", for: .append(JournalSample.actor))
      try files.createSymbolicLink(atPath: path, withDestinationPath: path + ".other")
    }
  }

  @Test("takes no event more, and says so", arguments: Swap.allCases)
  func refused(kind: Swap) async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/journal.sqlite"
      let journal = try Journal(path: path, for: .append(JournalSample.actor))
      let run = try await journal.begin()
      let head = await journal.head
      try swap(kind, path)
      await #expect(throws: JournalError.swapped(path: path)) {
        try await journal.plan(Draft.many(1), run: run)
      }
      await #expect(throws: JournalError.swapped(path: path)) {
        try await journal.begin("06-20261124-051402-aaaa")
      }
      #expect(await journal.head == head)
    }
  }

  @Test("is one journal by a link and by its own name: written to, locked, and erased from")
  func linked() async throws {
    try await withTemporaryFolder { folder in
      let (path, link) = (folder + "/journal.sqlite", folder + "/link")
      do { _ = try await Journal(path: path, for: .append(JournalSample.actor)).applied(Draft.many(2)) }
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      do {
        let journal = try Journal(path: link, for: .append(JournalSample.actor))
        _ = try await journal.applied(Draft.many(2), "06-20261124-051402-aaaa")
        #expect(Journal.isHeld(path: path) && Journal.isHeld(path: link))
        #expect(throws: JournalError.self) { try Journal(path: path, for: .append(JournalSample.actor)) }
      }
      let key = Array(#"{"id":{"S":"id-2"}}"#.utf8)
      let erasure = JournalErasure(
        path: link, as: JournalSample.actor, .item(table: "operators", key: key), reason: "asked")
      #expect(try await erasure.run().events > 0)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(bytes.range(of: Data("id-2".utf8)) == nil)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
      let head = try await verified(path).head
      #expect(try await verified(link).head == head)
    }
  }
}
