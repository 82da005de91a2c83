/// What an event says. The raw values stand in the journal and in `audit --format json`.
///
/// The schema knows no list of them: a newer program may write kinds that this one does not know, which it names instead
/// of guessing (`JournalError.unknownKind`).
package enum EventKind: String, Sendable, CaseIterable {
  // MARK: About the run

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
  /// Somebody has signed the plan's digest.
  case approved
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
  /// A part of the run was chosen, for the rollback that begins with the next event.
  case selected
  /// From here on changes may have been undone.
  case rollbackStarted
  /// From here on the rollback may have been undone.
  case redoStarted
  /// Applying, rolling back or redoing came to its end.
  case finished
  /// The run will not go on.
  case closed
  /// A backup of the run was restored into a new table.
  case restored
  /// Somebody asked the process at work to pause: nothing is sent until somebody lets it go on.
  case paused
  /// Somebody let a paused run go on.
  case continued
  /// Somebody changed how fast the process at work sends.
  case paced
  /// The process at work holds by itself: a command said so, or the target refuses too much.
  case held
  /// What the run was held for is over.
  case released

  // MARK: About a change

  /// A change is intended.
  case planned
  /// The change is in the table.
  case applied
  /// The change, its undoing or its redoing was not made.
  case failed
  /// Somebody else's image is about to be written over by a forced rollback: it stands here first.
  case overwriting
  /// The change was undone.
  case compensated
  /// The undoing of the change was undone.
  case reapplied

  // MARK: About the journal

  /// What follows is of format 2.
  case upgraded
  /// What followed was damaged and was put aside.
  case recovered
  /// Values were taken out for good.
  case erased
  /// Runs that were over left the journal for a file of their own.
  case archived
  /// A backup is deleted from here on.
  case backupDeleted

  /// What an event is about.
  package enum Subject: Sendable {
    /// A run.
    case run
    /// One change of a run.
    case change
    /// The journal itself.
    case journal
  }

  /// What the event is about.
  package var subject: Subject {
    switch self {
    case .planned, .applied, .failed, .overwriting, .compensated, .reapplied: .change
    case .upgraded, .recovered, .erased, .archived, .backupDeleted: .journal
    case .started, .input, .note, .checkpoint, .sealed, .approved, .backedUp, .applyStarted, .inspected,
      .interrupted, .resumed, .selected, .rollbackStarted, .redoStarted, .finished, .closed, .restored,
      .paused,
      .continued, .paced, .held, .released:
      .run
    }
  }

  /// Whether the event is about one change rather than about the run.
  package var isAboutChange: Bool { subject == .change }
}
