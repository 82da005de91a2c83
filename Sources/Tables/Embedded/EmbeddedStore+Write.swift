import DynamoJournalSQLite

extension EmbeddedStore {
  /// Puts whole items, all or none of them; of two with one key the later stays.
  package func put(_ items: [Item], into table: String) throws {
    try writing { connection in
      var session = try WriteSession(connection)
      for item in items { try session.put(item, into: table) }
      try session.flush()
    }
  }

  /// Writes units of changes, each wholly or not at all.
  ///
  /// All units go in one transaction, so a unit that is refused must be found out before its first write.
  package func write(_ units: [[Change]]) throws -> [UnitReply] {
    try writing { connection in
      var session = try WriteSession(connection)
      let replies = try units.map { try session.write($0) }
      try session.flush()
      return replies
    }
  }
}
