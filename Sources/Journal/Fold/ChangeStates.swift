import BitCollections
import DynamoJournalTables

/// The fold of a run's change events: one bit a change and state, so that ten million changes take a few megabytes.
package struct ChangeStates: Sendable {
  /// How many changes are planned; their numbers are 1 … planned.
  package private(set) var planned = 0
  /// Applied, by us or found so.
  package private(set) var applied = BitSet()
  /// May or may not have been made: under way when a process died or lost its target.
  package private(set) var inDoubt = BitSet()
  /// Failed, and neither applied nor sent again since.
  package private(set) var failed = BitSet()
  /// Of those that failed: in doubt once, and found not made by a rollback.
  private var neverMade = BitSet()
  /// Undone.
  package private(set) var compensated = BitSet()
  /// Applied by somebody else before us: left alone by a rollback.
  package private(set) var foreign = BitSet()
  /// Could not be undone so far.
  package private(set) var undoFailed = BitSet()
  /// Undone without our doing: somebody else had taken the change back.
  package private(set) var undoneByOthers = BitSet()
  /// Could not be redone so far.
  package private(set) var redoFailed = BitSet()
  /// Not known to be undone, but an undoing may have been sent whose outcome is not journaled.
  package private(set) var maybeUndone = BitSet()
  /// Undone, but a redoing may have been sent whose outcome is not journaled.
  package private(set) var maybeRedone = BitSet()
  /// Whether outcomes may be missing from the journal, since a recovery put its end aside: what is found so may be ours.
  package private(set) var isUncertain = false
  /// What forced writes have put over what others had written.
  private var forced = ForcedWrites()
  /// Changes that have an outcome of the process at work.
  private var settled = BitSet()
  /// What the process at work does.
  private var activity = RunState.applying

  /// No change.
  package init() {}

  /// The changes of a sealed plan, before any outcome.
  init(planned: Int) { self.planned = planned }

  /// The changes whose outcome the process at work, or the one that died, has not journaled: those that it may have sent
  /// are among them.
  var unsettled: BitSet {
    switch activity {
    case .rollingBack: undoable.union(inDoubt).union(maybeRedone).subtracting(settled)
    case .redoing: redoable.union(maybeUndone).subtracting(settled)
    default: open
    }
  }

  private var open: BitSet { BitSet(1..<planned + 1).subtracting(applied).subtracting(failed) }
  private var undoable: BitSet { applied.subtracting(compensated).subtracting(foreign) }
  private var redoable: BitSet { compensated.subtracting(undoneByOthers) }

  /// Takes in the next event that says something of many changes.
  ///
  /// - Parameter underWay: of a doubt: the changes that may have been sent.
  mutating func apply(_ mark: ChangeMark, underWay: BitSet = BitSet()) {
    switch mark.kind {
    case .begin(let activity):
      self.activity = activity
      settled = BitSet()
    case .doubt: inDoubt.formUnion(underWay.intersection(open))
    case .undoingDoubt: maybeUndone.formUnion(underWay.intersection(undoable))
    case .redoingDoubt: maybeRedone.formUnion(underWay.intersection(redoable))
    case .retry: failed = BitSet()
    case .turn(let next):
      redoFailed = BitSet()
      guard next == .redoing else { return }
      undoFailed = BitSet()
      // The rollback is taken back, and so is that they were left unmade: they are to be sent like those never sent.
      failed.subtract(neverMade)
      neverMade = BitSet()
    case .recovery:
      isUncertain = true
      if mark.hasBegunToWrite { inDoubt.formUnion(open) }
    }
  }

  /// Takes in the next change event.
  ///
  /// - Parameter seq: its place.
  package mutating func apply(_ kind: EventKind, seq: Int64 = 0, change: Int, detail: OutcomeDetail?) {
    switch kind {
    case .planned: planned = max(planned, change)
    case .applied:
      applied.insert(change)
      failed.remove(change)
      inDoubt.remove(change)
      if detail?.foreign == true { foreign.insert(change) }
    case .failed: fail(change, detail)
    case .overwriting: forced.begin(seq, on: change, byRedo: activity == .redoing)
    case .compensated: compensate(change, detail)
    case .reapplied: reapply(change, detail)
    case .started, .input, .note, .checkpoint, .sealed, .approved, .backedUp, .applyStarted, .inspected,
      .interrupted, .resumed, .selected, .rollbackStarted, .redoStarted, .finished, .closed, .restored,
      .upgraded,
      .recovered,
      .erased, .archived, .backupDeleted:
      break
    }
  }

  /// A doubt ends when somebody else's value is found, and stays where nothing was sent or nobody knows what is there.
  private mutating func fail(_ change: Int, _ detail: OutcomeDetail?) {
    settled.insert(change)
    let isConflict = detail?.code == "conflict"
    if detail?.redoing == true {
      redoFailed.insert(change)
      if isConflict { maybeRedone.remove(change) }
    } else if detail?.undoing == true {
      undoFailed.insert(change)
      if isConflict { maybeUndone.remove(change) }
    } else {
      failed.insert(change)
      inDoubt.remove(change)
      neverMade.remove(change)
      if detail?.code == "neverMade" { neverMade.insert(change) }
    }
  }

  private mutating func compensate(_ change: Int, _ detail: OutcomeDetail?) {
    settled.insert(change)
    compensated.insert(change)
    undoFailed.remove(change)
    maybeUndone.remove(change)
    maybeRedone.remove(change)
    if detail?.foreign == true { undoneByOthers.insert(change) }
    forced.end(change, byRedo: false, overwrote: detail?.overwrote)
  }

  private mutating func reapply(_ change: Int, _ detail: OutcomeDetail?) {
    settled.insert(change)
    compensated.remove(change)
    undoneByOthers.remove(change)
    maybeUndone.remove(change)
    maybeRedone.remove(change)
    redoFailed.remove(change)
    forced.end(change, byRedo: true, overwrote: detail?.overwrote)
  }

  /// The `overwriting` event of the other direction that going in this one takes back; nil where the change itself is undone
  /// or redone.
  package func overwritingToTakeBack(of change: Int, byRedo: Bool) -> Int64? {
    forced.toTakeBack(of: change, byRedo: byRedo)
  }

  /// The `overwriting` event of a write in this direction that was made, or begun by a process that died.
  package func overwriting(of change: Int, byRedo: Bool) -> Int64? { forced.made(on: change, byRedo: byRedo) }

  /// Whether the change has neither been applied nor failed.
  package func isOpen(_ change: Int) -> Bool { !applied.contains(change) && !failed.contains(change) }

  /// Whether the change is in the tables by our doing and not undone.
  package func isOursToUndo(_ change: Int) -> Bool {
    applied.contains(change) && !compensated.contains(change) && !foreign.contains(change)
  }

  /// Whether a rollback has to look at the change: it is in the tables by our doing, or may be.
  package func isToUndo(_ change: Int) -> Bool {
    isOursToUndo(change) || inDoubt.contains(change) || maybeRedone.contains(change)
  }

  /// Whether a redo has to look at the change: it was undone by our doing, or may be.
  package func isToRedo(_ change: Int) -> Bool {
    compensated.contains(change) && !undoneByOthers.contains(change) || maybeUndone.contains(change)
  }

  /// How many changes a rollback has to look at.
  package var toLookAtForUndoCount: Int { undoable.union(inDoubt).union(maybeRedone).count }

  /// How many changes a redo has to look at.
  package var toRedoCount: Int { redoable.union(maybeUndone).count }

  /// How many changes could not be made, undone or redone.
  package var failureCount: Int { failed.union(undoFailed).union(redoFailed).count }

  /// Changes with neither `applied` nor `failed`.
  package var openCount: Int { planned - applied.count - failed.count }

  /// Changes that a rollback has to undo, those in doubt not counted.
  package var toUndoCount: Int { applied.count - compensated.count - foreign.count }
}
