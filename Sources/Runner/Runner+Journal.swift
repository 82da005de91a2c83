import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalTables

extension RunEnvironment {
  func append(_ kind: EventKind, _ detail: some Encodable, _ run: RunHandle) async throws {
    try await journal.append([EventDraft(kind, detail)], run: run.number)
  }

  /// Journals the end of applying, undoing or redoing, once the journal's chain is known to be right.
  ///
  /// - Parameter isRedone: of a redo that ends incomplete: whether everything that was undone is made again.
  func appendFinished(_ state: RunState, isRedone: Bool? = nil, _ run: RunHandle) async throws {
    try await chainIsRight()
    let counts = try await RunCounts.read(journal, run.number, isDrained: true)
    let detail = FinishedDetail(state: state, isRedone: isRedone, counts: counts, cost: await meter.take())
    try await append(.finished, detail, run)
  }

  func interrupted(
    _ run: RunHandle, _ cause: InterruptedDetail.Cause, _ message: String, unanswered: [Int] = [],
    drained: Bool? = nil
  ) async throws -> RunResult {
    let detail = InterruptedDetail(
      cause: cause, drained: drained ?? (cause == .signal && unanswered.isEmpty), message: message,
      cost: await meter.take(), unanswered: unanswered.isEmpty ? nil : unanswered,
      askedBy: cause == .signal ? stop.askedBy?.by : nil)
    try await append(.interrupted, detail, run)
    return try await result(run, .interrupted(message))
  }

  /// Journals that a run which is undone or made again was stopped by somebody.
  func stopped(_ run: RunHandle, unanswered: [Int]) async throws -> RunResult {
    try await interrupted(run, .signal, stop.words, unanswered: unanswered)
  }

  /// Journals that the target refuses whatever is sent while a run is undone or made again.
  func refused(_ run: RunHandle, _ error: StoreError, unanswered: [Int]) async throws -> RunResult {
    try await interrupted(
      run, .target, TargetRefused(error: error).words, unanswered: unanswered, drained: unanswered.isEmpty)
  }

  /// Journals that the target was lost while a run was undone or made again, or that its guard was.
  func lost(_ run: RunHandle, _ error: StoreError) async throws -> RunResult {
    guard error.isLostGuard else { return try await interrupted(run, .target, error.description) }
    // The store refused the write itself, so it was not made.
    let detail = InterruptedDetail(
      cause: .heldElsewhere, drained: true, message: error.message, cost: await meter.take())
    try await append(.interrupted, detail, run)
    return try await result(run, .heldElsewhere(error.message))
  }

  /// A run that may write no more: a guard that was lost is journaled, since all that was sent has its outcome; a journal that
  /// can't be relied on is not written to.
  func flawed(_ run: RunHandle, _ error: any Error) async throws -> RunResult {
    guard let lost = error as? GuardLost else { throw error }
    let detail = InterruptedDetail(
      cause: .heldElsewhere, drained: true, message: "\(lost)", cost: await meter.take())
    try await append(.interrupted, detail, run)
    return try await result(run, .heldElsewhere("\(lost)"))
  }

  func result(_ run: RunHandle, _ end: RunEnd) async throws -> RunResult {
    RunResult(
      fold: try await journal.fold(run), counts: try await RunCounts.read(journal, run.number), end: end)
  }

  /// One open run per target and table: what an unfinished run has half done must not be planned upon, undone around, or made
  /// again around.
  func refuseOpenRuns(besides fold: RunFold) async throws {
    let tables = Set(fold.plan?.tally.map(\.table) ?? [])
    for other in try await journal.runs() where other.number != fold.number {
      guard other.started.isSameTarget(as: fold.started), other.isHalfWritten else { continue }
      guard let shared = other.plan?.tally.map(\.table).first(where: tables.contains) else { continue }
      throw Refusal(
        "run \(other.started.run) is unfinished on table '\(shared)'",
        remedy:
          "go on with '\(Program.command("resume \(other.started.run)"))' or undo it with '\(Program.command("rollback \(other.started.run)"))' first"
      )
    }
  }
}

extension Runner {
  func append(_ kind: EventKind, _ detail: some Encodable, _ run: RunHandle) async throws {
    try await environment.append(kind, detail, run)
  }

  func result(_ run: RunHandle, _ end: RunEnd) async throws -> RunResult {
    try await environment.result(run, end)
  }

