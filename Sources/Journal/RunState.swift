/// Where a run stands. The raw values are the command line's contract.
public enum RunState: String, Codable, Sendable, CaseIterable {
  /// The plan is being made.
  case planning
  /// The plan is sealed; nothing has been written.
  case planned
  /// Changes are being written.
  case applying
  /// Every change is in the tables.
  case applied
  /// Some changes are not what they should be: failed, not sent, or not undone.
  case incomplete
  /// Stopped before its end; `resume` goes on.
  case interrupted
  /// Changes are being undone.
  case rollingBack
  /// Every change that was made is undone.
  case rolledBack
}

/// What makes a run move from one state to another: the run events, with what they say where it matters.
public enum RunMove: Hashable, Sendable {
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
  /// `finished` with this outcome.
  case finish(RunState)

  /// Every move there is, the impossible outcomes of `finished` included.
  public static let all: [RunMove] =
    [.seal, .startApplying, .interrupt, .resume, .startRollback] + RunState.allCases.map(finish)
}

/// The state of a run with what an interruption hides: what it was doing.
public struct RunPosition: Hashable, Sendable {
  /// The state.
  public let state: RunState
  /// For an interrupted run: the state that `resume` brings back. Nil otherwise.
  public let interruptedWhile: RunState?

  /// A run's first position.
  public static let start = RunPosition(.planning)

  init(_ state: RunState, interruptedWhile: RunState? = nil) {
    self.state = state
    self.interruptedWhile = interruptedWhile
  }

  /// Where the move leads, or nil when it is not allowed from here. This is the whole table.
  public func after(_ move: RunMove) -> RunPosition? {
    switch (state, move) {
    // The plan is whole.
    case (.planning, .seal): RunPosition(.planned)
    // Confirmed, backed up; from here on the tables may differ from before.
    case (.planned, .startApplying): RunPosition(.applying)
    // All written, or some not.
    case (.applying, .finish(.applied)): RunPosition(.applied)
    case (.applying, .finish(.incomplete)): RunPosition(.incomplete)
    // Ctrl-C, a lost target, a dead process: whatever was going on goes on later.
    case (.planning, .interrupt), (.planned, .interrupt), (.applying, .interrupt), (.rollingBack, .interrupt):
      RunPosition(.interrupted, interruptedWhile: state)
    case (.interrupted, .resume): interruptedWhile.map { RunPosition($0) }
    // A dry run that is now to be applied, as it was reviewed.
    case (.planned, .resume): RunPosition(.planned)
    // What failed or was not sent is tried again.
    case (.incomplete, .resume): RunPosition(.applying)
    // Undo it, also when only a part had been written.
    case (.applied, .startRollback), (.incomplete, .startRollback): RunPosition(.rollingBack)
    case (.interrupted, .startRollback):
      interruptedWhile == .applying || interruptedWhile == .rollingBack ? RunPosition(.rollingBack) : nil
    case (.rollingBack, .finish(.rolledBack)): RunPosition(.rolledBack)
    case (.rollingBack, .finish(.incomplete)): RunPosition(.incomplete)
    default: nil
    }
  }
}
