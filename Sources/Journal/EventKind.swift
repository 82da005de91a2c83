/// What an event says. The raw values stand in the journal and in `audit --format json`.
public enum EventKind: String, Sendable, CaseIterable {
  /// A run began: migration, options, target, reason.
  case started
  /// A piece of an external reply used for planning.
  case input
  /// A finding that changes nothing.
  case note
  /// How far the planner has come; committed together with the changes that it planned on the way.
  case checkpoint
  /// The plan is whole: counts and digest.
  case sealed
  /// A table was backed up before the first change.
  case backedUp
  /// From here on changes may have been written.
  case applyStarted
  /// The migration looked at what a stage had left, and found it right.
  case inspected
  /// The run stopped before its end.
  case interrupted
  /// The run goes on.
  case resumed
  /// From here on changes may have been undone.
  case rollbackStarted
  /// Applying or rolling back came to its end.
  case finished
  /// A change is intended.
  case planned
  /// The change is in the table.
  case applied
  /// The change, or its undoing, was not made.
  case failed
  /// The change was undone.
  case compensated

  /// Whether the event is about one change rather than about the run.
  public var isAboutChange: Bool {
    switch self {
    case .planned, .applied, .failed, .compensated: true
    default: false
    }
  }
}
