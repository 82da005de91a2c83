import DynamoJournalTables

// What is journaled when a run moves from one state to another.

/// `interrupted`: why, and whether everything that was under way was journaled.
package struct InterruptedDetail: Codable, Hashable, Sendable {
  /// Why the run stopped.
  package enum Cause: String, Codable, Sendable {
    /// Ctrl-C or SIGTERM.
    case signal
    /// The target was lost.
    case target
    /// The process had died; found by the command that came after it.
    case died
    /// An input could not be had or was not what it must be.
    case input
    /// A table or a setting was not what the migration needs.
    case configuration
    /// The guard of a table was taken over by somebody else.
    case heldElsewhere
  }

  /// Why.
  package var cause: Cause
  /// Whether every write that was sent has its outcome journaled.
  package var drained: Bool
  /// One sentence.
  package var message: String
  /// What the target has cost since the last event that says so; nil where it costs nothing.
  package var cost: TargetCost?
  /// The changes that were sent and have no answer, by their numbers in the plan; nil where it is not known which they are.
  package var unanswered: [Int]?
  /// Who asked for it from another terminal; nil where nobody did.
  package var askedBy: OperatorAccount?

  /// The detail of an `interrupted` event.
  package init(
    cause: Cause, drained: Bool, message: String, cost: TargetCost? = nil, unanswered: [Int]? = nil,
    askedBy: OperatorAccount? = nil
  ) {
    self.askedBy = askedBy
    self.unanswered = unanswered
    self.cause = cause
    self.drained = drained
    self.message = message
    self.cost = cost
  }
}

/// `resumed`: how the run goes on.
package struct ResumedDetail: Codable, Hashable, Sendable {
  /// Whether failed changes are tried again.
  package var retryFailed: Bool
  /// Why, in the words of whoever resumed it.
  package var reason: String?

  /// The detail of a `resumed` event.
  package init(retryFailed: Bool, reason: String? = nil) {
    self.retryFailed = retryFailed
    self.reason = reason
  }
}

/// `applyStarted`: who let the plan through.
package struct ApplyStartedDetail: Codable, Hashable, Sendable {
  /// How it was confirmed: `terminal`, `--yes` or `embedded store`.
  package var confirmedBy: String
  /// The digest of the plan that was confirmed.
  package var digest: String

  /// The detail of an `applyStarted` event.
  package init(confirmedBy: String, digest: String) {
    self.confirmedBy = confirmedBy
    self.digest = digest
  }
}

/// `inspected`: which stage was found right, so that a resumed run need not look at it again.
package struct InspectedDetail: Codable, Hashable, Sendable {
  /// The stage.
  package var stage: Int

  /// The detail of an `inspected` event.
  package init(stage: Int) { self.stage = stage }
}

/// `rollbackStarted`: what is undone, and what happens on a conflict.
package struct RollbackStartedDetail: Codable, Hashable, Sendable {
  /// `stop`, `skip` or `force`.
  package var onConflict: String
  /// Only this table, or nil for all.
  package var table: String?
  /// Only this key, as DynamoDB JSON, or nil for all.
  package var key: String?
  /// Why, in the words of whoever asked for it.
  package var reason: String?

  /// Whether only a part of the run is undone.
  package var isPartial: Bool { table != nil || key != nil }

  /// The detail of a `rollbackStarted` event.
  package init(onConflict: String, table: String?, key: String?, reason: String? = nil) {
    self.onConflict = onConflict
    self.table = table
    self.key = key
    self.reason = reason
  }
}

/// `redoStarted`: what happens on a conflict.
package struct RedoStartedDetail: Codable, Hashable, Sendable {
  /// `stop`, `skip` or `force`; nil of programs that knew `skip` only.
  package var onConflict: String?
  /// Why, in the words of whoever asked for it.
  package var reason: String?

  /// The detail of a `redoStarted` event.
  package init(onConflict: String?, reason: String? = nil) {
    self.onConflict = onConflict
    self.reason = reason
  }
}

/// `closed`: why, in the words of whoever asked for it.
package struct ReasonDetail: Codable, Hashable, Sendable {
  /// The reason; nil where none was given.
  package var reason: String?

  /// The detail of a `closed` event.
  package init(reason: String?) { self.reason = reason }
}

/// `finished`: where the run ended.
package struct FinishedDetail: Codable, Hashable, Sendable {
  /// `applied`, `incomplete` or `rolledBack`.
  package var state: RunState
  /// With `incomplete`, of a redo: everything that was undone is made again, so what is left is what applying had left. Nil
  /// otherwise.
  package var isRedone: Bool?
  /// The counts at that moment.
  package var counts: RunCounts
  /// What the target has cost since the last event that says so; nil where it costs nothing.
  package var cost: TargetCost?

  /// The detail of a `finished` event.
  package init(state: RunState, isRedone: Bool? = nil, counts: RunCounts, cost: TargetCost? = nil) {
    self.state = state
    self.isRedone = isRedone
    self.counts = counts
    self.cost = cost
  }
}
