import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("A run that is taken forward and back")
struct TurnTests {
  @Test(
    "killed anywhere and turned around anywhere, ends at its start or its end to the byte",
    arguments: 0..<12)
  func anywhere(round: Int) async throws {
    let first = UInt64.random(in: 0...UInt64.max)
    for seed in (0..<2).map({ first &+ UInt64($0) }) {
      try await withTemporaryFolder { folder in
        var trial = TurnTrial(seed: seed, in: folder, try EmbeddedStore(path: folder + "/tables.sqlite"))
        try await trial.run()
      }
    }
  }
}
