import DynamoJournalSQLite

/// The guards are rows in the store's own file: what holds them is checked in the very transaction that writes.
extension EmbeddedStore {
  /// All claims, sorted by table.
  package func claims() throws -> [GuardClaim] {
    try reading { connection in
      guard try EmbeddedStore.format(connection) > 1 else { return [] }
      return try connection.statement(EmbeddedSQL.allGuards).all { try EmbeddedStore.claim($0, connection) }
    }
  }

  /// The table's claim.
  package func claim(on table: String) throws -> GuardClaim? {
    try reading { try EmbeddedStore.claim(on: table, $0) }
  }

  /// Compares and writes in one transaction.
  package func replace(_ old: GuardClaim?, with new: GuardClaim) throws -> GuardReplacement {
    try writingUnguarded { connection in
      let found = try EmbeddedStore.claim(on: new.table, connection)
      guard found == old else { return .found(found) }
      try EmbeddedStore.put(new, connection)
      return .done
    }
  }

  /// Requires that a claim was not taken over, released or removed.
  static func require(_ claim: GuardClaim, _ connection: Connection) throws {
    let found = try self.claim(on: claim.table, connection)
    guard let found, found.state == .held, found.isSameTaking(as: claim) else {
      throw StoreError.guardLost(GuardLost(tables: [claim.table], cause: .replaced(by: found)))
    }
  }

  private static func claim(on table: String, _ connection: Connection) throws -> GuardClaim? {
    guard try format(connection) > 1 else { return nil }
    return try connection.statement(EmbeddedSQL.guardOfTable).bind(1, table).first {
      try claim($0, connection)
    }
  }

  private static func claim(_ row: Statement, _ connection: Connection) throws -> GuardClaim {
    guard let state = row.text(10).flatMap(GuardClaim.State.init) else {
      throw StoreError.damaged(connection.path, "a guard in a state that does not exist")
    }
    let holder = GuardHolder(
      owner: row.text(1) ?? "", journal: row.text(2) ?? "", run: row.text(3) ?? "", token: row.text(4) ?? "")
    let mark = row.text(7).map {
      GuardMark(journal: $0, head: row.text(8) ?? "", size: row.integer(9))
    }
    return GuardClaim(
      table: row.text(0) ?? "", holder: holder, fence: row.integer(5), expiresAt: row.integer(6), mark: mark,
      state: state, reason: row.text(11))
  }

  private static func put(_ claim: GuardClaim, _ connection: Connection) throws {
    try connection.statement(EmbeddedSQL.putGuard)
      .bind(1, claim.table).bind(2, claim.holder.owner).bind(3, claim.holder.journal)
      .bind(4, claim.holder.run).bind(5, claim.holder.token).bind(6, claim.fence)
      .bind(7, claim.expiresAt).bind(8, claim.mark?.journal).bind(9, claim.mark?.head)
      .bind(10, claim.mark?.size).bind(11, claim.state.rawValue).bind(12, claim.reason).run()
  }
}
