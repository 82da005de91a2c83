import ArgumentParser

/// The name of a migration that is to be made: `07_backfill_email`.
struct MigrationName: Hashable {
  /// Longer ones make for unreadable tables and files.
  static let longest = 60

  /// As people type it.
  let text: String

  /// Reads a name.
  ///
  /// - Throws: `ValidationError` for one that is not two digits, an underscore and words in lower-case snake case.
  init(_ text: String) throws {
    guard text.wholeMatch(of: /[0-9]{2}(_[a-z][a-z0-9]*)(_[a-z0-9]+)*/) != nil else {
      throw ValidationError(
        "'\(text)' is not a name for a migration: it is two digits, an underscore and words in lower case, such as 07_backfill_email"
      )
    }
    guard text.count <= Self.longest else {
      throw ValidationError(
        "'\(text)' is too long for a migration's name: take at most \(Self.longest) characters, such as 07_backfill_email"
      )
    }
    self.text = text
  }

  /// `07`
  var number: String { String(text.prefix(2)) }

  /// `backfill_email`
  var title: String { String(text.dropFirst(3)) }

  /// `BackfillEmail`; one word alone could be any type's name, so it gets a second one.
  var type: String {
    let words = title.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
    return words.count > 1 ? words.joined() : words.joined() + "Migration"
  }

  /// The files that are made, from the root of the checkout.
  var migrationFile: String { "Sources/Migrations/\(text).swift" }
  var testFile: String { "Tests/MigrationsTests/\(type)Tests.swift" }
  var page: String { "docs/migrations/\(number).md" }
}
