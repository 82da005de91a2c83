import DynamoJournalEvents
import DynamoJournalTables

/// Writes units as they come from the journal, many at once but a key never by two, a stage after the other, and
/// journals the outcomes in groups. The same loop applies and undoes: `write` makes the difference.
///
/// A saga is written part by part and holds all of its keys meanwhile. The outcomes of its parts become durable in their
/// order, and those of a part that fails together with those of all that come after it.
///
/// A key is written again only when its last outcome is durable, and so is a stage begun: a change that were sent again
/// after a crash would otherwise find what a later one had made of its item. Nor are more keys ahead of their durable
/// outcomes than the journal looks through when it says what is in doubt.
struct WriteLoop {
  /// Outcomes of one commit.
  private static let groupSize = 500

  let journal: Journal
  let run: Int64
  let shape: WriteShape
  let stop: StopSignal
  private var control: WorkControl { stop.control }
  let maxFailures: Int?
  /// Whether what comes after a change of a table needs it.
  let stopsWhenTableFails: Bool
  let progress: @Sendable ([[Verdict]]) -> Void
  /// Called with a stage that has all its outcomes, and whether some of them are new; a sentence ends the loop.
  let stageEnded: @Sendable (Int, Bool) async throws -> String?
  /// Throws when nothing more may be written: the chain does not verify, or the guard is somebody else's.
  let mayWrite: @Sendable () throws -> Void
  /// Writes some units and says what came of each change of each.
  let write: @Sendable ([PlannedUnit]) async throws -> [[Verdict]]

  private struct Batch: Sendable {
    let units: [PlannedUnit]
    let result: Result<[[Verdict]], any Error>
    /// Whether it is no call, but tells that somebody has changed what holds or paces the run.
    var isNews = false
  }

  /// Writes the stream.
  ///
  /// - Returns: how it ended, and how many units could not be written since a value of theirs was erased.
  func run(_ stream: UnitStream) async throws -> (end: WriteEnd, erasedUnits: Int) {
    var state = State(
      stream: stream, outcomes: OutcomeWriter(journal: journal, run: run, groupSize: Self.groupSize),
      pace: LoopPace(isUsed: !shape.keepsPace))
    let end = try await withThrowingTaskGroup(of: Batch.self) { group -> WriteEnd in
      var end = WriteEnd.finished
      var mayLaunch = true
      group.addTask { await news() }
      defer { group.cancelAll() }
      while true {
        if stop.isRequested && mayLaunch {
          mayLaunch = false
          end = .stopped()
        }
        if mayLaunch, control.beginsNothing {
          try await makeDurable(&state)
          if state.underWay == 0 {
            try await control.passToBegin()
            continue
          }
        } else if mayLaunch, state.underWay < min(shape.concurrentCalls, control.pace.concurrency ?? .max) {
          do {
            if state.pace.room(control.pace.writeUnits) < 1 {
              try await Task.sleep(for: LoopPace.look)
              continue
            }
            if let batch = try await nextBatch(&state) {
              state.begin(batch)
              group.addTask { await perform(batch) }
              continue
            }
          } catch {
            // What is under way is waited for and journaled, whatever the next page of the plan turned out to be.
            mayLaunch = false
            end = .flawed(error)
          }
        }
        if state.underWay > 0, let done = try await group.next() {
          if done.isNews {
            group.addTask { await news() }
            continue
          }
          if let trouble = try await finish(done, &state), mayLaunch || trouble.isLoss {
            mayLaunch = false
            end = trouble
          }
          continue
        }
        guard mayLaunch else { return end }
        if let problem = try await settle(&state) { return .inspectionFailed(problem) }
        if state.waiting == nil { return end }
      }
    }
    _ = try await state.outcomes.finish()
    return (end.with(unanswered: state.allUnanswered), state.stream.erasedUnits)
  }

