import DynamoJournalProgram
import ArgumentParser
import DynamoJournalJSON
import DynamoJournalRunner
import DynamoJournalTables

/// `tables`: what every target can do with its tables.
struct TablesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tables", abstract: "List, describe, create, import and export tables.",
    subcommands: [
      TablesListCommand.self, TablesDescribeCommand.self, TablesCreateCommand.self, TablesImportCommand.self,
      TablesExportCommand.self,
    ])
}

/// `tables list`
struct TablesListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the target's tables.")
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let target = try await common.open(common.variables(), creating: false)
    let store = target.store
    var tables: [TableDescription] = []
    for name in try await store.tables() {
      if let table = try await store.describe(name) { tables.append(table) }
    }
    switch common.format {
    case .json:
      let rows = tables.map(TableOutput.json)
      Console.answer(
        JSONValue.object([
          .init(name: "target", value: .string(target.name)), .init(name: "tables", value: .array(rows)),
        ]).prettyText())
    case .text:
      if tables.isEmpty { Console.say("no tables at \(target.name)") }
      for table in tables { Console.answer(TableOutput.line(table)) }
    }
  }
}

/// `tables describe`
struct TablesDescribeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "Show a table's key, indexes and size.")
  @OptionGroup var common: CommonOptions
  @Argument(help: "The table's name.") var table: String

  func run() async throws {
    let store = try await common.open(common.variables(), creating: false).store
    let found = try await TableOutput.require(table, in: store)
    switch common.format {
    case .json: Console.answer(TableOutput.json(found).prettyText())
    case .text:
      Console.answer("table    \(found.spec.name)")
      Console.answer("status   \(found.status.rawValue)")
      Console.answer("key      \(found.spec.key)")
      for index in found.spec.indexes { Console.answer("index    \(index.name)  \(index.key)") }
      Console.answer("items    \(found.itemCount)")
      Console.answer("bytes    \(found.sizeBytes)")
    }
  }
}

/// `tables create`
struct TablesCreateCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(commandName: "create", abstract: "Create a table.")
  @OptionGroup var common: CommonOptions
  @OptionGroup var design: TableDesignOptions
  @Argument(help: "The table's name.") var table: String

  func run() async throws {
    guard let spec = try design.spec(named: table) else {
      throw ValidationError("say the table's key with --key, such as --key discordId:S")
    }
    let store = try await common.open(common.variables(), creating: true, saying: true).store
    try await store.create(spec)
    let made = try await TableOutput.require(table, in: store)
    switch common.format {
    case .json: Console.answer(TableOutput.json(made).prettyText())
    case .text: Console.answer("created \(TableOutput.line(made))")
    }
  }
}

/// Tables as text and JSON.
enum TableOutput {
  /// The table, or a refusal that names it.
  static func require(_ table: String, in store: any TableStore) async throws -> TableDescription {
    if let found = try await store.describe(table) { return found }
    throw await TableReader(store).missing(table, remedy: "see '\(Program.command("tables list"))'")
  }

  /// One line: name, key, items, bytes, indexes.
  static func line(_ table: TableDescription) -> String {
    let indexes = table.spec.indexes.map { "\($0.name)=\($0.key)" }.joined(separator: " ")
    return
      "\(table.spec.name)  \(table.spec.key)  \(Plural.count(table.itemCount, "item"))  \(Plural.count(table.sizeBytes, "byte"))"
      + (indexes.isEmpty ? "" : "  \(indexes)")
  }

  /// The description as JSON.
  static func json(_ table: TableDescription) -> JSONValue {
    [
      "table": .string(table.spec.name), "status": .string(table.status.rawValue),
      "items": .number(table.itemCount), "bytes": .number(table.sizeBytes), "key": json(table.spec.key),
      "indexes": .array(table.spec.indexes.map { ["name": .string($0.name), "key": json($0.key)] }),
    ]
  }

  private static func json(_ key: KeySchema) -> JSONValue {
    .array(key.attributes.map { ["name": .string($0.name.string), "type": .string($0.type.rawValue)] })
  }
}
