import Journal
import Tables

extension Runner {
  func append(_ kind: EventKind, _ detail: some Encodable, _ run: Int64) async throws {
    try await environment.journal.append([EventDraft(kind, detail)], run: run)
  }

  func counts(_ run: Int64) async throws -> RunCounts {
    try await RunCounts.read(environment.journal, run)
  }

  func result(_ run: Int64, _ end: RunEnd) async throws -> RunResult {
    RunResult(fold: try await environment.journal.run(run), counts: try await counts(run), end: end)
  }

  /// A run whose process died is given the end that the process could not journal.
  func journalDeath(of fold: RunFold) async throws {
    try await environment.journal.journalDeath(of: fold)
  }

  /// What stopped the run is journaled where the journal can take it, and turned into how the command ends.
  func stopped(_ run: Int64, by error: any Error) async throws -> RunResult {
    // An input that a request to stop cut short is no bad input.
    switch error is InputError && environment.stop.isRequested ? Interrupted() : error {
    case is JournalError: throw error
    case let refusal as Refusal:
      try await interrupt(run, .configuration, refusal.message)
      return try await result(run, .refused(refusal.message))
    case let input as InputError:
      try await interrupt(run, .input, input.description)
      return try await result(run, .refused(input.description))
    case is Interrupted:
      try await interrupt(run, .signal, "stopped by a signal")
      return try await result(run, .interrupted("stopped"))
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
    _ run: Int64, _ cause: InterruptedDetail.Cause, _ message: String, drained: Bool = true
  ) async throws {
    let state = try await environment.journal.run(run).position
    if state.state == .planned && cause == .configuration { return }
    guard state.after(.interrupt) != nil else { return }
    try await append(
      .interrupted,
      InterruptedDetail(
        cause: cause, drained: drained, message: message, cost: await environment.meter.take()), run)
  }
}

extension Journal {
  /// Appends the `interrupted` event that a process which died could not append; nothing for a run at rest.
  ///
  /// Only the holder of the journal's lock may call it: with the lock held here, no other process is at work.
  func journalDeath(of fold: RunFold) throws {
    switch fold.position.state {
    case .planning, .applying, .rollingBack:
      let detail = InterruptedDetail(
        cause: .died, drained: false, message: "the process ended without a word; found by the next command")
      try append([EventDraft(.interrupted, detail)], run: fold.number)
    default: break
    }
  }
}

/// The target was lost while changes were being written: some of what was sent may be in the tables.
struct TargetLost: Error {
  let error: StoreError
}

extension RunCounts {
  /// The counts of a run.
  ///
  /// - Parameter isDrained: whether a run that is being applied is known to have nothing under way.
  public static func read(
    _ journal: Journal, _ run: Int64, isDrained: Bool = false
  ) async throws -> RunCounts {
    let fold = try await journal.run(run)
    if let final = fold.finalCounts { return final }
    let states = try await journal.changeStates(of: run)
    var counts = RunCounts()
    counts.planned = states.planned
    counts.applied = states.applied.count
    counts.failed = states.failed.count
    counts.compensated = states.compensated.count
    counts.notes = try await journal.noteCount(of: run)
    let isUnderWay = fold.position.state == .applying && !isDrained
    counts.inDoubt = (isUnderWay ? states.mayBeMade : states.inDoubt).count
    counts.pending = states.openCount - counts.inDoubt
    return counts
  }
}
