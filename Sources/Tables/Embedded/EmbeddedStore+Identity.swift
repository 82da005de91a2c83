import DynamoJournalSQLite

extension EmbeddedStore {
  /// The identity in the file at that path, which is not changed; nil when there is no file.
  ///
  /// - Throws: `StoreError`; `NoStoreIdentity` for a store of an older program that nobody has written to since.
  package static func identity(ofFileAt path: String) throws -> TargetIdentity? {
    guard FileIdentity(path) != nil else { return nil }
    let connection = try look(path)
    return try translated { try connection.read { try identity(connection) } }
  }

  /// Where a store's file is: absolute, and without links on the way; nil when there is none at that path.
  package static func location(of path: String) -> String? { FileIdentity.location(path) }

  static func identity(_ connection: Connection) throws -> TargetIdentity {
    guard try format(connection) > 1 else { throw StoreError.noIdentity(connection.path) }
    let id = try connection.statement(EmbeddedSQL.identity).first { $0.text(0) }
    guard let id, TargetIdentity.isID(id) else {
      throw StoreError.damaged(connection.path, "a store without its id")
    }
    return .embedded(id: id)
  }

  /// Requires that the path still leads to the file.
  static func require(_ file: FileIdentity, at path: String) throws(StoreError) {
    guard FileIdentity(path) == file else { throw .fileReplaced(path) }
  }
}
