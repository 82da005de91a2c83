import ArgumentParser
import Migrations
import Runner

extension Catalog {
  /// The migration of the name that somebody typed.
  ///
  /// - Throws: `ValidationError`, with the name that was probably meant.
  static func require(_ typed: String) throws -> any Migration {
    if let found = migration(named: typed) { return found }
    let hint = nearest(to: typed).map { ", did you mean '\($0)'?" } ?? ":"
    throw ValidationError("there is no migration '\(typed)'\(hint) 'sparta-journal list' shows all")
  }
}
