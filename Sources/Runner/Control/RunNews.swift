import DynamoJournalEvents

/// What is worth telling others about a run: hooks, notifications, the line of progress.
package struct RunNews: Sendable {
  /// What happened. The raw values are a contract with hooks.
  package enum Event: String, Sendable, CaseIterable {
    /// A run began, or goes on.
    case started
    /// Its plan is whole.
    case planned
    /// Nothing is sent any more: somebody paused it, or it holds by itself.
    case held
    /// It goes on.
    case continued
    /// It ended with changes that failed, or was refused.
    case failed
    /// It ended as it was asked to.
    case finished
    /// It stopped before its end.
    case interrupted
  }

  /// What happened.
  package let event: Event
  /// A sentence without an end.
  package let message: String
  /// When, in microseconds since 1970, UTC.
  package let at: Int64
  /// How the run stands.
  package let status: RunStatus

  /// News.
  package init(_ event: Event, _ message: String, at: Int64, _ status: RunStatus) {
    self.event = event
    self.message = message
    self.at = at
    self.status = status
  }
}
