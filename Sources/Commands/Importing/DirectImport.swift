import DynamoJournalProgram
import DynamoJournalPrograms
import DynamoJournalRunner
import DynamoJournalTables

/// An import without a run: into a table without items, or because somebody wants it so.
struct DirectImport {
  private let load: ItemImport
  private let spec: TableSpec
  private let store: any TableStore
  /// Whether the table is to be made.
  private let isNew: Bool
  private let reading: ReadingPhase?
  /// Items that are read and written at once where each is compared with what is there.
  private static let batchSize = 500

  /// - Parameter reading: what ends when the first item is about to be written.
  init(
    _ load: ItemImport, _ spec: TableSpec, _ store: any TableStore, isNew: Bool = false,
    _ reading: ReadingPhase? = nil
  ) {
    self.reading = reading
    self.load = load
    self.spec = spec
    self.store = store
    self.isNew = isNew
  }

  // MARK: Into a table without items

  /// What `fill` would do.
  func dry(_ count: Int) -> ImportSummary {
    var tally = ImportTally()
    tally.new = count
    return ImportSummary(table: spec.name, tally: tally, written: 0, isNew: isNew, isDry: true)
  }

  /// Makes the table if it is missing, and puts all items into it.
  ///
  /// - Throws: `ImportCutShort` once something was written.
  func fill(_ count: Int) async throws -> ImportSummary {
    let (load, spec, store, isNew) = (load, spec, store, isNew)
    try await stoppable { stop in
      if isNew { try await store.create(spec) }
      do {
        try await load.load(into: store) { _ in if stop.isRequested { throw CancellationError() } }
      } catch let broken as ImportBroken {
        guard broken.written > 0 || !broken.isExact || isNew else { throw broken.cause }
        throw ImportCutShort(broken, of: count, spec.name, isStopped: stop.isRequested)
      }
    }
    var tally = ImportTally()
    tally.new = count
    return ImportSummary(table: spec.name, tally: tally, written: count, isNew: isNew)
  }

  /// Runs `body` until it is done, or somebody asks to stop.
  private func stoppable<Result: Sendable>(
    _ body: @escaping @Sendable (StopSignal) async throws -> Result
  ) async throws -> Result {
    let stop = StopSignal()
    let signals = Signals(stop, isSilent: true) {
      Console.say("stopping: what was sent is waited for; press Ctrl-C again to stop immediately")
    }
    defer { withExtendedLifetime(signals) {} }
    reading?.end()
    let task = Task { try await body(stop) }
    stop.whenRequested { task.cancel() }
    return try await task.value
  }

  // MARK: Into a table with items

  /// Compares the items with those in the table, and writes nothing.
  func tally(keepsExisting: Bool) async throws -> ImportTally {
    var tally = ImportTally()
    try await load.forEachBatch(of: Self.batchSize) { batch in
      let found = try await store.items(batch.map(\.key), in: spec.name)
      for (entry, found) in zip(batch, found) {
        tally.add(entry.item, found: found, keepsExisting: keepsExisting)
      }
    }
    return tally
  }

  /// Puts each item on the condition that what is there is what was found there.
  ///
  /// - Throws: `ImportCutShort` once something was written.
  func write(_ tally: ImportTally, keepsExisting: Bool) async throws -> ImportSummary {
    let (load, spec, store) = (load, spec, store)
    let (written, conflicts) = try await stoppable { stop in
      var (written, conflicts) = (0, 0)
      do {
        try await load.forEachBatch(of: Self.batchSize) { batch in
          if stop.isRequested { throw CancellationError() }
          let found = try await store.items(batch.map(\.key), in: spec.name)
          let changes = zip(batch, found).compactMap { entry, found in
            keepsExisting && found != nil ? nil : Change.between(spec, entry.key, found, entry.item)
          }
          for reply in try await store.write(changes.map { [$0] }) {
            switch reply.outcome {
            case .written: written += 1
            case .conditionFailed: conflicts += 1
            case .refused(let error): throw error
            }
          }
        }
      } catch {
        guard written > 0 else { throw error }
        let broken = ImportBroken(cause: error, written: written, isExact: false)
        throw ImportCutShort(broken, of: tally.new + tally.replaced, spec.name, isStopped: stop.isRequested)
      }
      return (written, conflicts)
    }
    return ImportSummary(table: spec.name, tally: tally, written: written, conflicts: conflicts)
  }
}

/// An import ended before its end; the sentence says what is in the table and what to do.
struct ImportCutShort: ExplainedError, Hashable {
  let explanation: Explanation
  let exitStatus: ExitStatus
  var errorClass: ErrorClass { .database }

  init(_ broken: ImportBroken, of count: Int, _ table: String, isStopped: Bool) {
    let cause = broken.cause as? any ExplainedError
    let reason = isStopped ? "stopped" : cause?.explanation.problem ?? "\(broken.cause)"
    let words = broken.isExact ? "\(broken.written)" : "at least \(broken.written)"
    // What can be had again by waiting, or was stopped, is gone on with; what was refused needs a change first.
    let isLater = isStopped || cause == nil || cause?.exitStatus == .interrupted
    explanation = Explanation(
      "the import ended before its end (\(reason)): \(words) of \(count) items were written to table '\(table)'",
      (isLater ? "" : "put right what was refused, then ")
        + "type the same command again: what is there already is left as it is")
    exitStatus = isLater ? .interrupted : .incomplete
  }
}
