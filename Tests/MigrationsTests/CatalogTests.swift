import DynamoJournalProgram
import DynamoJournalRunner
import Testing

@testable import SpartaMigrations

@Suite("Catalog")
struct CatalogTests {
  @Test("migrations are found by their exact name only")
  func exactNames() {
    #expect(SpartaMigrations.catalog.migration(named: "06_add_wallet_to_operators") != nil)
    #expect(SpartaMigrations.catalog.migration(named: "test-migration") != nil)
    #expect(SpartaMigrations.catalog.migration(named: "06") == nil)
    #expect(SpartaMigrations.catalog.migration(named: "06_ADD_WALLET_TO_OPERATORS") == nil)
  }

  @Test(
    "what was meant is suggested",
    arguments: [
      ("06", "06_add_wallet_to_operators"), ("6", "06_add_wallet_to_operators"),
      ("06_add_wallet", "06_add_wallet_to_operators"), ("test", "test-migration"),
      ("test_migration", "test-migration"), ("TEST-MIGRATION", "test-migration"),
      ("06_add_walet_to_operator", "06_add_wallet_to_operators"),
    ])
  func suggestions(typed: String, meant: String) {
    #expect(SpartaMigrations.catalog.nearest(to: typed) == meant)
    let refusal = Refusal("unknown migration '\(typed)'", remedy: "did you mean '\(meant)'?")
    #expect(throws: refusal) { try SpartaMigrations.catalog.require(typed) }
  }

  @Test("nothing is suggested where nothing is near", arguments: ["", "99", "zzz", "drop all tables"])
  func nothingNear(typed: String) {
    #expect(SpartaMigrations.catalog.nearest(to: typed) == nil)
    #expect(throws: Refusal.self) { try SpartaMigrations.catalog.require(typed) }
  }

  @Test("a prefix of several names suggests none of them by itself")
  func ambiguousPrefix() {
    let names = ["03_add_wasslashed_field", "03_add_other"]
    #expect(Catalog.nearest(to: "03", among: names) == nil)
    #expect(Catalog.nearest(to: "03_add_w", among: names) == names[0])
  }

  @Test("names and versions are fit for a journal")
  func wellFormed() {
    #expect(Set(SpartaMigrations.all.map(\.name)).count == SpartaMigrations.all.count)
    for migration in SpartaMigrations.all {
      #expect(migration.version >= 1)
      #expect(!migration.variables.contains("BACKEND_API_KEY"))
    }
  }

  @Test("the distance between texts is Levenshtein's")
  func distance() {
    #expect(EditDistance.between("kitten", "sitting") == 3)
    #expect(EditDistance.between("", "abc") == 3)
    #expect(EditDistance.between("abc", "") == 3)
    #expect(EditDistance.between("same", "same") == 0)
  }
}
