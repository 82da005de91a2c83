import DynamoJournalSQLite

/// Turns a journal of format 1 into one of format 2 before anything is appended.
///
/// The events of format 1 stay as they are, hashes included, so that a head that somebody kept is still found; an `upgraded`
/// event says where format 2 begins. The old file stays beside the new one as `<journal>.format-1`.
enum JournalUpgrade {
  /// Does so where it is needed; the caller holds the lock.
  ///
  /// - Throws: `JournalError.damaged` when the chain does not verify: nothing is changed then.
  static func run(_ path: String, as identity: ActorIdentity, clock: () -> Int64) throws {
    guard try isNeeded(path) else { return }
    try JournalRewriter(path: path).replace(keeping: unusedName(path + ".format-1")) { old, new in
      let copy = try JournalCopy(from: old, format: 1, to: new)
      try copy.whole()
      try copy.append(.upgraded, UpgradedDetail(from: 1), as: identity, at: clock())
    }
  }

  private static func isNeeded(_ path: String) throws -> Bool {
    let connection = try Connection(path: path, mode: .look)
    guard try connection.statement("PRAGMA application_id").first({ $0.integer(0) }) == Journal.applicationID
    else { return false }
    return try JournalFile.check(connection) == 1
  }
}
