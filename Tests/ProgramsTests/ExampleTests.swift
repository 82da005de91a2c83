import Foundation
import DynamoJournalEvents
import DynamoJournalPrograms
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("The examples of programs") struct ExampleTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Examples/programs").path

  /// The command in the file, which has it on one line: words, and one text in quotation marks.
  private func definition(_ name: String) throws -> ProgramDefinition {
    let text = try String(contentsOfFile: "\(Self.folder)/\(name).yaml", encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("exec: [") })
    let parts = line.dropFirst("exec: [".count).dropLast().split(separator: "'", maxSplits: 1)
    var words = parts[0].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
      !$0.isEmpty
    }
    if parts.count > 1 { words.append(String(parts[1].dropLast())) }
    var definition = ProgramDefinition(
      name: "01_example", summary: "an example", tableDefault: "users", command: words, folder: Self.folder)
    if text.contains("onError: note") { definition.onError = .note }
    return definition
  }

  static let planned = [
    ("backfill", 200, "jq"), ("rename", 300, "jq"), ("change-type", 300, "jq"), ("delete", 60, "jq"),
    ("rekey", 600, "jq"), ("split", 300, "jq"), ("lowercase", 300, "python3"), ("plan-price", 100, "node"),
  ]

  @Test("forward, back to the byte, and nothing more to do", arguments: planned.indices)
  func cycle(_ index: Int) async throws {
    let (name, planned, program) = Self.planned[index]
    guard has(program) else {
      return print("\(program) is not on this machine: the example '\(name)' is not run")
    }
    try await MigrationHarness.use { harness in
      try await harness.seed(ProgramTrial.users, (0..<300).map(Self.user))
      try await harness.seed(
        TableSpec(name: "users-by-email", key: KeySchema(partition: KeyAttribute("email", .string))))
      try await harness.seed(
        TableSpec(
          name: "addresses",
          key: KeySchema(partition: KeyAttribute("id", .string), sort: KeyAttribute("place", .number))))
      try await harness.seed(ProgramTrial.plans, [["plan": .string("gold"), "price": .number(9)]])
      let migration = ProgramMigration(try definition(name))
      try await harness.cycle(migration, Settings(variables: [:]), planned: planned) {}
    }
  }

  /// Every attribute that one of the examples looks for.
  static func user(_ number: Int) -> Item {
    var item: Item = [
      "id": .string("u\(1_000 + number)"), "mail": .string("m\(number)"), "email": .string("M\(number)@x"),
      "total": .string("\(number)"),
    ]
    if number % 3 == 0 { item["plan"] = .string("gold") }
    if number % 5 == 0 { item["closed"] = .bool(true) }
    if number % 3 == 1 {
      item["addresses"] = .list([.map(["street": .string("a")]), .map(["street": .string("b")])])
    }
    return item
  }
}
