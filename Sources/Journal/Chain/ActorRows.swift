import DynamoJournalSQLite

/// The people of a journal, as they stand in the file.
enum ActorRows {
  /// More than this many sessions no journal has; a table without end is not read to its end.
  private static let most = 1_000_000

  /// One of them.
  struct Row {
    let identity: ActorIdentity
    let seal: ActorSeal
  }

  /// All of them, by number.
  static func read(_ connection: Connection, format: Int64) throws -> [Int64: Row] {
    var rows: [Int64: Row] = [:]
    let statement = try connection.statement(format == 1 ? Queries.actorsOfFormatOne : Queries.actors)
    defer { statement.reset() }
    while try statement.step() {
      guard rows.count < most else {
        throw JournalError.fileDamaged(path: connection.path, reason: "the table of actors has no end")
      }
      let identity = ActorIdentity(
        user: statement.text(1) ?? "", uid: statement.optionalInteger(2).map { Int($0) },
        host: statement.text(3) ?? "", arn: statement.text(4), accessKeyID: statement.text(5),
        claims: ActorIdentity.claims(statement.text(6)), tool: statement.text(7) ?? "")
      rows[statement.integer(0)] = Row(
        identity: identity, seal: ActorSeal(identity, claims: statement.text(6)))
    }
    return rows
  }

  /// Writes an actor that is new, and returns its number.
  static func register(_ identity: ActorIdentity, _ connection: Connection) throws -> Int64 {
    let known = try read(connection, format: Journal.format)
    if let found = known.first(where: { $0.value.identity == identity }) { return found.key }
    try connection.transaction { try insert(identity, as: nil, connection) }
    return connection.lastInsertedRow
  }

  /// Writes an actor under a number, or under the next one.
  static func insert(_ identity: ActorIdentity, as id: Int64?, _ connection: Connection) throws {
    try connection.statement(Queries.insertActor)
      .bind(1, identity.user).bind(2, identity.uid.map { Int64($0) }).bind(3, identity.host)
      .bind(4, identity.arn).bind(5, identity.accessKeyID).bind(6, identity.claimsText)
      .bind(7, identity.tool).bind(8, id).run()
  }
}
