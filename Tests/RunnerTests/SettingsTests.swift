import DynamoJournalRunner
import Foundation
import Testing

@testable import DynamoJournalRunner

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

  private let url = "https://user:password@example.org/api?key=secret"

  @Test func secretsAreNotKept() {
    let settings = Settings(
      variables: ["API_URL": url, "TABLE": "toys", "TOKEN": "secret"],
      options: [MigrationOption("create-target", help: "")],
      testMode: true,
      limit: 7)
    let address = settings.journaled(for: Reads())["API_URL"] ?? ""
    #expect(address.hasPrefix("https://example.org [secret part ") && !address.contains("api"))
    #expect(
      settings.journaled(for: Reads()) == [
        "API_URL": address, "TABLE": "toys", "--create-target": "true", "--test": "true",
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
    // Nothing is ever sent to what only a journal names.
    let moved = Settings(journaled: kept, migration: Reads(), current: [:])
    #expect(moved["API_URL"] == nil)
  }

  @Test(
    "what is meant for an address and can't be read is refused by its name, without its value",
    arguments: [
      "http:/user:PW@h", "http:///user:PW@h", "HTTP:/user:PW@h", "http://user:P/W@h", "http://user:P?W@h",
      "http://user:P#W@h", "user:PW@h", "http://evil.example%2F.localhost/PW", "gopher://PW",
    ])
  func unreadable(_ text: String) {
    let settings = Settings(variables: ["API_URL": text])
    let refusal = #expect(throws: Refusal.self) { try settings.checkAddresses(of: Reads()) }
    #expect(refusal?.description.contains("API_URL") == true)
    #expect(refusal?.description.contains("PW") == false && refusal?.description.contains("W@h") == false)
    #expect(settings.journaled(for: Reads()).values.allSatisfy { !$0.contains("W") || $0 == "toys" })
  }

  @Test(
    "a run goes on only with the addresses that the environment names now",
    arguments: [
      ("https://evil.example [secret part 01234567]", "https://h.example/key"),
      ("https://evil.example/key", "https://h.example/key"), ("https://evil.example", nil),
      (nil, "https://h.example"),
    ] as [(String?, String?)])
  func elsewhere(_ then: String?, _ now: String?) {
    let refusal = #expect(throws: Refusal.self) {
      try Settings.checkAddresses(
        journaled: ["API_URL": then, "TABLE": "a"].compactMapValues { $0 }, migration: Reads(),
        current: ["API_URL": now, "TABLE": "b"].compactMapValues { $0 })
    }
    for host in [then, now].compactMap({ $0 }).map({ $0.contains("evil") ? "evil.example" : "h.example" }) {
      #expect(refusal?.description.contains(host) == true)
    }
    #expect(refusal?.description.contains("/key") == false)
  }

  @Test(
    "the same address goes on, whatever version journaled it",
    arguments: [
      "https://h.example/key", "https://u:p@h.example/key", "file:///tmp/replies", "http://127.0.0.1:1",
    ])
  func same(_ url: String) throws {
    let settings = Settings(variables: ["API_URL": url])
    let kept = settings.journaled(for: Reads())
    try Settings.checkAddresses(journaled: kept, migration: Reads(), current: ["API_URL": url])
    let earlier = url.replacingOccurrences(of: "u:p@", with: "")
    try Settings.checkAddresses(
      journaled: ["API_URL": earlier], migration: Reads(), current: ["API_URL": url])
  }
}
