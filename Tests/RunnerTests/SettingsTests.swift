import DynamoJournalRunner
import Testing

@Suite("Settings in the journal")
struct SettingsTests {
  private struct Reads: Migration {
    let name = "40_reads"
    let summary = "reads settings"
    let version = 1
    let code = MigrationCode("sha256:reads", files: "SettingsTests.swift")
    let variables = ["API_URL", "TABLE"]
    let testLimit = 1

    func check(_ settings: Settings, _ tables: TableReader) async throws {}
    func plan(_ planner: Planner) async throws {}
  }

  private let url = "https://user:password@example.org/api?key=secret#part"

  @Test func secretsAreNotKept() {
    let settings = Settings(
      variables: ["API_URL": url, "TABLE": "toys", "TOKEN": "secret"],
      options: [MigrationOption("create-target", help: "")],
      testMode: true,
      limit: 7)
    #expect(
      settings.journaled(for: Reads()) == [
        "API_URL": "https://example.org/api", "TABLE": "toys", "--create-target": "true", "--test": "true",
        "--limit": "7",
      ])
  }

  @Test func aResumedRunHasItsOwnSettingsAndTheSecretsOfNow() {
    let kept = ["API_URL": "https://example.org/api", "TABLE": "toys", "--limit": "7"]
    let settings = Settings(
      journaled: kept, migration: Reads(), current: ["API_URL": url, "TABLE": "others", "TOKEN": "secret"])
    #expect(settings["API_URL"] == url, "the same URL, with what may not be journaled")
    #expect(settings["TABLE"] == "toys")
    #expect(settings["TOKEN"] == "secret")
    #expect(settings.limit == 7 && !settings.testMode)
    let moved = Settings(journaled: kept, migration: Reads(), current: ["API_URL": "https://other.org/api"])
    #expect(moved["API_URL"] == "https://example.org/api")
  }
}
