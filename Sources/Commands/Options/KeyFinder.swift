import ArgumentParser
import DynamoJournalRunner
import DynamoJournalTables

/// Keys as typed, turned into the canonical text that the journal keeps.
enum KeyFinder {
  /// The key's canonical text; its types are the table's.
  ///
  /// - Throws: `KeyTextError`, `DynamoDBJSONError` or `ValidationError` for what is not a key of the table.
  static func text(_ typed: String, table: String, in store: any TableStore) async throws -> String {
    guard let found = try await store.describe(table) else {
      throw await TableReader(store).missing(
        table,
        remedy: "write the key as DynamoDB JSON, such as {\"id\":{\"S\":\"…\"}}, whose types need no table")
    }
    do {
      return DynamoDBJSON.text(try KeyText.key(typed, of: found.spec.key).attributes)
    } catch let error as DecimalNumberError {
      throw ValidationError("'\(typed)' is not a key of table '\(table)': \(error)")
    }
  }

  /// The key's canonical bytes, by the table of the target; a key in DynamoDB JSON needs no table.
  static func bytes(
    _ typed: String, _ table: String, _ common: CommonOptions, _ variables: Variables
  ) async throws -> [UInt8] {
    if typed.hasPrefix("{") { return DynamoDBJSON.bytes(try DynamoDBJSON.item(from: Array(typed.utf8))) }
    let store = try await common.open(variables, creating: false).store
    return Array(try await text(typed, table: table, in: store).utf8)
  }
}
