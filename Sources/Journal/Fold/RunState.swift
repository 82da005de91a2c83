/// Where a run stands. The raw values are the command line's contract.
package enum RunState: String, Codable, Sendable, CaseIterable {
  /// The plan is being made.
  case planning
  /// The plan is sealed; nothing has been written.
  case planned
  /// Changes are being written.
  case applying
  /// Every change is in the tables, but for those that somebody chose to undo.
  case applied
  /// Some changes are not what they should be: failed, not sent, not undone or not redone.
  case incomplete
  /// Stopped before its end; `resume` goes on.
  case interrupted
  /// Changes are being undone.
  case rollingBack
  /// Every change that was made is undone, but for those that somebody chose to leave.
  case rolledBack
  /// A rollback is being undone.
  case redoing
  /// Ended by somebody's word; it will not go on.
  case closed

  /// Whether a process is at work by the events.
  package var isUnderWay: Bool {
    switch self {
    case .planning, .applying, .rollingBack, .redoing: true
    case .planned, .applied, .incomplete, .interrupted, .rolledBack, .closed: false
    }
  }

  /// Whether tables are being written.
  package var isWriting: Bool { isUnderWay && self != .planning }
}

/// What makes a run move from one state to another: the run events, with what they say where it matters.
package enum RunMove: Hashable, Sendable {
  /// `sealed`
  case seal
  /// `applyStarted`
  case startApplying
  /// `interrupted`
  case interrupt
  /// `resumed`
  case resume
  /// `rollbackStarted`
  case startRollback
  /// `redoStarted`
  case startRedo
  /// `closed`
  case close
  /// `finished` with this outcome.
  case finish(RunState)
  /// `finished` of a redo that made everything again which was undone, of a run that had not been applied as a whole.
  case endRedo

  /// Every move there is, the impossible outcomes of `finished` included.
  package static let all: [RunMove] =
    [.seal, .startApplying, .interrupt, .resume, .startRollback, .startRedo, .close, .endRedo]
    + RunState.allCases.map(finish)
}

/// The state of a run with what the state alone hides: what it was doing before.
package struct RunPosition: Hashable, Sendable {
  /// The state.
  package let state: RunState
  /// For an interrupted or an incomplete run: the state that `resume` brings back. Nil otherwise.
  package let before: RunState?

  /// For an interrupted run: the state that `resume` brings back. Nil otherwise.
  package var interruptedWhile: RunState? { state == .interrupted ? before : nil }

  /// A run's first position.
  package static let start = RunPosition(.planning)

  init(_ state: RunState, before: RunState? = nil) {
    self.state = state
    self.before = before
  }

  /// What the run does, or did when it was interrupted or came to an incomplete end.
  package var activity: RunState { before ?? state }

  /// Where the move leads, or nil when it is not allowed from here. This is the whole table.
  package func after(_ move: RunMove) -> RunPosition? {
    switch (state, move) {
    // The plan is whole.
    case (.planning, .seal): RunPosition(.planned)
    // Confirmed, backed up; from here on the tables may differ from before.
    case (.planned, .startApplying): RunPosition(.applying)
    // All written, or some not.
    case (.applying, .finish(.applied)): RunPosition(.applied)
    case (.applying, .finish(.incomplete)), (.rollingBack, .finish(.incomplete)),
      (.redoing, .finish(.incomplete)):
      RunPosition(.incomplete, before: state)
    // Ctrl-C, a lost target, a dead process: whatever was going on goes on later.
    case (.planning, .interrupt), (.planned, .interrupt), (.applying, .interrupt), (.rollingBack, .interrupt),
      (.redoing, .interrupt):
      RunPosition(.interrupted, before: state)
    // What failed or was not sent is tried again, in the direction in which the run was going.
    case (.interrupted, .resume), (.incomplete, .resume): before.map { RunPosition($0) }
    // A dry run that is now to be applied, as it was reviewed.
    case (.planned, .resume): RunPosition(.planned)
    // Undo it, also when only a part had been written, and what an earlier rollback was asked to leave.
    case (.applied, .startRollback), (.incomplete, .startRollback), (.rolledBack, .startRollback),
      (.closed, .startRollback):
      RunPosition(.rollingBack)
    case (.interrupted, .startRollback): hasWritten ? RunPosition(.rollingBack) : nil
    // All undone as asked; or a part, as asked, and the rest stays applied.
    case (.rollingBack, .finish(.rolledBack)): RunPosition(.rolledBack)
    case (.rollingBack, .finish(.applied)): RunPosition(.applied)
    // Take the rollback back, also when it came to no end.
    case (.rolledBack, .startRedo), (.applied, .startRedo): RunPosition(.redoing)
    case (.interrupted, .startRedo), (.incomplete, .startRedo):
      before == .rollingBack || before == .redoing ? RunPosition(.redoing) : nil
    case (.redoing, .finish(.applied)): RunPosition(.applied)
    // As it was before the rollback: what failed or was not sent then is still to be applied.
    case (.redoing, .endRedo): RunPosition(.incomplete, before: .applying)
    // Nothing was written, or all that was sent has its outcome: it will not go on.
    case (.planned, .close), (.incomplete, .close), (.interrupted, .close): RunPosition(.closed)
    default: nil
    }
  }

  /// For an interrupted run: whether tables may have been written.
  private var hasWritten: Bool { before?.isWriting ?? false }
}

extension RunPosition {
  /// Whether an event that moves nothing may be appended here: the rest of the table.
  package func admits(_ kind: EventKind) -> Bool {
    switch kind {
    case .input, .checkpoint, .planned: state == .planning
    case .note: state.isUnderWay
    // A backup can be restored whatever became of its run; a process at work has the journal to itself.
    case .restored: !state.isUnderWay
    case .approved: activity == .planned
    // It stands before the rollback that it is for, in one commit with it.
    case .selected: after(.startRollback) != nil
    case .backedUp: state == .planned
    case .inspected: state == .applying
    // A rollback finds out what had become of a change in doubt.
    case .applied: state == .applying || state == .rollingBack
    case .failed: state.isWriting
    case .overwriting: state == .rollingBack || state == .redoing
    case .compensated: state == .rollingBack
    case .reapplied: state == .redoing
    // Those that move the run, those that begin it, and those that are about the journal.
    case .started, .sealed, .applyStarted, .interrupted, .resumed, .rollbackStarted, .redoStarted, .finished,
      .closed, .upgraded, .recovered, .erased, .archived, .backupDeleted:
      false
    }
  }
}

extension RunMove {
  /// The move that an event makes, or nil for one that moves nothing.
  ///
  /// - Throws: what reading its detail throws.
  static func of(_ kind: EventKind, _ detail: [UInt8]?) throws -> RunMove? {
    switch kind {
    case .sealed: .seal
    case .applyStarted: .startApplying
    case .interrupted: .interrupt
    case .resumed: .resume
    case .rollbackStarted: .startRollback
    case .redoStarted: .startRedo
    case .closed: .close
    case .finished: finish(try DetailCoding.decode(FinishedDetail.self, detail))
    case .started, .input, .note, .checkpoint, .approved, .backedUp, .inspected, .restored, .selected,
      .planned,
      .applied,
      .failed, .overwriting, .compensated, .reapplied, .upgraded, .recovered, .erased, .archived,
      .backupDeleted:
      nil
    }
  }

  private static func finish(_ detail: FinishedDetail) -> RunMove {
    detail.isRedone == true && detail.state == .incomplete ? .endRedo : .finish(detail.state)
  }
}
