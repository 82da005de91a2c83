import DynamoJournalSQLite
import TestSupport
import Testing

@testable import DynamoJournalEvents

@Suite("Appending asks the table of states")
struct AppendTests {
  private static let bob = OperatorAccount(uid: 501, user: "bob", host: "here")
  private static let digest = PlanDigest.digest(of: [])

  /// Each kind of event with a detail that could stand there.
  private static func draft(_ kind: EventKind, finish: RunState = .applied) throws -> EventDraft {
    var draft =
      switch kind {
      case .started: try EventDraft(kind, JournalSample.started)
      case .input: try EventDraft(kind, InputDetail(name: "i", piece: 0, last: true, source: "s"))
      case .note: try EventDraft(kind, NoteDetail(category: .data, code: "c", message: "m"))
      case .sealed:
        try EventDraft(
          kind,
          SealedDetail(
            changes: 0, units: 0, tally: [], counters: [], digest: digest, refusal: nil, blocks: [],
            stages: []))
      case .applyStarted: try EventDraft(kind, ApplyStartedDetail(confirmedBy: "--yes", digest: digest))
      case .finished: try EventDraft(kind, FinishedDetail(state: finish, counts: RunCounts()))
      case .interrupted:
        try EventDraft(kind, InterruptedDetail(cause: .signal, drained: true, message: "m"))
      case .resumed: try EventDraft(kind, ResumedDetail(retryFailed: false))
      case .rollbackStarted:
        try EventDraft(kind, RollbackStartedDetail(onConflict: "stop", table: nil, key: nil))
      case .redoStarted: try EventDraft(kind, RedoStartedDetail(onConflict: "stop"))
      case .closed: try EventDraft(kind, ReasonDetail(reason: nil))
      case .paused, .continued: try EventDraft(kind, AskedDetail(by: bob))
      case .paced: try EventDraft(kind, PacedDetail(by: bob, maxWriteUnits: 2.5, concurrency: nil))
      case .held, .released: try EventDraft(kind, HeldDetail(cause: .throttles, message: "m"))
      default: EventDraft(kind)
      }
    if kind.isAboutChange {
      draft.change = 1
      (draft.unit, draft.stage) = kind == .planned ? (1, 1) : (nil, nil)
      draft.planned = kind == .planned ? nil : 1
      draft.table = "operators"
    }
    return draft
  }

  /// What is appended to get a run from its start to each state.
  static let paths: [[EventKind]] = [
    [], [.interrupted], [.sealed], [.sealed, .interrupted], [.sealed, .applyStarted],
    [.sealed, .applyStarted, .interrupted], [.sealed, .applyStarted, .finished],
    [.sealed, .applyStarted, .finished, .rollbackStarted],
    [.sealed, .applyStarted, .finished, .rollbackStarted, .interrupted],
    [.sealed, .applyStarted, .finished, .rollbackStarted, .finished],
    [.sealed, .applyStarted, .finished, .rollbackStarted, .finished, .redoStarted],
    [.sealed, .applyStarted, .finished, .rollbackStarted, .finished, .redoStarted, .interrupted],
    [.sealed, .closed], [.interrupted, .closed],
  ]

  @Test(
    "what it lacks is refused, and the chain stays where it was; what it has is appended", arguments: paths)
  func everyKind(path: [EventKind]) async throws {
    try await withTemporaryFolder { folder in
      for kind in EventKind.allCases {
        let journal = try Journal(path: folder + "/\(kind).sqlite", for: .append(JournalSample.actor))
        let run = try await journal.begin()
        for step in path { try await journal.append([Self.draft(step)], run: run) }
        let (position, head) = (try await journal.run(run).position, await journal.head)
        let draft = try Self.draft(kind)
        let move = try RunMove.of(kind, draft.detail)
        let isLegal = move.map { position.after($0) != nil } ?? position.admits(kind)
        if isLegal {
          #expect(try await journal.append([draft], run: run) == head.seq + 1, "\(kind) in \(position)")
        } else {
          let error = JournalError.moveNotAllowed(
            run: JournalSample.started.run, state: position.state, move: "given the event '\(kind.rawValue)'")
          await #expect(throws: error, "\(kind)") { try await journal.append([draft], run: run) }
          #expect(await journal.head == head)
          // A process that has folded nothing yet judges alike.
          let isKept = try await journal.run(run).passedOver.isEmpty
          #expect(isKept)
        }
        _ = try await journal.verify()
      }
    }
  }

