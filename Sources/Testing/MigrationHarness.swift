import Foundation
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import Testing

/// A store, embedded unless another is given, a folder with a journal, and the verbs of the command line on them.
public struct MigrationHarness: Sendable {
  /// The tables.
  package let store: any TableStore
  /// The journal.
  package let journal: Journal
  /// The replies.
  public let inputs: FileInputs
  private let clock: @Sendable () -> Int64
  private let time: Clock

  /// Runs `body` with a harness in a temporary folder, which is removed afterwards.
  public static func use(_ body: (MigrationHarness) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in try await body(MigrationHarness(folder: folder)) }
  }

  /// A harness in that folder.
  ///
  /// - Parameters:
  ///   - store: the tables; an embedded store in the folder when nil.
  ///   - appending: called before each append, inside its transaction: what is on disk then is what a crash would leave.
  package init(
    folder: String, store: (any TableStore)? = nil, appending: @escaping @Sendable () -> Void = {}
  ) throws {
    let time = Clock()
    self.time = time
    clock = { time.now }
    self.store = try store ?? EmbeddedStore(path: folder + "/tables.sqlite")
    journal = try Journal(
      path: folder + "/journal.sqlite",
      for: .append(ActorIdentity(user: "tester", host: "here", tool: "test")),
      clock: {
        appending()
        return time.now
      })
    inputs = FileInputs()
  }

  // MARK: Tables

  /// Creates a table and fills it.
  public func seed(_ spec: TableSpec, _ items: [Item] = []) async throws {
    try await store.create(spec)
    try await store.put(items, into: spec.name)
  }

  /// Every table with its items, canonical and sorted: two dumps are equal when the tables are, byte for byte.
  public func dump() async throws -> [String] {
    var lines: [String] = []
    for name in try await store.tables() {
      lines.append(try #require(try await store.describe(name)).spec.jsonText)
      lines += try await items(of: name).map { DynamoDBJSON.text($0) }.sorted()
    }
    return lines
  }

  /// The items of a table, in its order.
  public func items(of table: String) async throws -> [Item] {
    var items: [Item] = []
    var position: Key?
    repeat {
      let page = try await store.scan(ScanRequest(table: table, after: position))
      items += page.items
      position = page.lastKey
    } while position != nil
    return items
  }

  /// Expects a table to hold exactly these items.
  public func expect(
    _ table: String, holds expected: [Item], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let sorted = { (items: [Item]) in items.map { DynamoDBJSON.text($0) }.sorted() }
    let found = try await items(of: table)
    #expect(sorted(found) == sorted(expected), sourceLocation: sourceLocation)
  }

  /// Expects a table to hold so many items.
  public func expect(
    _ table: String, count: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let found = try await items(of: table)
    #expect(found.count == count, sourceLocation: sourceLocation)
  }

  /// Expects a table to be as that says, key and indexes.
  public func expect(_ spec: TableSpec, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let found = try await store.describe(spec.name)?.spec
    #expect(found == spec, sourceLocation: sourceLocation)
  }

  // MARK: Verbs

  /// Runs a migration.
  ///
  /// - Parameter other: the store to use instead of the harness's own: one that fails.
  public func run(
    _ migration: some Migration, _ settings: Settings, _ request: RunRequest = RunRequest(),
    on other: WatchedStore? = nil
  ) async throws -> RunResult {
    try await run(migration, settings, request, on: other, stop: StopSignal())
  }

  /// Runs a migration until somebody asks to stop.
  package func run(
    _ migration: some Migration, _ settings: Settings, _ request: RunRequest = RunRequest(),
    on other: WatchedStore? = nil, stop: StopSignal
  ) async throws -> RunResult {
    try await Runner(environment(other, stop), migration, request).run(settings)
  }

  /// Goes on with a run.
  public func resume(
    _ run: RunResult, _ migration: some Migration, variables: [String: String] = [:],
    on other: WatchedStore? = nil
  ) async throws -> RunResult {
    try await resume(run.fold, migration, variables: variables, on: other)
  }

  /// Goes on with a run.
  package func resume(
    _ run: RunFold, _ migration: some Migration, variables: [String: String] = [:],
    on other: WatchedStore? = nil
  ) async throws -> RunResult {
    try await Runner(environment(other, StopSignal()), migration, RunRequest())
      .resume(run.handle, variables: variables)
  }

  /// Undoes a run.
  public func rollBack(
    _ run: RunResult, policy: ConflictPolicy = .stop, on other: WatchedStore? = nil
  ) async throws -> RollbackResult {
    try await rollBack(run.fold, policy: policy, on: other)
  }

  /// Undoes a run.
  package func rollBack(
    _ run: RunFold, policy: ConflictPolicy = .stop, on other: WatchedStore? = nil
  ) async throws -> RollbackResult {
    try await Rollback(environment(other, StopSignal()), policy: policy)
      .run(run.handle)
  }

  private func environment(_ other: WatchedStore?, _ stop: StopSignal) -> RunEnvironment {
    RunEnvironment(
      store: other ?? store, target: "local:test", journal: journal, inputs: inputs, stop: stop, tool: "test",
      progress: { _ in }, confirm: { _ in "test" }, clock: clock)
  }

  // MARK: What the journal says

  /// The codes of a run's notes, each with the key or the table that it is about, in order.
  public func notes(of run: RunResult) async throws -> [String] {
    try await journal.notes(of: run.fold.number).map { event in
      let about = try event.key.map { Key(try DynamoDBJSON.item(from: $0)).description } ?? event.table
      let detail = try event.decode(NoteDetail.self)
      return "\(detail.category.rawValue) \(detail.code)" + (about.map { " \($0)" } ?? "")
    }
  }

  /// What a run's plan counted.
  public func counters(of run: RunResult) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: (run.fold.plan?.counters ?? []).map { ($0.name, $0.value) })
  }

  /// Lets a second pass; otherwise time stands still.
  public func passTime() { time.advance() }

  /// The "now" of a run.
  public func now(of run: RunResult) -> Int64 { run.fold.startedAt / 1_000 }

  /// The sentence of the refusal with which a run is not begun.
  public func refusal(
    _ migration: some Migration, _ settings: Settings, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let error = await #expect(throws: Refusal.self, sourceLocation: sourceLocation) {
      _ = try await run(migration, settings)
    }
    #expect(try await journal.runs().isEmpty, sourceLocation: sourceLocation)
    return try #require(error, sourceLocation: sourceLocation).description
  }

  /// The sentence with which a run that was begun is refused; it must have written nothing.
  public func refusedRun(
    _ migration: some Migration, _ settings: Settings, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let start = try await dump()
    let result = try await run(migration, settings)
    #expect(try await dump() == start, sourceLocation: sourceLocation)
    guard case .refused(let message) = result.end else {
      Issue.record("the run ended as \(result.end)", sourceLocation: sourceLocation)
      return ""
    }
    return message
  }

  // MARK: Losing the target

  /// The store, lost at its n-th write: before the write is made, or after it, when nobody hears of it any more.
  public func losing(write number: Int, afterwards: Bool) -> WatchedStore {
    let count = Count()
    let lose: @Sendable (WatchedStore.Call) throws -> Void = { call in
      guard case .write = call, count.next() == number else { return }
      throw StoreError(.unavailable, code: "Lost", "the target is lost")
    }
    return afterwards ? WatchedStore(store, after: lose) : WatchedStore(store, before: lose)
  }

  /// Loses the target at every write of a run, and of its rollback, and goes on each time: the tables end as they do
  /// without that.
  ///
  /// - Parameter writes: the writes that the run makes, one a unit.
  public func loseEachWrite(_ migration: some Migration, _ settings: Settings, writes: Int) async throws {
    let start = try await dump()
    let count = Count()
    let counted = WatchedStore(store, after: { call in if case .write = call { _ = count.next() } })
    let whole = try await run(migration, settings, on: counted)
    #expect(count.next() == writes + 1, "the run makes other writes than it was said to")
    let end = try await dump()
    _ = try await rollBack(whole)
    #expect(try await dump() == start)
    for number in 1...writes {
      for afterwards in [false, true] {
        let lost = try await run(migration, settings, on: losing(write: number, afterwards: afterwards))
        #expect(lost.fold.position.state == .interrupted, "write \(number), afterwards \(afterwards)")
        let resumed = try await resume(lost, migration)
        #expect(resumed.fold.position.state == .applied)
        #expect(resumed.counts.applied == whole.counts.planned)
        #expect(try await dump() == end)
        let cut = try await rollBack(resumed, on: losing(write: number, afterwards: afterwards))
        #expect(cut.result.fold.position.state == .interrupted)
        let undone = try await resume(resumed, migration)
        #expect(undone.fold.position.state == .rolledBack)
        #expect(try await dump() == start)
      }
    }
  }

  // MARK: The cycle

  /// Every migration passes this: plan, apply, compare, roll back, compare, apply again, and find nothing more to do.
  ///
  /// - Parameters:
  ///   - plannedAgain: what a second run plans: nothing, unless the migration is one to be repeated.
  ///   - verify: compares the tables with what the migration was to make of them.
  /// - Returns: the first run, as it was when it was applied.
  @discardableResult
  public func cycle(
    _ migration: some Migration, _ settings: Settings, planned: Int, plannedAgain: Int = 0,
    _ verify: () async throws -> Void
  ) async throws -> RunResult {
    let start = try await dump()
    let dry = try await run(migration, settings, RunRequest.dry)
    #expect(dry.fold.position.state == .planned)
    #expect(dry.counts.planned == planned)
    #expect(try await dump() == start)

    let applied = try await run(migration, settings)
    #expect(applied.end == .done)
    #expect(applied.fold.position.state == .applied)
    #expect(applied.fold.plan?.digest == dry.fold.plan?.digest)
    try await verify()
    let end = try await dump()

    if planned > 0 {
      let undone = try await rollBack(applied)
      #expect(undone.preview.conflictCount == 0)
      #expect(undone.result.fold.position.state == .rolledBack)
      #expect(try await dump() == start)
    }
    let again = try await run(migration, settings)
    #expect(again.fold.position.state == .applied)
    #expect(again.fold.plan?.digest == dry.fold.plan?.digest)
    #expect(try await dump() == end)

    let second = try await run(migration, settings)
    #expect(second.fold.position.state == .applied)
    #expect(second.counts.planned == plannedAgain)
    #expect(try await dump() == end)
    return applied
  }
}

/// A clock that stands still, so that runs which begin alike plan alike; the lock guards the only field, hence the
/// unchecked conformance.
private final class Clock: @unchecked Sendable {
  private let lock = NSLock()
  private var time: Int64 = 1_770_000_000_000_000

  var now: Int64 { lock.withLock { time } }

  func advance() { lock.withLock { time += 1_000_000 } }
}
