import DynamoJournalSQLite

/// An event of a run's own, as far as a history of the run needs it.
package struct RunMoment: Hashable, Sendable {
  /// Its place.
  package let seq: Int64
  /// What happened.
  package let kind: EventKind
  /// When, in microseconds since 1970, UTC.
  package let at: Int64
  /// By whom.
  package let by: ActorIdentity

  /// A moment.
  package init(seq: Int64, kind: EventKind, at: Int64, by: ActorIdentity) {
    (self.seq, self.kind, self.at, self.by) = (seq, kind, at, by)
  }
}

extension Journal {
  /// What happened to a run as a whole, in order; notes, inputs and the planner's checkpoints left out.
  package func moments(of run: Int64) throws -> [RunMoment] {
    try translated {
      let rows = try connection.statement(Queries.moments).bind(1, run).all {
        (seq: $0.integer(0), kind: $0.text(1), at: $0.integer(2), actor: $0.integer(3))
      }
      return try rows.compactMap { row in
        guard let kind = kind(row.kind, event: row.seq) else { return nil }
        guard Timestamp.range.contains(row.at) else {
          throw JournalError.damaged(event: row.seq, reason: "its time can't be right")
        }
        return RunMoment(seq: row.seq, kind: kind, at: row.at, by: try identity(row.actor, event: row.seq))
      }
    }
  }
}