  @Test("a run that is opened anew is judged by its events, not by what this process appended")
  func opensAnew() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/journal.sqlite"
      do { _ = try await Journal(path: path, for: .append(JournalSample.actor)).applied(Draft.many(1)) }
      let journal = try Journal(path: path, for: .append(JournalSample.actor))
      for kind in [EventKind.interrupted, .applyStarted, .planned, .applied, .compensated] {
        await #expect(throws: JournalError.self) { try await journal.append([Self.draft(kind)], run: 1) }
      }
      #expect(try await journal.append([Self.draft(.rollbackStarted)], run: 1) > 0)
    }
  }

  @Test("a fold that has grown old moves nothing")
  func stale() async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(path: folder + "/j.sqlite", for: .append(JournalSample.actor))
      let run = try await journal.begin()
      try await journal.append([Self.draft(.sealed), Self.draft(.applyStarted)], run: run)
      let fold = try await journal.run(run)
      try await journal.finish(.applied, run)
      #expect(fold.position.state == .applying, "a snapshot")
      await #expect(throws: JournalError.self) {
        try await journal.append([Self.draft(.interrupted)], run: fold.handle.number)
      }
      #expect(try await journal.fold(fold.handle).position.state == .applied)
    }
  }

  @Test("events of one commit are judged one after the other, and all or none are appended")
  func together() async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(path: folder + "/j.sqlite", for: .append(JournalSample.actor))
      let run = try await journal.begin()
      let tooMany = try [Self.draft(.sealed), Self.draft(.applyStarted), Self.draft(.planned)]
      await #expect(throws: JournalError.self) { try await journal.append(tooMany, run: run) }
      #expect(await journal.head.seq == 1)
      try await journal.append([Self.draft(.sealed), Self.draft(.applyStarted)], run: run)
      await #expect(throws: JournalError.self) {
        try await journal.append([Self.draft(.finished), Self.draft(.interrupted)], run: run)
      }
      #expect(try await journal.run(run).position.state == .applying)
    }
  }

  @Test("a run begins once, at its own number; an event of no run is refused")
  func begins() async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(path: folder + "/j.sqlite", for: .append(JournalSample.actor))
      let run = try await journal.begin()
      await #expect(throws: JournalError.self) { try await journal.append([Self.draft(.started)], run: run) }
      for other in [run + 1, run + 2, 0, -1, .max] {
        await #expect(throws: JournalError.self, "\(other)") {
          try await journal.append([Self.draft(.note)], run: other)
        }
      }
      await #expect(throws: JournalError.self) {
        try await journal.append([Self.draft(.started), Self.draft(.started)], run: run + 1)
      }
      #expect(await journal.head.seq == 1)
    }
  }

  // MARK: Other hands

  static let plants = [
    "CREATE TRIGGER t AFTER INSERT ON events BEGIN SELECT 1; END",
    "CREATE TRIGGER t BEFORE INSERT ON events WHEN new.event = 'applied' BEGIN SELECT RAISE(IGNORE); END",
    "CREATE VIEW v AS SELECT 1", "CREATE TABLE t (a)", "CREATE INDEX i ON events (at)",
    "DROP TRIGGER events_are_never_updated", "DROP VIEW runs", "DROP INDEX run_events",
  ]

  @Test("what is planted while the journal is open is noticed before the next commit", arguments: plants)
  func planted(sql: String) async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/j.sqlite"
      let journal = try Journal(path: path, for: .append(JournalSample.actor))
      let run = try await journal.begin()
      try Connection(path: path, mode: .readWrite).execute(sql)
      for _ in 0..<2 {
        let error = await #expect(throws: JournalError.self) {
          try await journal.append([Self.draft(.note)], run: run)
        }
        guard case .foreignSchema = error else {
          // Without its index a journal can't be read at all.
          #expect(sql.contains("INDEX run_events"), "\(String(describing: error))")
          continue
        }
      }
      let count = try Connection(path: path, mode: .readOnly).statement("SELECT count(*) FROM events").first {
        $0.integer(0)
      }
      #expect(count == 1)
    }
  }

  @Test("what is planted and taken away again is not held against anybody")
  func plantedAndGone() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/j.sqlite"
      let journal = try Journal(path: path, for: .append(JournalSample.actor))
      let run = try await journal.begin()
      let other = try Connection(path: path, mode: .readWrite)
      try other.execute("CREATE TABLE t (a)")
      try other.execute("DROP TABLE t")
      #expect(try await journal.append([Self.draft(.note)], run: run) == 2)
    }
  }

  @Test(
    "a foreign row with the next number, an edited head and a cut end are noticed, and nothing is appended",
    arguments: [
      "INSERT INTO events (seq, run, event, at, actor, hash) VALUES (3, 1, 'note', 0, 1, zeroblob(32))",
      "UPDATE events SET hash = zeroblob(32) WHERE seq = 2", "DELETE FROM events WHERE seq = 2",
    ])
  func foreignRow(sql: String) async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/j.sqlite"
      let journal = try Journal(path: path, for: .append(JournalSample.actor))
      let run = try await journal.begin()
      try await journal.append([Self.draft(.note)], run: run)
      try Forger.edit(path, sql)
      await #expect(throws: JournalError.self) { try await journal.append([Self.draft(.note)], run: run) }
      let last = try Connection(path: path, mode: .readOnly).statement("SELECT max(seq) FROM events").first {
        $0.integer(0)
      }
      #expect(last == (sql.hasPrefix("INSERT") ? 3 : sql.hasPrefix("DELETE") ? 1 : 2))
    }
  }

  @Test("an event that can't stand where it stands is passed over and named, and the run goes on without it")
  func passedOver() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/j.sqlite"
      do { _ = try await Journal(path: path, for: .append(JournalSample.actor)).applied(Draft.many(2)) }
      let detail = #"{"cause":"died","drained":false,"message":"m"}"#
      // started, two planned, sealed, applyStarted, two applied, finished
      try Forger.rewrite(
        path,
        "INSERT INTO events (seq, run, event, at, actor, detail, hash) VALUES (9, 1, 'interrupted', 0, 1, '\(detail)', zeroblob(32))"
      )
      try await verified(path)
      let journal = try Journal(path: path, for: .append(JournalSample.actor))
      let fold = try await journal.run(1)
      #expect(fold.position.state == .applied && !fold.hasDoubt)
      #expect(fold.passedOver == [PassedOverEvent(seq: 9, kind: .interrupted, state: .applied)])
      #expect(try await journal.runs().count == 1)
      try await journal.append([Self.draft(.rollbackStarted)], run: 1)
      #expect(try await journal.run(named: "latest").position.state == .rollingBack)
    }
  }
}
