/// A run that somebody means to act on: a name for it, and nothing that grows old.
///
/// A fold is a snapshot; whoever acts reads it again under the journal's lock.
package struct RunHandle: Hashable, Sendable {
  /// Sequence number of the run's `started` event.
  package let number: Int64
  /// The run's id.
  package let id: String

  /// A run.
  package init(number: Int64, id: String) {
    self.number = number
    self.id = id
  }
}

/// What a run's own events (all but changes, notes and inputs) add up to, as of one moment.
package struct RunFold: Sendable {
  /// Sequence number of the `started` event: the run's number.
  package let number: Int64
  /// What was asked for.
  package let started: StartedDetail
  /// When, in microseconds since 1970, UTC: the run's "now".
  package let startedAt: Int64
  /// Who started it.
  package let startedBy: ActorIdentity
  /// Where the run stands, by its events; a dead process is not seen here.
  package private(set) var position = RunPosition.start
  /// The sealed plan.
  package private(set) var plan: SealedDetail?
  /// Sequence number of the `sealed` event.
  package private(set) var sealedAt: Int64?
  /// The backups made.
  package private(set) var backups: [BackedUpDetail] = []
  /// The signatures over the plan, each with who appended it.
  package private(set) var approvals: [(detail: ApprovedDetail, by: ActorIdentity)] = []
  /// The last end of applying, rolling back or redoing.
  package private(set) var finished: FinishedDetail?
  /// When the run moved last, in microseconds since 1970, UTC.
  package private(set) var lastEventAt: Int64
  /// The last interruption.
  package private(set) var interruption: InterruptedDetail?
  /// What the run has cost at the target; nil where nothing says so.
  package private(set) var cost: TargetCost?
  /// The last rollback's terms.
  package private(set) var rollback: RollbackStartedDetail?
  /// The changes that the last rollback undoes; nil where that is all, or where its terms alone say which.
  package private(set) var selection: SelectedChanges?
  /// Why the run was closed; nil for one that was not.
  package private(set) var closing: ReasonDetail?
  /// Who let the plan through; nil for a run that was never applied.
  package private(set) var appliedBy: ActorIdentity?
  /// The digest of the plan that was let through.
  package private(set) var confirmedDigest: String?
  /// The last redo's terms.
  package private(set) var redo: RedoStartedDetail?
  /// Who undid it last; nil where nobody did.
  package private(set) var rolledBackBy: ActorIdentity?
  /// Who undid the rollback last; nil where nobody did.
  package private(set) var redoneBy: ActorIdentity?
  /// Who closed it.
  package private(set) var closedBy: ActorIdentity?
  /// The events that change what is known of all open or all failed changes at once, in order.
  private(set) var marks: [ChangeMark] = []
  /// The stages that the migration has found right after their changes were made.
  package private(set) var inspectedStages: Set<Int> = []
  /// Inputs from before this event may not be planned from: they were rejected.
  package private(set) var inputsRejectedBefore: Int64 = 0
  /// The pause that nobody has ended; what a process that died while paused has left, too. Nil for none.
  package private(set) var pause: (detail: AskedDetail, at: Int64)?
  /// What the process at work holds for by itself; nil for nothing.
  package private(set) var hold: (detail: HeldDetail, at: Int64)?
  /// The pace that somebody set last; nil where nobody did.
  package private(set) var pace: PacedDetail?
  /// Events that the table of states does not allow where they stand: they count for nothing.
  package private(set) var passedOver: [PassedOverEvent] = []
  /// The kinds of events that a newer program wrote.
  package internal(set) var unknownKinds: [String] = []

  private var lastCheckpoint: StoredEvent?
  private var applyStartedAt: Int64?
  private var lastSelected: (seq: Int64, changes: SelectedChanges)?

  /// Begins with a `started` event.
  ///
  /// - Throws: `JournalError.damaged` when the event is no `started` event or its detail can't be read.
  package init(_ event: StoredEvent) throws {
    guard event.kind == .started else { throw event.damaged("it begins a run, so it should be 'started'") }
    number = event.seq
    started = try event.decode(StartedDetail.self)
    startedAt = event.at
    startedBy = event.actor
    lastEventAt = event.at
  }

  /// The run, to act on.
  package var handle: RunHandle { RunHandle(number: number, id: started.run) }

  /// The last checkpoint of the planner.
  ///
  /// - Throws: `JournalError.damaged` when it can't be read.
  package var checkpoint: CheckpointDetail? {
    get throws { try lastCheckpoint?.decode(CheckpointDetail.self) }
  }

  /// Whether writes may have been sent whose outcome is not journaled, by a process that died or lost its target.
  package var hasDoubt: Bool { marks.contains { $0.kind == .doubt } }

  /// The counts that the run's last event tells; nil for a run that did not come to an end, whose changes must be counted.
  package var finalCounts: RunCounts? { finished?.state == position.state ? finished?.counts : nil }

  /// Takes in the run's next event; one that can't follow is passed over.
  ///
  /// - Throws: `JournalError.damaged` for a detail that can't be read.
  package mutating func apply(_ event: StoredEvent) throws {
    if let move = try event.move() {
      guard let next = position.after(move) else { return passOver(event) }
      try mark(event, from: position.state, to: next.state)
      position = next
      lastEventAt = event.at
    } else if !position.admits(event.kind) {
      return passOver(event)
    }
    try keep(event)
  }

  /// Leaves backups out that were deleted.
  mutating func leaveOut(backups arns: Set<String>) { backups.removeAll { arns.contains($0.arn) } }

  private mutating func passOver(_ event: StoredEvent) {
    passedOver.append(PassedOverEvent(seq: event.seq, kind: event.kind, state: position.state))
  }

  /// A crash while writing leaves doubt; a process that drained what it had sent leaves none of its own.
  private mutating func mark(_ event: StoredEvent, from state: RunState, to next: RunState) throws {
    switch event.kind {
    case .interrupted:
      let detail = try event.decode(InterruptedDetail.self)
      if !detail.drained, var doubt = doubt(at: event.seq) {
        doubt.only = detail.unanswered
        marks.append(doubt)
      }
    case .resumed:
      if next == .applying, try event.decode(ResumedDetail.self).retryFailed {
        marks.append(.init(seq: event.seq, kind: .retry))
      }
      marks.append(.init(seq: event.seq, kind: .begin(next)))
    case .rollbackStarted, .redoStarted:
      marks += [.init(seq: event.seq, kind: .turn(next)), .init(seq: event.seq, kind: .begin(next))]
    default: break
    }
  }

  /// What a recovery of the journal means for what is known of the run.
  func recovery(at seq: Int64) -> ChangeMark {
    ChangeMark(seq: seq, kind: .recovery, hasBegunToWrite: applyStartedAt.map { $0 < seq } ?? false)
  }

  /// What is in doubt when the process that is at work by the events ends at that place without a word; nil where none is.
  func doubt(at seq: Int64) -> ChangeMark? {
    switch position.state {
    case .applying: ChangeMark(seq: seq, kind: .doubt)
    case .rollingBack: ChangeMark(seq: seq, kind: .undoingDoubt, terms: rollback, selection: selection)
    case .redoing: ChangeMark(seq: seq, kind: .redoingDoubt)
    default: nil
    }
  }

  private mutating func keep(_ event: StoredEvent) throws {
    switch event.kind {
    case .checkpoint: lastCheckpoint = event
    case .sealed: try keepPlan(event)
    case .approved: approvals.append((try event.decode(ApprovedDetail.self), event.actor))
    case .backedUp: backups.append(try event.decode(BackedUpDetail.self))
    case .applyStarted:
      appliedBy = event.actor
      applyStartedAt = applyStartedAt ?? event.seq
      confirmedDigest = try event.decode(ApplyStartedDetail.self).digest
    case .finished: try keepEnd(event)
    case .selected: try keepSelection(event)
    case .rollbackStarted:
      // One that stands alone was for no rollback.
      selection = lastSelected.flatMap { $0.seq == event.seq - 1 ? $0.changes : nil }
      rollback = try event.decode(RollbackStartedDetail.self)
      (pause, hold, pace) = (nil, nil, nil)
      rolledBackBy = event.actor
    case .redoStarted:
      redo = try event.decode(RedoStartedDetail.self)
      (pause, hold, pace) = (nil, nil, nil)
      redoneBy = event.actor
    case .closed:
      closing = try event.decode(ReasonDetail.self)
      closedBy = event.actor
    case .inspected: inspectedStages.insert(try event.decode(InspectedDetail.self).stage)
    case .interrupted: try keepInterruption(event)
    case .paused, .continued, .paced, .held, .released: try keepHand(event)
    case .resumed: (pause, hold) = (nil, nil)
    case .started, .input, .note, .restored, .planned, .applied, .failed, .overwriting,
      .compensated,
      .reapplied,
      .upgraded, .recovered, .erased, .archived, .backupDeleted:
      break
    }
  }

  private mutating func keepHand(_ event: StoredEvent) throws {
    switch event.kind {
    case .paused: pause = (try event.decode(AskedDetail.self), event.at)
    case .continued: pause = nil
    case .held: hold = (try event.decode(HeldDetail.self), event.at)
    case .released: hold = nil
    default: pace = try event.decode(PacedDetail.self)
    }
  }

  private mutating func keepPlan(_ event: StoredEvent) throws {
    let detail = try event.decode(SealedDetail.self)
    // Each change has a row of its own between the start of the run and this one.
    guard detail.changes < event.seq - number, detail.units <= detail.changes else {
      throw event.damaged("it counts more changes than there are events")
    }
    plan = detail
    sealedAt = event.seq
    add(detail.cost)
  }

  private mutating func keepSelection(_ event: StoredEvent) throws {
    let detail = try event.decode(SelectedDetail.self)
    guard let plan, let changes = SelectedChanges(detail.changes, most: plan.changes),
      changes.count == detail.count
    else { throw event.damaged("the changes that it names are not those of a plan") }
    lastSelected = (event.seq, changes)
  }

  private mutating func keepEnd(_ event: StoredEvent) throws {
    let detail = try event.decode(FinishedDetail.self)
    finished = detail
    (pause, hold, pace) = (nil, nil, nil)
    add(detail.cost)
  }

  private mutating func keepInterruption(_ event: StoredEvent) throws {
    let detail = try event.decode(InterruptedDetail.self)
    interruption = detail
    add(detail.cost)
    if detail.cause == .input { inputsRejectedBefore = event.seq }
  }

  private mutating func add(_ more: TargetCost?) {
    if let more { cost = (cost ?? TargetCost()) + more }
  }
}

/// An event that the table of states does not allow where it stands, such as the end of a run that had ended.
package struct PassedOverEvent: Hashable, Sendable {
  /// Its place.
  package let seq: Int64
  /// What it says.
  package let kind: EventKind
  /// The state that the run was in.
  package let state: RunState
}
