import ArgumentParser
import DynamoJournalFiles
import DynamoJournalProgram
import Foundation
import DynamoJournalJSON

/// `new`: the skeleton of a migration, in a checkout.
struct NewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a migration's skeleton and its failing test in a package.",
    discussion: """
      Type it in the folder that holds Package.swift, with the migrations in Sources/Migrations. It needs no journal \
      and no target. With --yaml it makes a file of expressions instead, in the folder of migrations, which needs no \
      package: 'run' finds it there.
      """)
  @Argument(help: "Two digits, an underscore and words in lower case, such as 07_backfill_email.")
  var name: String
  @Flag(help: "Make a file of expressions instead of a Swift file and its test.") var yaml = false
  @OptionGroup var files: MigrationOptions
  @Option(help: "How the answer is written.") var format: OutputFormat = .text

  func run() async throws {
    let name = try MigrationName(name)
    if yaml { return try makeFile(name) }
    if files.migrations != nil {
      throw ValidationError("--migrations is for a file: add --yaml, or leave it out")
    }
    let checkout = try Checkout(root: FileManager.default.currentDirectoryPath)
    let migration = try NewMigration(name, in: checkout)
    try CheckoutWriter(checkout: checkout).write(migration)
    let answer = NewAnswer(name, migration)
    Console.answer(text: format == .json ? answer.jsonText : answer.text)
  }

  private func makeFile(_ name: MigrationName) throws {
    let variables = try Variables(file: nil)
    let folder: MigrationFolder
    // A folder that is named is made, too.
    do { folder = try files.folder(variables) } catch let error as DefinitionError {
      let path = files.migrations ?? variables[Program.variable("MIGRATIONS")] ?? MigrationOptions.usual
      guard !FileManager.default.fileExists(atPath: path) else { throw error }
      folder = try MigrationFolder(path, isNamed: false)
    }
    let file = try NewFile(name, MigrationFinder(catalog: CommandCatalog.current, folder: folder))
    try file.write()
    let answer = NewAnswer(name, file)
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

  init(_ name: MigrationName, _ file: NewFile) {
    self.name = name
    files = [file.path]
    changed = []
    next = [
      "fill in \(file.path)", "\(Program.name) doctor \(name.text)",
      "\(Program.name) run \(name.text) --dry-run",
    ]
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
