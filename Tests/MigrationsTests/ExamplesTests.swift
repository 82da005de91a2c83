import Foundation
import DynamoJournalEvents
import SpartaMigrations
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Examples")
struct ExamplesTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Examples")

  private func items(_ file: String) throws -> [Item] {
    try Data(contentsOf: Self.folder.appendingPathComponent(file)).split(separator: 0x0A)
      .map { try DynamoDBJSON.item(fromLine: Array($0)) }
  }

  @Test("the example's operators are migrated as its README says")
  func operators() async throws {
    let sources = try items("node-operators.jsonl")
    let targets = try items("node-operators-by-address.jsonl")
    let settings = Sparta.settings(["API_URL": Self.folder.appendingPathComponent("api").absoluteString])
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable(), sources)
      try await harness.seed(Sparta.newTable(), targets)
      let run = try await harness.cycle(AddWalletToOperators(), settings, planned: 69) {
        try await harness.expect(Sparta.old, count: 5)
        try await harness.expect(Sparta.new, count: 36)
      }
      #expect(
        harness.counters(of: run) == [
          "validators fetched": 90, "validators with operators": 81, "unique operators": 38,
          "existing operators": 40, "processed": 40, "migrated": 34, "skipped without address": 4,
          "already migrated": 1, "conflicts": 1, "errors": 0,
        ])
      let codes = try await harness.notes(of: run).map { $0.prefix { $0 != "=" } }
      #expect(codes.filter { $0 == "skipped operatorWithoutValidator discordId" }.count == 4)
      #expect(codes.filter { $0 == "conflict addressTaken discordId" }.count == 1)
    }
  }

  @Test("the example's operators have every attribute type and 38 digits")
  func everyType() throws {
    var types: Set<String> = []
    func visit(_ value: AttributeValue) {
      types.insert(value.typeName)
      switch value {
      case .list(let elements): elements.forEach(visit)
      case .map(let attributes): attributes.entries.map(\.value).forEach(visit)
      default: break
      }
    }
    let sources = try items("node-operators.jsonl")
    sources.flatMap(\.entries).map(\.value).forEach(visit)
    #expect(types == ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"])
    let digits = sources.compactMap { item in
      if case .number(let stake)? = item["stake"] { stake.text.filter(\.isNumber).count } else { nil }
    }
    #expect(digits.max() == 38)
  }
}
