import DynamoJournalProgram
import ArgumentParser
import DynamoJournalRunner

extension CommandCatalog {
  /// The migration of the name that somebody typed.
  ///
  /// - Throws: `ValidationError`, with the name that was probably meant.
  static func require(_ typed: String) throws -> any Migration {
    if let found = current.migration(named: typed) { return found }
    let hint = current.nearest(to: typed).map { ", did you mean '\($0)'?" } ?? ":"
    throw ValidationError("there is no migration '\(typed)'\(hint) '\(Program.name) list' shows all")
  }
}
