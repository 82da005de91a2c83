/// What a run's own events (all but changes, notes and inputs) add up to.
public struct RunFold: Sendable {
  /// Sequence number of the `started` event: the run's number.
  public let number: Int64
  /// What was asked for.
  public let started: StartedDetail
  /// When, in microseconds since 1970, UTC: the run's "now".
  public let startedAt: Int64
  /// Who started it.
  public let startedBy: ActorIdentity
  /// Where the run stands, by its events; a dead process is not seen here.
  public private(set) var position = RunPosition.start
  /// The last checkpoint of the planner.
  public private(set) var checkpoint: CheckpointDetail?
  /// The sealed plan.
  public private(set) var plan: SealedDetail?
  /// The backups made.
  public private(set) var backups: [BackedUpDetail] = []
  /// The last end of applying or rolling back.
  public private(set) var finished: FinishedDetail?
  /// When that was, or when the run was sealed or interrupted last.
  public private(set) var lastEventAt: Int64
  /// The last interruption.
  public private(set) var interruption: InterruptedDetail?
  /// What the run has cost at the target; nil where nothing says so.
  public private(set) var cost: TargetCost?
  /// The last rollback's terms.
  public private(set) var rollback: RollbackStartedDetail?
  /// The events that change what is known of all open or all failed changes at once, in order.
  private(set) var marks: [ChangeMark] = []
  /// The stages that the migration has found right after their changes were made.
  public private(set) var inspectedStages: Set<Int> = []
  /// Inputs from before this event may not be planned from: they were rejected.
  public private(set) var inputsRejectedBefore: Int64 = 0

  /// Begins with a `started` event.
  ///
  /// - Throws: `JournalError.damaged` when the event is no `started` event or its detail can't be read.
  public init(_ event: StoredEvent) throws {
    guard event.kind == .started else { throw event.damaged("it begins a run, so it should be 'started'") }
    number = event.seq
    started = try event.decode(StartedDetail.self)
    startedAt = event.at
    startedBy = event.actor
    lastEventAt = event.at
  }

  /// Takes in the run's next event.
  ///
  /// - Throws: `JournalError.damaged` for an event that can't follow.
  public mutating func apply(_ event: StoredEvent) throws {
    if let move = try move(of: event) {
      guard let next = position.after(move) else {
        throw event.damaged("'\(event.kind.rawValue)' can't follow in the state '\(position.state.rawValue)'")
      }
      try mark(event, from: position.state, to: next.state)
      position = next
      lastEventAt = event.at
    }
    try keep(event)
  }

  /// Whether writes may have been sent whose outcome is not journaled, by a process that died or lost its target.
  public var hasDoubt: Bool { marks.contains { $0.kind == .doubt } }

  /// The counts that the run's last event tells; nil for a run that did not come to an end, whose changes must be counted.
  public var finalCounts: RunCounts? { finished?.state == position.state ? finished?.counts : nil }

  /// A crash while writing leaves doubt; a process that drained what it had sent leaves none of its own.
  private mutating func mark(_ event: StoredEvent, from state: RunState, to next: RunState) throws {
    switch event.kind {
    case .interrupted where state == .applying:
      if try !event.decode(InterruptedDetail.self).drained {
        marks.append(ChangeMark(seq: event.seq, kind: .doubt))
      }
    case .resumed where next == .applying:
      if try event.decode(ResumedDetail.self).retryFailed {
        marks.append(ChangeMark(seq: event.seq, kind: .retry))
      }
    default: break
    }
  }

  private mutating func keep(_ event: StoredEvent) throws {
    switch event.kind {
    case .checkpoint: checkpoint = try event.decode(CheckpointDetail.self)
    case .sealed:
      let detail = try event.decode(SealedDetail.self)
      plan = detail
      add(detail.cost)
    case .backedUp: backups.append(try event.decode(BackedUpDetail.self))
    case .finished:
      let detail = try event.decode(FinishedDetail.self)
      finished = detail
      add(detail.cost)
    case .rollbackStarted: rollback = try event.decode(RollbackStartedDetail.self)
    case .inspected: inspectedStages.insert(try event.decode(InspectedDetail.self).stage)
    case .interrupted:
      let detail = try event.decode(InterruptedDetail.self)
      interruption = detail
      add(detail.cost)
      if detail.cause == .input { inputsRejectedBefore = event.seq }
    default: break
    }
  }

  private mutating func add(_ more: TargetCost?) {
    if let more { cost = (cost ?? TargetCost()) + more }
  }

  private func move(of event: StoredEvent) throws -> RunMove? {
    switch event.kind {
    case .sealed: .seal
    case .applyStarted: .startApplying
    case .interrupted: .interrupt
    case .resumed: .resume
    case .rollbackStarted: .startRollback
    case .finished: .finish(try event.decode(FinishedDetail.self).state)
    default: nil
    }
  }
}

/// A run event that says something of many changes at once.
struct ChangeMark: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// Every open change may have been written.
    case doubt
    /// Every failed change is to be sent again.
    case retry
  }

  let seq: Int64
  let kind: Kind
}
