import ArgumentParser
import Foundation
import DynamoJournalJSON

/// `new`: the skeleton of a migration, in a checkout.
struct NewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a migration's skeleton and its failing test in a package.",
    discussion: """
      Type it in the folder that holds Package.swift, with the migrations in Sources/Migrations. It needs no journal \
      and no target.
      """)
  @Argument(help: "Two digits, an underscore and words in lower case, such as 07_backfill_email.")
  var name: String
  @Option(help: "How the answer is written.") var format: OutputFormat = .text

  func run() async throws {
    let name = try MigrationName(name)
    let checkout = try Checkout(root: FileManager.default.currentDirectoryPath)
    let migration = try NewMigration(name, in: checkout)
    try CheckoutWriter(checkout: checkout).write(migration)
    let answer = NewAnswer(name, migration)
    Console.answer(text: format == .json ? answer.jsonText : answer.text)
  }
}

/// What was made, and what to do next.
struct NewAnswer {
  private let name: MigrationName
  private let files: [String]
  private let changed: [String]
  private let next: [String]

  init(_ name: MigrationName, _ migration: NewMigration) {
    self.name = name
    files = migration.files.map(\.path)
    changed = [migration.catalog.path]
    var next = [
      "fill in \(name.migrationFile) and \(name.testFile)",
      "swift test --disable-xctest --filter '\(name.type)Tests'",
      "set the digest in \(name.migrationFile) as that test says",
    ]
    if files.contains(name.page) { next.append("fill in \(name.page), and name it in README.md") }
    self.next = next
  }

  var jsonText: String {
    let strings = { (texts: [String]) in JSONValue.array(texts.map { .string($0) }) }
    let object: JSONValue = [
      "migration": .string(name.text), "files": strings(files), "changed": strings(changed),
      "next": strings(next),
    ]
    return object.prettyText() + "\n"
  }

  var text: String {
    let facts = [("made", files), ("changed", changed), ("next", next)]
    let lines = facts.flatMap { title, values in
      values.enumerated().map { index, value in
        (index == 0 ? title : "").padding(toLength: 9, withPad: " ", startingAt: 0) + value
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
