import BitCollections
import DynamoJournalTables

/// How many changes of a run are in which state.
///
/// `planned` counts all; each of them is `applied`, `failed`, `inDoubt` or `pending`. `compensated` counts those of the
/// applied that were undone again.
public struct RunCounts: Codable, Hashable, Sendable {
  /// All changes of the plan.
  public var planned = 0
  /// In the tables, or undone again.
  public var applied = 0
  /// Not made: refused, or somebody else had changed the item.
  public var failed = 0
  /// May or may not have been made; `resume` finds out.
  public var inDoubt = 0
  /// Undone.
  public var compensated = 0
  /// Findings.
  public var notes = 0
  /// Not sent yet.
  public var pending = 0

  /// All zero.
  public init() {}
}

/// The fold of a run's change events: one bit a change and state, so that ten million changes take a few megabytes.
package struct ChangeStates: Sendable {
  /// How many changes are planned; their numbers are 1 … planned.
  package private(set) var planned = 0
  /// Applied, by us or found so.
  package private(set) var applied = BitSet()
  /// The first change of each stage.
  private var stageStarts: [Int] = []
  private var stage: Int?
  /// May or may not have been made: open when a process died or lost its target.
  package private(set) var inDoubt = BitSet()
  /// Failed, and neither applied nor sent again since.
  package private(set) var failed = BitSet()
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
  /// For changes that a forced rollback wrote over, or was about to: the `overwriting` event that holds what was there.
  package private(set) var overwritten: [Int: Int64] = [:]

  /// No change.
  package init() {}

  /// The changes of a sealed plan, before any outcome.
  init(planned: Int, stageStarts: [Int]) {
    self.planned = planned
    self.stageStarts = stageStarts
  }

  /// What is in doubt, and what would be if the process at work died now: a stage begins when the one before it has its
  /// outcomes, durably, so that none after that of the first open change was begun.
  package var mayBeMade: BitSet {
    let open = BitSet(1..<planned + 1).subtracting(applied).subtracting(failed)
    guard let first = open.first else { return inDoubt }
    let end = stageStarts.first { $0 > first } ?? planned + 1
    return inDoubt.union(open.intersection(BitSet(1..<end)))
  }

  /// Takes in the next event that says something of many changes.
  mutating func apply(_ mark: ChangeMark) {
    switch mark.kind {
    case .doubt: inDoubt.formUnion(mark.among(mayBeMade))
    case .undoingDoubt:
      maybeUndone.formUnion(mark.among(applied.subtracting(compensated).subtracting(foreign)))
    case .redoingDoubt: maybeRedone.formUnion(mark.among(compensated.subtracting(undoneByOthers)))
    case .retry: failed = BitSet()
    case .redo:
      undoFailed = BitSet()
      redoFailed = BitSet()
    }
  }

  /// Takes in the next change event.
  ///
  /// - Parameters:
  ///   - seq: its place.
  ///   - stage: of a planned change.
  package mutating func apply(
    _ kind: EventKind, seq: Int64 = 0, change: Int, stage: Int? = nil, detail: OutcomeDetail?
  ) {
    switch kind {
    case .planned: plan(change, stage)
    case .applied:
      applied.insert(change)
      failed.remove(change)
      inDoubt.remove(change)
      if detail?.foreign == true { foreign.insert(change) }
    case .failed where detail?.redoing == true: redoFailed.insert(change)
    case .failed where detail?.undoing == true:
      undoFailed.insert(change)
      maybeUndone.remove(change)
    case .failed:
      failed.insert(change)
      inDoubt.remove(change)
    case .overwriting: overwritten[change] = seq
    case .compensated: compensate(change, detail)
    case .reapplied:
      compensated.remove(change)
      undoneByOthers.remove(change)
      maybeUndone.remove(change)
      maybeRedone.remove(change)
      redoFailed.remove(change)
      overwritten[change] = nil
    case .started, .input, .note, .checkpoint, .sealed, .approved, .backedUp, .applyStarted, .inspected,
      .interrupted, .resumed, .rollbackStarted, .redoStarted, .finished, .closed, .restored, .upgraded,
      .recovered,
      .erased:
      break
    }
  }

  private mutating func plan(_ change: Int, _ stage: Int?) {
    planned = max(planned, change)
    if stage != self.stage { stageStarts.append(change) }
    self.stage = stage
  }

  private mutating func compensate(_ change: Int, _ detail: OutcomeDetail?) {
    compensated.insert(change)
    undoFailed.remove(change)
    maybeUndone.remove(change)
    maybeRedone.remove(change)
    if detail?.foreign == true { undoneByOthers.insert(change) }
    // What was journaled before a write that then was not needed was not written over.
    if detail?.overwrote == nil { overwritten[change] = nil }
  }

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

  /// How many changes a redo has to look at.
  package var toRedoCount: Int { compensated.subtracting(undoneByOthers).union(maybeUndone).count }

  /// Whether some change could not be undone.
  package var hasUndoFailures: Bool { undoFailed.count > 0 }

  /// Changes with neither `applied` nor `failed`.
  package var openCount: Int { planned - applied.count - failed.count }

  /// Changes that a rollback has to undo, those in doubt not counted.
  package var toUndoCount: Int { applied.count - compensated.count - foreign.count }
}

extension ChangeMark {
  /// The changes that it says something of, among those that it may concern.
  fileprivate func among(_ changes: BitSet) -> BitSet {
    only.map { changes.intersection(BitSet($0.filter { $0 > 0 })) } ?? changes
  }
}
