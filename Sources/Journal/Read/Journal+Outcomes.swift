import DynamoJournalSQLite

/// The last outcome of each change of a run: four bytes a change, so that millions are no burden.
package struct LastOutcomes: Sendable {
  private let run: Int64
  /// By the number of the change less one: how far behind the run's number its last outcome stands, 0 for none.
  private var places: [UInt32]

  fileprivate init(run: Int64, changes: Int) {
    self.run = run
    places = Array(repeating: 0, count: changes)
  }

  /// The place of a change's last outcome; nil for a change that has none.
  package func event(of change: Int) -> Int64? {
    guard places.indices.contains(change - 1), places[change - 1] > 0 else { return nil }
    return run + Int64(places[change - 1])
  }

  fileprivate mutating func set(_ change: Int64, _ event: Int64) {
    guard change > 0, change <= places.count, let place = UInt32(exactly: event - run) else { return }
    places[Int(change - 1)] = place
  }
}

/// An outcome of a change: what came of it last.
package struct StoredOutcome: Sendable {
  /// What happened.
  package let kind: EventKind
  /// When, in microseconds since 1970, UTC.
  package let at: Int64
  /// By whom.
  package let by: ActorIdentity
  /// What is to be said of it.
  package let detail: OutcomeDetail
}

extension Journal {
  /// Goes once over the outcomes of a run, in order.
  ///
  /// - Parameter body: gets the kind and the time of each.
  package func forEachOutcome(
    of fold: RunFold, _ body: (EventKind, Int64) throws -> Void
  ) throws {
    try eachOutcome(of: fold) { kind, at, _, _ in try body(kind, at) }
  }

  /// The last outcome of each change of a sealed plan.
  package func lastOutcomes(of fold: RunFold) throws -> LastOutcomes {
    var last = LastOutcomes(run: fold.number, changes: fold.plan?.changes ?? 0)
    try eachOutcome(of: fold) { kind, _, change, seq in
      if kind != .overwriting { last.set(change, seq) }
    }
    return last
  }

  private func eachOutcome(
    of fold: RunFold, _ body: (EventKind, Int64, Int64, Int64) throws -> Void
  ) throws {
    guard let sealed = fold.sealedAt else { return }
    try translated {
      let statement = try connection.statement(Queries.outcomeTimes).bind(1, fold.number).bind(2, sealed)
      defer { statement.reset() }
      while try statement.step() {
        guard let kind = kind(statement.text(1), event: statement.integer(0)) else { continue }
        try body(kind, statement.integer(2), statement.integer(3), statement.integer(0))
      }
    }
  }

  /// An outcome with all that is to be said of it.
  ///
  /// - Throws: `JournalError.damaged` for an event that is none, or can't be read.
  package func outcome(at event: Int64) throws -> StoredOutcome {
    try translated {
      let row = try connection.statement(Queries.outcomeAt).bind(1, event).first {
        (kind: $0.text(0), at: $0.integer(1), actor: $0.integer(2), detail: $0.bytes(3))
      }
      guard let row, let kind = kind(row.kind, event: event) else {
        throw JournalError.damaged(event: event, reason: "it should be an outcome")
      }
      return StoredOutcome(
        kind: kind, at: row.at, by: try identity(row.actor, event: event),
        detail: try outcomeDetail(row.detail, event: event))
    }
  }
}
