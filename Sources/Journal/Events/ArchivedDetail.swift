import DynamoJournalTables

/// `archived`: which events left the journal for a file of their own, and where the chain goes on.
package struct ArchivedDetail: Codable, Hashable, Sendable {
  /// The last event that left; the first one that stayed is the next.
  package var through: Int64
  /// Its hash, in hexadecimal: what the first event that stayed is chained to.
  package var head: String
  /// The journal's id: the hash of its very first event, in hexadecimal.
  package var journal: String
  /// The name of the file that has them.
  package var file: String
  /// How many events that file has, those included that say how to verify it.
  package var fileEvents: Int64
  /// The hash of that file's last event, in hexadecimal: its checkpoint.
  package var fileHead: String
  /// The runs that left, in the order of their start.
  package var runs: [ArchivedRun]
  /// Why, in the words of whoever archived them; nil where none were given.
  package var reason: String?
}

/// A run that left the journal.
package struct ArchivedRun: Codable, Hashable, Sendable {
  /// Its id.
  package var run: String
  /// Its migration.
  package var migration: String
  /// The target, as it was typed.
  package var target: String
  /// Which store that was; nil where nothing says so.
  package var identity: TargetIdentity?
  /// Where it stood.
  package var state: RunState
  /// How many changes it had planned, and how many of them it left in the tables.
  package var planned: Int
  /// Changes that it left in the tables.
  package var left: Int
  /// When it moved last, in RFC 3339, UTC.
  package var endedAt: String

  init(_ fold: RunFold) {
    run = fold.started.run
    migration = fold.started.migration
    target = fold.started.target
    identity = fold.started.identity
    state = fold.position.state
    planned = fold.plan?.changes ?? 0
    left = fold.finished.map { max(0, $0.counts.applied - $0.counts.compensated) } ?? 0
    endedAt = Timestamp.text(fold.lastEventAt)
  }

  /// Whether it is on that target.
  package func isOn(target: String, identity: TargetIdentity?) -> Bool {
    if let identity, let own = self.identity { return own == identity }
    return self.target == target
  }
}
