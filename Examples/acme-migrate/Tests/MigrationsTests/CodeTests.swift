import Foundation
import Migrations
import SpartaJournal
import SpartaJournalTesting
import Testing

@Suite("The code of migrations") struct CodeTests {
  @Test("each migration states the digest of its code")
  func digests() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let sources = MigrationSources(folder: root.appendingPathComponent("Sources/Migrations").path)
    for migration in [BackfillTotals(), RekeyParcels()] as [any Migration] {
      #expect(try sources.flaw(of: migration) == nil)
    }
  }
}
