import DynamoJournalEvents
import DynamoJournalTables

/// Which way a run goes through what it has written: back, or forward again.
enum TurnDirection: Hashable, Sendable {
  case undoing
  case redoing

  var judge: Judge.Direction { self == .undoing ? .undoing : .redoing }

  var stream: UnitStream.Direction { self == .undoing ? .backward : .forward }

  /// Whether a change has to be looked at.
  func isWanted(_ change: Int, _ states: ChangeStates) -> Bool {
    self == .undoing ? states.isToUndo(change) : states.isToRedo(change)
  }

  /// What is written: the change or its inverse; or, where a forced write of the other direction is to be taken back, the
  /// inverse of that.
  ///
  /// - Throws: `JournalError.erased` when what was written over is gone.
  func write(
    _ planned: PlannedChange, _ change: Change, _ states: ChangeStates, _ journal: Journal
  ) async throws -> Change {
    guard let event = states.overwritingToTakeBack(of: planned.ordinal, byRedo: self == .redoing) else {
      return self == .undoing ? change.inverse : change
    }
    return try await journal.overwriting(event, of: change).inverse
  }

  /// What is written for a unit, in the order of its changes of items.
  func writes(_ unit: PlannedUnit, _ states: ChangeStates, _ journal: Journal) async throws -> [Change] {
    var writes: [Change] = []
    for planned in unit.changes {
      guard case .item(let change) = planned.intended else { continue }
      writes.append(try await write(planned, change, states, journal))
    }
    return writes
  }

  /// What is done to a table.
  func write(_ change: TableChange) -> TableChange { self == .undoing ? change.inverse : change }
}
