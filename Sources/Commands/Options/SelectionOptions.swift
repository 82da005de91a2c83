import ArgumentParser
import DynamoJournalEvents
import DynamoJournalExpressions
import DynamoJournalFiles
import DynamoJournalProgram
import DynamoJournalRunner
import DynamoJournalTables

/// Which changes of a run are undone, as options: a change has to meet all that are given.
struct SelectionOptions: ParsableArguments {
  @Option(help: "Only the changes of this table.") var table: String?
  @Option(
    name: .customLong("key"), parsing: .singleValue,
    help: "Only the changes of this item; again for more of them; with --table.") var keys: [String] = []
  @Option(
    help: ArgumentHelp(
      "Only the changes of the items whose keys stand in this file, a line each in DynamoDB JSON: {\"id\":{\"S\":\"…\"}}, or {\"table\":\"…\",\"key\":{…}} where a run changed several tables; - for standard input.",
      valueName: "file"), completion: .file()) var keysFrom: String?
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only the changes of items that meet this condition, as the run left them: of a created item all of it, of an updated one its key and what the run wrote, of a deleted one what was deleted.",
      valueName: "condition")) var condition: String?
  @Option(
    name: .customLong("attribute"), parsing: .singleValue,
    help: "Only changes that touch this attribute; again for more of them.") var attributes: [String] = []

  func validate() throws {
    if !keys.isEmpty && table == nil {
      throw ValidationError("--key needs --table, so that the key's type is known")
    }
  }

  /// The options as they are typed, each with a space before it.
  var typed: String {
    let options: [(String, String?)] =
      [("--table", table)] + keys.map { ("--key", $0) } + [("--keys-from", keysFrom), ("--where", condition)]
      + attributes.map { ("--attribute", $0) }
    return options.map { name, value in value.map { " \(name) \(ShellWord.text($0))" } ?? "" }.joined()
  }

  /// What is selected.
  ///
  /// - Throws: `DefinitionError`, `KeyTextError`, `Refusal` for a file of keys that is none.
  func selection(of fold: RunFold, in store: any TableStore) async throws -> RollbackSelection {
    var selection = RollbackSelection(table: table)
    if let table {
      for key in keys {
        let text = try await KeyFinder.text(key, table: table, in: store)
        selection.items.insert(.init(table: table, key: text))
      }
    }
    if let keysFrom {
      selection.items.formUnion(try KeyList(path: keysFrom, of: fold, table: table).items())
    }
    selection.attributes = attributes
    selection.condition = try condition.map(Self.condition)
    return selection
  }

  private static func read(_ source: ExpressionSource) throws -> Condition {
    do { return try Condition(source, scope: ExpressionScope(variables: [])) } catch {
      throw DefinitionError(error)
    }
  }

  private static func condition(_ text: String) throws -> RollbackSelection.Condition {
    let condition = try read(ExpressionSource(text, clause: "--where"))
    return RollbackSelection.Condition(text) { item in
      do throws(EvaluationFailure) { return try condition.holds(for: item) } catch {
        throw Refusal(
          "--where has no answer for an item of the run, so nothing was undone: \(error.reason.problem)",
          remedy: error.reason.remedy ?? "select such items out first, such as with attribute_type(…) AND …")
      }
    }
  }
}

/// A file of keys, a line each.
struct KeyList {
  /// More than this is a condition, or the whole run.
  private static let most = 1_000_000

  /// The file; `-` for standard input.
  let path: String
  private let tables: [String]
  private let table: String?

  init(path: String, of fold: RunFold, table: String?) {
    self.path = path
    self.table = table
    tables = fold.plan?.tally.map(\.table) ?? []
  }

  /// The items.
  ///
  /// - Throws: `Refusal` for a line that is no key, or that does not say of which table; `FileError`.
  func items() throws -> Set<RollbackSelection.Item> {
    let reader = try LineReader(path: path == "-" ? "/dev/stdin" : path)
    var items: Set<RollbackSelection.Item> = []
    while let line = try reader.next() {
      guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
      items.insert(try item(line, reader.lineNumber))
      if items.count > Self.most {
        throw Refusal(
          "'\(path)' names more than \(Self.most) keys, and nothing was undone",
          remedy: "select them with --where, or undo them in several goes")
      }
    }
    if items.isEmpty { throw Refusal("'\(path)' names no key, so nothing was undone") }
    return items
  }

  private func item(_ line: [UInt8], _ number: Int) throws -> RollbackSelection.Item {
    let (named, key) = try KeyLine.read(line) ?? { throw refusal(number, "is no key in DynamoDB JSON") }()
    if let only = table, let named, named != only {
      throw refusal(number, "names table '\(named)', and --table '\(only)'")
    }
    guard let table = named ?? table ?? (tables.count == 1 ? tables.first : nil) else {
      throw refusal(number, "does not say which table it means: \(tables.joined(separator: ", "))")
    }
    return .init(table: table, key: key)
  }

  private func refusal(_ number: Int, _ what: String) -> Refusal {
    Refusal(
      "line \(number) of '\(path)' \(what), so nothing was undone",
      remedy: "write {\"id\":{\"S\":\"…\"}}, or {\"table\":\"…\",\"key\":{\"id\":{\"S\":\"…\"}}}")
  }
}
