import DynamoJournalRunner
import DynamoJournalTables
import Foundation
import TestSupport
import Testing

@testable import DynamoJournalFiles

/// The folder of the examples.
let examples = CheckoutCopy.original + "/Examples/migrations"

/// A migration from the text of a file.
func migration(
  _ text: String, variables: [String: String] = [:], parameters: [String: String] = [:]
) throws -> FileMigration {
  try FileMigration(
    CapturedDefinition(
      .file(path: "x.yaml", stem: "x", text: text), variables: variables, parameters: parameters))
}

/// What the file is refused with.
func refusal(_ text: String, parameters: [String: String] = [:]) -> String {
  do {
    _ = try migration(text, parameters: parameters)
    return "(none)"
  } catch { return "\(error)" }
}

/// A table keyed by `id`.
func table(_ name: String, key: String = "id", indexes: [IndexSpec] = []) -> TableSpec {
  TableSpec(name: name, key: KeySchema(partition: KeyAttribute(Text(key), .string)), indexes: indexes)
}

let none = Settings(variables: [:])
