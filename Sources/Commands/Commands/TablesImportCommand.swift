import DynamoJournalProgram
import ArgumentParser
import DynamoJournalJSON
import DynamoJournalRunner
import DynamoJournalTables

/// `tables import`: all lines of all files, or nothing.
struct TablesImportCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Load files of DynamoDB JSON lines into a table.",
    discussion: """
      Each line is {"Item": {…}} as in AWS's export to S3, or a bare item; files may be gzip'd. Every line is read and \
      checked before the first item is written. With --key (and --sort, --index) a missing table is created. Items of \
      the same key are replaced. Imports are not journaled: they are for loading data, not for migrating it.
      """)
  @OptionGroup var common: CommonOptions
  @OptionGroup var design: TableDesignOptions
  @Argument(help: "The table's name.") var table: String
  @Argument(help: "Files of items; - for standard input.", completion: .file()) var files: [String]

  func run() async throws {
    let wanted = try design.spec(named: table)
    let store = try await common.open(common.variables(), creating: wanted != nil, saying: true).store
    let existing = try await store.describe(table)
    let spec = try await TablesImportCommand.spec(table, existing: existing?.spec, wanted: wanted, store)
    let count = try await SpooledFile.withFiles(files) { files in
      let load = ItemImport(paths: files, into: spec)
      let count = try load.check()
      if existing == nil { try await store.create(spec) }
      try await load.load(into: store) { _ in }
      return count
    }
    switch common.format {
    case .json:
      Console.answer(
        JSONValue.object([
          .init(name: "table", value: .string(table)), .init(name: "imported", value: .number(count)),
          .init(name: "created", value: .bool(existing == nil)),
        ]).prettyText())
    case .text: Console.answer("imported \(Plural.count(count, "item")) into \(table)")
    }
  }

  /// The table that is there, as long as it is what the options say, or the one to create.
  private static func spec(
    _ table: String, existing: TableSpec?, wanted: TableSpec?, _ store: any TableStore
  ) async throws -> TableSpec {
    switch (existing, wanted) {
    case (let existing?, let wanted?) where existing.key != wanted.key:
      throw Refusal(
        "table '\(table)' exists with the key \(existing.key), not \(wanted.key)",
        remedy: "import into another table, or leave out --key")
    case (let existing?, _): return existing
    case (nil, let wanted?): return wanted
    case (nil, nil):
      throw await TableReader(store).missing(
        table, remedy: "add --key, such as --key discordId:S, to create it")
    }
  }
}

/// `tables export`
struct TablesExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a table's items as DynamoDB JSON lines to standard output.",
    discussion:
      "Items come in the table's own order, in canonical form: sorted, two exports can be compared byte by byte."
  )
  @OptionGroup var common: CommonOptions
  @Argument(help: "The table's name.") var table: String

  func run() async throws {
    let store = try await common.open(common.variables(), creating: false).store
    _ = try await TableOutput.require(table, in: store)
    try await TableReader(store).forEachPage(of: table) { items in
      var bytes: [UInt8] = []
      for item in items {
        bytes += Array(#"{"Item":"#.utf8)
        DynamoDBJSON.append(item, to: &bytes)
        bytes += [UInt8(ascii: "}"), UInt8(ascii: "\n")]
      }
      Console.answer(bytes: bytes)
      return true
    }
  }
}