  /// What stopped the run is journaled where the journal can take it, and turned into how the command ends.
  func stopped(_ run: RunHandle, by error: any Error) async throws -> RunResult {
    // What a request to stop cut short is no fault of the input or the target.
    let isCutShort = error is InputError || error is CancellationError || error is CallStopped
    switch isCutShort && environment.stop.isRequested ? Interrupted() : error {
    case is JournalError: throw error
    case let refusal as Refusal:
      try await interrupt(run, .configuration, refusal.description)
      return try await result(run, .refused(refusal.description))
    case let input as InputError:
      try await interrupt(run, .input, input.description)
      return try await result(run, .refused(input.description))
    case let lost as GuardLost:
      // What was sent has its outcome: nothing more was sent since the guard was lost.
      try await interrupt(run, .heldElsewhere, "\(lost)")
      return try await result(run, .heldElsewhere("\(lost)"))
    case let stopped as Interrupted:
      try await interrupt(run, .signal, environment.stop.words, unanswered: stopped.unanswered)
      let asked = environment.stop.askedBy == nil ? "stopped" : environment.stop.words
      return try await result(run, .interrupted(asked))
    case let refused as TargetRefused:
      try await interrupt(run, .target, refused.words, unanswered: refused.unanswered)
      return try await result(run, .interrupted(refused.words))
    case let lost as TargetLost where lost.error.isLostGuard:
      // The store refused the write itself, so it was not made.
      try await interrupt(run, .heldElsewhere, lost.error.message)
      return try await result(run, .heldElsewhere(lost.error.message))
    case let lost as TargetLost:
      try await interrupt(run, .target, lost.error.message, drained: false)
      return try await result(run, .interrupted(lost.error.description))
    case let lost as StoreError where lost.kind == .unavailable:
      try await interrupt(run, .target, lost.message)
      return try await result(run, .interrupted(lost.description))
    case let refused as StoreError:
      try await interrupt(run, .configuration, refused.description)
      return try await result(run, .refused(refused.description))
    default: throw error
    }
  }

  /// A run that is planned stays so: nothing was under way, and `resume` applies it.
  private func interrupt(
    _ run: RunHandle, _ cause: InterruptedDetail.Cause, _ message: String, drained: Bool = true,
    unanswered: [Int] = []
  ) async throws {
    let state = try await environment.journal.fold(run).position
    if state.state == .planned && cause == .configuration { return }
    guard state.after(.interrupt) != nil else { return }
    try await append(
      .interrupted,
      InterruptedDetail(
        cause: cause, drained: drained && unanswered.isEmpty, message: message,
        cost: await environment.meter.take(), unanswered: unanswered.isEmpty ? nil : unanswered,
        askedBy: cause == .signal ? environment.stop.askedBy?.by : nil), run)
  }
}

extension Journal {
  /// Appends the `interrupted` event that a process which died could not append; nothing for a run at rest.
  ///
  /// Only the holder of the journal's lock may call it: with the lock held here, no other process is at work, and the run is
  /// looked at here and now, not as somebody saw it before the lock was had.
  func journalDeath(of run: RunHandle) throws {
    guard try fold(run).position.state.isUnderWay else { return }
    let detail = InterruptedDetail(
      cause: .died, drained: false, message: "the process ended without a word; found by the next command")
    try append([EventDraft(.interrupted, detail)], run: run.number)
  }
}

/// The target was lost while changes were being written: some of what was sent may be in the tables.
struct TargetLost: Error {
  let error: StoreError
}

/// The target refuses whatever is sent; what was refused so was not written.
struct TargetRefused: Error {
  let error: StoreError
  /// Changes that were sent before and have no answer.
  var unanswered: [Int] = []

  /// What happened, and that nothing was judged by it.
  var words: String {
    "\(error.description); every other change would be refused alike, so nothing more was sent and none was marked as failed"
  }
}

extension StoreError {
  /// Whether the store refused a write since the guard of a table is somebody else's.
  fileprivate var isLostGuard: Bool { code == Self.guardLostCode }
}

extension RunCounts {
  /// The counts of a run.
  ///
  /// - Parameter isDrained: whether a run that is being applied is known to have nothing under way.
  package static func read(
    _ journal: Journal, _ run: Int64, isDrained: Bool = false
  ) async throws -> RunCounts {
    let fold = try await journal.run(run)
    if let final = fold.finalCounts { return final }
    let states = try await journal.changeStates(of: run, ifItDiedNow: !isDrained)
    var counts = RunCounts()
    counts.planned = states.planned
    counts.applied = states.applied.count
    counts.failed = states.failureCount
    counts.compensated = states.compensated.count
    counts.notes = try await journal.noteCount(of: run)
    counts.inDoubt = states.inDoubt.count
    counts.pending = states.openCount - counts.inDoubt
    return counts
  }
}
