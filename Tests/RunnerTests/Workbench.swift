import Foundation
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport

/// A store and a journal in one folder, as one process has them open.
final class Workbench: Sendable {
  let folder: String
  let store: FaultyStore
  let tables: EmbeddedStore
  let journal: Journal
  let stop = StopSignal()
  let inputs: FakeInputs
  let seen = Recorder<String>()
  /// The folders that tables were exported to in place of backups.
  let exports = Recorder<String>()
  /// How many changes rollbacks were said to undo.
  let totals = Recorder<Int>()
  private let isLoopback: Bool

  /// - Parameters:
  ///   - appending: called before each append, inside its transaction: what is on disk then is what a crash would leave.
  init(
    _ folder: String, unitsPerCall: Int = 5, concurrentCalls: Int = 1,
    faults: FaultyStore.Faults = FaultyStore.Faults(), inputs: FakeInputs = FakeInputs(),
    isLoopback: Bool = false,
    appending: @escaping @Sendable () -> Void = {}
  ) throws {
    self.folder = folder
    self.inputs = inputs
    self.isLoopback = isLoopback
    tables = try EmbeddedStore(path: folder + "/tables.sqlite")
    store = FaultyStore(
      tables, shape: WriteShape(unitsPerCall: unitsPerCall, concurrentCalls: concurrentCalls), faults: faults)
    let clock = Ticks()
    journal = try Journal(
      path: folder + "/journal.sqlite",
      for: .append(ActorIdentity(user: "alice", host: "here", tool: "test 1")),
      clock: {
        appending()
        return clock.next()
      })
  }

  /// What the runner works with here.
  var environment: RunEnvironment {
    RunEnvironment(
      store: store, target: "local:test", journal: journal, inputs: inputs, stop: stop, tool: "test 1",
      progress: { [seen, exports, totals] in
        if case .planned(let summary) = $0 { seen.add(summary.plan.digest) }
        if case .rollingBack(let total) = $0 { totals.add(total) }
        if case .exportingInstead(let folder) = $0 { exports.add(folder) }
      },
      confirm: { _ in "test" }, exportsByDefault: isLoopback)
  }

  // MARK: Commands

  func run(
    _ migration: any Migration, _ request: RunRequest = RunRequest(),
    _ settings: Settings = Settings(variables: [:])
  ) async throws -> RunResult {
    try await Runner(environment, migration, request).run(settings)
  }

  func resume(
    _ migration: any Migration, _ request: RunRequest = RunRequest(), run: String = "latest"
  ) async throws -> RunResult {
    try await Runner(environment, migration, request).resume(
      journal.run(named: run).handle, variables: [:])
  }

  func rollback(
    _ policy: ConflictPolicy = .stop, _ selection: RollbackSelection = RollbackSelection(),
    run: String = "latest"
  ) async throws -> RollbackResult {
    try await Rollback(environment, policy: policy, selection: selection).run(
      journal.run(named: run).handle)
  }

  // MARK: What came of it

  /// Every item of every table, as text, sorted.
  func contents() async throws -> [String] {
    var lines: [String] = []
    for table in try await tables.tables() {
      lines.append(table)
      try await TableReader(tables).forEachPage(of: table) { items in
        lines += items.map { "\(table) \(DynamoDBJSON.text($0))" }
        return true
      }
    }
    return lines.sorted()
  }

  /// The latest run's fold.
  func fold() async throws -> RunFold { try await journal.run(named: "latest") }

  /// The outcomes of each change of a run, by the change's number, in order.
  func outcomes(run: String = "latest") async throws -> [Int: [Outcome]] {
    var filter = AuditFilter()
    filter.run = try await journal.run(named: run).number
    var outcomes: [Int: [Outcome]] = [:]
    for try await page in try await journal.audit(filter) {
      for entry in page where entry.event.kind != .planned {
        let detail = try entry.event.detail.map { _ in try entry.event.decode(OutcomeDetail.self) }
        outcomes[entry.event.change ?? 0, default: []].append(Outcome(kind: entry.event.kind, detail: detail))
      }
    }
    return outcomes
  }

  /// The codes of a run's notes, in order.
  func notes() async throws -> [String] {
    try await journal.notes(of: fold().number).map { try $0.decode(NoteDetail.self).code }
  }

  /// How many events the journal has; the chain is checked on the way.
  func events() async throws -> Int64 { try await journal.verify().events }

  /// Copies journal and tables, as a crash at this moment would leave them.
  static func copy(_ folder: String, to copy: String) throws {
    let files = FileManager.default
    try files.createDirectory(atPath: copy, withIntermediateDirectories: true)
    for name in ["tables.sqlite", "tables.sqlite-wal", "journal.sqlite", "journal.sqlite-wal"]
    where files.fileExists(atPath: "\(folder)/\(name)") {
      try files.copyItem(atPath: "\(folder)/\(name)", toPath: "\(copy)/\(name)")
    }
  }
}

/// What was journaled of a change.
struct Outcome: Hashable, Sendable {
  let kind: EventKind
  let detail: OutcomeDetail?
}

/// Times that only ever grow, by a second each.
final class Ticks: @unchecked Sendable {
  // The lock guards the only field.
  private let lock = NSLock()
  private var time = JournalSample.time

  func next() -> Int64 {
    lock.withLock {
      time += 1_000_000
      return time
    }
  }
}

/// Collects values from any thread.
final class Recorder<Value: Sendable>: @unchecked Sendable {
  // The lock guards the only field.
  private let lock = NSLock()
  private var kept: [Value] = []

  func add(_ value: Value) { lock.withLock { kept.append(value) } }
  var values: [Value] { lock.withLock { kept } }
}

/// Replies by the request's name; a request without one fails.
final class FakeInputs: InputSource {
  private let replies: [String: [String]]
  let requests = Recorder<String>()

  /// - Parameter replies: the replies to the first, second … fetch of that name; the last one is repeated.
  init(_ replies: [String: [String]] = [:]) { self.replies = replies }

  func fetch(_ request: InputRequest, piece: ([UInt8]) async throws -> Void) async throws {
    let earlier = requests.values.count { $0 == request.name }
    requests.add(request.name)
    guard let replies = replies[request.name], let last = replies.last else {
      throw InputError(source: request.source, reason: "there is no reply")
    }
    let reply = Array((earlier < replies.count ? replies[earlier] : last).utf8)
    // In two pieces, as a network would.
    try await piece(Array(reply.prefix(reply.count / 2)))
    try await piece(Array(reply.dropFirst(reply.count / 2)))
  }
}