  private struct State {
    var stream: UnitStream
    var outcomes: OutcomeWriter
    /// Read from the stream but not sent: its stage or one of its keys has to wait.
    var waiting: PlannedUnit?
    var underWay = 0
    var isTableUnderWay = false
    /// The stage that units are sent of.
    var stage: Int?
    /// Keys that are under way, or whose outcome is not durable yet.
    var keysHeld: Set<ItemReference> = []
    var failures = 0
    /// Changes that were sent and given up without an answer, since somebody asked to stop.
    var unanswered: [Int] = []
    /// Sagas whose next part is to be sent, and units that were given back since nothing could be sent.
    var continuing: [PlannedUnit] = []
    /// Whether nothing came in since the outcomes were made durable.
    var isDurable = false
    /// Counts what is sent to a store that keeps no pace.
    var pace: LoopPace

    /// Whether something may have been sent that is to be sent again.
    var hasUnsettled: Bool { continuing.contains(where: \.mayHaveBeenSent) }

    /// The changes that were sent and have no answer, those included that were to be sent again.
    var allUnanswered: [Int] {
      unanswered
        + continuing.filter(\.mayHaveBeenSent).flatMap { $0.firstPart.changes.map(\.ordinal) }
    }

    mutating func begin(_ batch: [PlannedUnit]) {
      isDurable = false
      pace.take(batch.reduce(0) { $0 + $1.firstPart.changes.count })
      underWay += 1
      stage = batch.first?.stage
      isTableUnderWay = batch.first?.tableChange != nil
      for unit in batch { keysHeld.formUnion(unit.keys) }
    }

    mutating func takeContinuing(_ count: Int) -> [PlannedUnit] {
      defer { continuing = Array(continuing.dropFirst(count)) }
      return Array(continuing.prefix(count))
    }

    /// Takes in that nobody can say whether these were written.
    mutating func giveUp(_ units: [PlannedUnit]) {
      unanswered += units.flatMap { $0.firstPart.changes.map(\.ordinal) }
    }

    /// Journals what came of a unit's first part, and sees to the others.
    ///
    /// - Returns: all verdicts.
    mutating func finish(_ unit: PlannedUnit, _ verdicts: [Verdict]) async throws -> [Verdict] {
      var (unit, verdicts) = (unit, verdicts)
      if let rest = unit.rest {
        if let failure = verdicts.first(where: \.endsSaga) {
          verdicts += rest.changes.map { _ in Judge.leftOut(after: failure) }
        } else {
          unit = unit.firstPart
          continuing.append(rest)
        }
      }
      keysHeld.subtract(try await outcomes.add(unit, verdicts))
      failures += verdicts.count { $0.kind == .failed }
      return verdicts
    }
  }

  /// Waits until somebody changes what holds or paces the run: whoever waits for an answer then looks again.
  private func news() async -> Batch {
    let seen = control.version
    // Cancelled at the end of the loop, which is no news.
    while control.version == seen, (try? await Task.sleep(for: .milliseconds(100))) != nil {}
    return Batch(units: [], result: .success([]), isNews: true)
  }

  /// Makes the outcomes durable before a wait of which nobody knows the end.
  private func makeDurable(_ state: inout State) async throws {
    if state.isDurable { return }
    state.keysHeld.subtract(try await state.outcomes.finish())
    state.isDurable = true
  }

  /// Nothing is under way and nothing can be sent: makes the outcomes durable and looks at the stages that have ended.
  private func settle(_ state: inout State) async throws -> String? {
    state.keysHeld.subtract(try await state.outcomes.finish())
    let next = state.waiting?.stage
    let sent = state.stage
    if let sent, sent != next {
      state.stage = nil
      if let problem = try await stageEnded(sent, true) { return problem }
    }
    // A stage that a resumed run has nothing left to send of: whoever died may not have looked at it.
    if let skipped = state.stream.takeSkippedStage(), skipped != sent, skipped != next {
      return try await stageEnded(skipped, false)
    }
    return nil
  }

