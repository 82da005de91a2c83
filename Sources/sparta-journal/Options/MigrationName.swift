import ArgumentParser
import Migrations
import Runner

/// Migrations as typed.
enum MigrationName {
  /// The migration of that name.
  ///
  /// - Throws: `ValidationError`, with the name that was probably meant.
  static func find(_ typed: String) throws -> any Migration {
    if let found = Catalog.migration(named: typed) { return found }
    let hint = Catalog.nearest(to: typed).map { ", did you mean '\($0)'?" } ?? ":"
    throw ValidationError("there is no migration '\(typed)'\(hint) 'sparta-journal list' shows all")
  }
}