  /// As many units as fit into a call and may be under way together with what is; nil when there is none now.
  private func nextBatch(_ state: inout State) async throws -> [PlannedUnit]? {
    try mayWrite()
    let most = min(shape.unitsPerCall, state.pace.room(control.pace.writeUnits))
    guard state.continuing.isEmpty else { return state.takeContinuing(most) }
    var batch: [PlannedUnit] = []
    var keys: Set<ItemReference> = []
    while batch.count < most, !state.isTableUnderWay {
      if state.waiting == nil { state.waiting = try await state.stream.next() }
      guard let unit = state.waiting else { break }
      let stage = batch.first?.stage ?? state.stage ?? state.stream.skippedStage
      if let stage, stage != unit.stage { break }
      if unit.tableChange != nil && (state.underWay > 0 || !batch.isEmpty) { break }
      if unit.keys.contains(where: { keys.contains($0) || state.keysHeld.contains($0) }) { break }
      if keys.count + state.keysHeld.count >= Journal.mostKeysUnderWay { break }
      state.waiting = nil
      keys.formUnion(unit.keys)
      batch.append(unit)
      if unit.tableChange != nil { break }
    }
    return batch.isEmpty ? nil : batch
  }

  private func perform(_ units: [PlannedUnit]) async -> Batch {
    do {
      return Batch(units: units, result: .success(try await write(units.map(\.firstPart))))
    } catch {
      return Batch(units: units, result: .failure(error))
    }
  }

  /// Journals what a call brought; the trouble that ends the loop, if there is any.
  private func finish(_ batch: Batch, _ state: inout State) async throws -> WriteEnd? {
    state.underWay -= 1
    state.isTableUnderWay = false
    state.isDurable = false
    switch batch.result {
    case .failure(let held as WriteHeld):
      state.continuing += batch.units.map { $0.again(mayHaveBeenSent: held.mayHaveHadEffect) }
      return nil
    case .failure(let refused as RefusedForAll):
      let told = zip(batch.units, refused.verdicts).filter { !$1.isEmpty }
      for (unit, verdicts) in told { _ = try await state.finish(unit, verdicts) }
      progress(told.map(\.1))
      return .refusedForAll(refused.error)
    // Whatever its kind: the call as a whole has no answer, so that what else is under way is waited for and journaled.
    case .failure(let error as StoreError): return .targetLost(error)
    case .failure(let stopped as CallStopped):
      if stopped.mayHaveHadEffect { state.giveUp(batch.units) }
      return .stopped()
    case .failure(is CancellationError) where stop.isRequested:
      // A wait for a table was cut short: its change may have been begun.
      state.giveUp(batch.units)
      return .stopped()
    case .failure(let error): throw error
    case .success(let firstVerdicts):
      var verdicts: [[Verdict]] = []
      for (unit, first) in zip(batch.units, firstVerdicts) {
        verdicts.append(try await state.finish(unit, first))
      }
      progress(verdicts)
      return state.hasUnsettled ? nil : trouble(batch.units, verdicts, state.failures)
    }
  }

  private func trouble(_ units: [PlannedUnit], _ verdicts: [[Verdict]], _ failures: Int) -> WriteEnd? {
    let failedTable = zip(units, verdicts).contains { unit, verdicts in
      unit.tableChange != nil && verdicts.contains { $0.kind == .failed }
    }
    if failedTable && stopsWhenTableFails { return .tableChangeFailed }
    if let maxFailures, failures > maxFailures { return .tooManyFailures }
    return nil
  }
}

extension WriteLoop {
  /// A loop in a run's environment.
  init(
    _ environment: RunEnvironment, run: Int64, maxFailures: Int?, stopsWhenTableFails: Bool,
    stageEnded: @escaping @Sendable (Int, Bool) async throws -> String?,
    write: @escaping @Sendable ([PlannedUnit]) async throws -> [[Verdict]]
  ) {
    journal = environment.journal
    self.run = run
    shape = environment.store.writeShape
    stop = environment.stop
    self.maxFailures = maxFailures
    self.stopsWhenTableFails = stopsWhenTableFails
    progress = { verdicts in
      let all = verdicts.joined()
      environment.progress(.advanced(changes: all.count, failed: all.count { $0.kind == .failed }))
    }
    self.stageEnded = stageEnded
    mayWrite = {
      try environment.chainMayWrite()
      try environment.tableGuard?.check()
    }
    self.write = write
  }
}
