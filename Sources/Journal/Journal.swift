import Foundation
import DynamoJournalSQLite
import DynamoJournalTables

/// The journal: one SQLite file, one door to it.
///
/// All functions throw `JournalError`.
package actor Journal {
  /// The format that this program writes, and the newest that it reads.
  package static let format: Int64 = 2
  static let applicationID: Int64 = 1_397_770_801

  /// What the journal is opened for.
  package enum Access: Sendable {
    /// Appending, as this actor; the file is made when it is missing, and rewritten when it is of format 1. One process at a
    /// time.
    case append(ActorIdentity)
    /// Reading; the file must exist.
    case read
    /// A short look that makes no file and changes none; the file must exist.
    case look

    fileprivate var isLook: Bool { if case .look = self { true } else { false } }
  }

  /// The file's path, a link followed.
  package nonisolated let path: String
  /// The path that was asked for.
  private let askedPath: String
  /// The format of the file: 1 only where it is opened for reading.
  package nonisolated let fileFormat: Int64
  let connection: Connection
  private var lock: JournalLock?
  private let clock: @Sendable () -> Int64
  private let random = RandomBytes()
  private var actor: (id: Int64, seal: ActorSeal)?
  private var schemaVersion: Int64
  /// The file that was opened: what is appended goes there, whatever stands at the path meanwhile.
  private let file: FileIdentity?
  /// Where the runs stand that were written to, so that no append has to fold its run anew.
  private var positions: [Int64: RunPosition] = [:]
  /// The last event's place and hash: what the next event is chained to.
  package private(set) var head: Head
  /// What appending has cost this process so far.
  package private(set) var cost = AppendCost()
  var actors: [Int64: ActorIdentity] = [:]
  /// The first event that was met of a kind that only a newer program knows; nil when none was.
  package private(set) var unknown: JournalError?

  /// What appending has cost.
  package struct AppendCost: Sendable {
    /// Durable commits.
    package internal(set) var commits = 0
    /// Events appended.
    package internal(set) var events = 0
    /// Time spent, waiting for the disk included.
    package internal(set) var time = Duration.zero
  }

  /// The end of the chain.
  package struct Head: Hashable, Sendable {
    /// Sequence number of the last event; 0 in an empty journal.
    package let seq: Int64
    /// Its hash.
    package let hash: [UInt8]

    static let empty = Head(seq: 0, hash: [UInt8](repeating: 0, count: 32))

    /// `sha256:` and 64 hexadecimal digits.
    package var description: String { "sha256:" + Hexadecimal.text(hash) }
  }

  /// Opens a journal.
  ///
  /// - Parameter clock: gives the time in microseconds since 1970, UTC.
  package init(
    path: String, for access: Access, clock: @escaping @Sendable () -> Int64 = Timestamp.now
  ) throws {
    askedPath = path
    let path = FileIdentity.behindLink(path)
    self.path = path
    self.clock = clock
    do {
      switch access {
      case .append(let identity):
        lock = try JournalFile.lock(path)
        try JournalUpgrade.run(path, as: identity, clock: clock)
        connection = try Connection(path: path, mode: .readWrite, cacheKibibytes: 8_192)
        try JournalFile.prepare(connection)
      case .read, .look:
        guard FileManager.default.fileExists(atPath: path) else { throw JournalError.missing(path: path) }
        lock = nil
        connection = try Connection(path: path, mode: access.isLook ? .look : .readOnly)
      }
      file = FileIdentity(path)
      fileFormat = try JournalFile.check(connection)
      try JournalFile.checkNumbers(connection, format: fileFormat)
      schemaVersion = try connection.schemaVersion()
      head = try JournalFile.head(connection)
      if case .append(let identity) = access {
        actor = (try ActorRows.register(identity, connection), ActorSeal(identity))
      }
    } catch let error as SQLiteError {
      throw JournalError(error)
    }
  }

  /// The version of the SQLite library that is linked.
  ///
  /// Before 3.51.3 (3.50.7, 3.44.6) one connection's checkpoint beside another's commit can lose committed pages, which is why
  /// one connection does both here. https://sqlite.org/wal.html, "The WAL-Reset Bug"
  package static var sqliteVersion: String { Connection.libraryVersion }

  /// Whether a live process appends to the journal at that path.
  package static func isHeld(path: String) -> Bool {
    JournalLock.isHeld(journal: FileIdentity.behindLink(path))
  }

  /// The live process that appends to the journal at that path, such as `process 123 on host`; nil for none.
  package static func holder(path: String) -> String? {
    isHeld(path: path) ? JournalLock.holder(FileIdentity.behindLink(path)) : nil
  }

  // MARK: Appending

  /// Appends events of one run in one durable commit: all of them or none.
  ///
  /// - Returns: the sequence number of the first one; the others follow without a gap.
  /// - Throws: `JournalError.moveNotAllowed` for an event that the table of states does not allow, whoever asks.
  @discardableResult
  package func append(_ drafts: [EventDraft], run: Int64) throws -> Int64 {
    let began = ContinuousClock.now
    defer {
      cost.commits += 1
      cost.events += drafts.count
      cost.time += began.duration(to: .now)
    }
    return try translated {
      let position = try positionAfter(drafts, of: run)
      let next = try connection.transaction {
        try refuseForeignHands()
        let now = clock()
        var last = head
        for index in drafts.indices { last = try insert(drafts[index], run: run, at: now, after: last) }
        return last
      }
      // Not before the commit: one that fails, on a full disk for example, leaves the chain where it was.
      defer {
        head = next
        positions[run] = position
      }
      return head.seq + 1
    }
  }

  /// Appends an event about the journal itself in a durable commit.
  package func append(ownEvent draft: EventDraft) throws {
    precondition(draft.kind.subject == .journal, "an event of a run belongs to its run")
    try translated {
      let next = try connection.transaction {
        try refuseForeignHands()
        return try insert(draft, run: head.seq + 1, at: clock(), after: head)
      }
      head = next
    }
  }

  /// Appends a run's `started` event and, in the same commit, the text that defines its migration.
  ///
  /// - Parameter definition: nil for a migration that the program itself has.
  /// - Returns: the run's number.
  package func start(_ detail: StartedDetail, definition: RunDefinition? = nil) throws -> Int64 {
    try append(
      [EventDraft(.started, detail)] + (definition?.drafts ?? []), run: head.seq + 1)
  }

  /// Notes that events are known to be missing from this journal's end, and that somebody goes on without them: from here on
  /// what a run finds done may be its own work.
  ///
  /// - Parameters:
  ///   - flaw: what was found, in words.
  ///   - lost: the hash of the last event that is known of, in hexadecimal.
  package func noteLoss(_ flaw: String, upTo lost: String) throws {
    if try hasRecovered(from: lost) { return }
    let detail = RecoveredDetail(
      kept: head.seq, evidence: nil, firstBad: head.seq + 1, flaw: flaw, head: lost,
      reason: "--accept-journal")
    try translated {
      let next = try connection.transaction {
        try refuseForeignHands()
        return try insert(EventDraft(.recovered, detail), run: head.seq + 1, at: clock(), after: head)
      }
      head = next
    }
  }

  /// Where the run stands once the events are appended.
  private func positionAfter(_ drafts: [EventDraft], of run: Int64) throws -> RunPosition {
    let isNew = run == head.seq + 1 && drafts.first?.kind == .started
    var position = try isNew ? .start : positions[run] ?? self.run(run).position
    // By their places, since a copy of each draft costs more than the look at it.
    for index in drafts.indices.dropFirst(isNew ? 1 : 0) {
      position = try position.after(drafts[index], run: run, journal: self)
    }
    return position
  }

  /// Whoever writes here without the lock, whoever changes the schema, and whoever puts another file in this one's place is
  /// noticed before anything is written.
  private func refuseForeignHands() throws {
    guard FileIdentity(askedPath) == file, FileIdentity(path) == file else {
      throw JournalError.swapped(path: path)
    }
    let current = try JournalFile.head(connection)
    guard current == head else {
      throw JournalError.positionMoved(expected: head.seq + 1, actual: current.seq + 1)
    }
    let version = try connection.schemaVersion()
    if version != schemaVersion {
      _ = try JournalFile.check(connection)
      schemaVersion = version
    }
  }

  private func insert(_ draft: EventDraft, run: Int64, at: Int64, after previous: Head) throws -> Head {
    guard let actor else { throw JournalError.notWritable(path: path, reason: "it was opened for reading") }
    var row = draft.row
    row.seq = previous.seq + 1
    row.run = run
    row.at = at
    row.actor = actor.id
    row.seals = EventSeals.make(for: row.fields, random)
    do { row.hash = try ChainFormat.two.hash(row, after: previous.hash, actor.seal) } catch {
      throw JournalError.damaged(event: row.seq, reason: error.reason)
    }
    try row.insert(connection)
    return Head(seq: row.seq, hash: row.hash)
  }

  /// Hands the lock over to whoever replaces the file; nothing is appended here any more.
  func release() throws -> JournalLock {
    guard let held = lock else {
      throw JournalError.notWritable(path: path, reason: "it was opened for reading")
    }
    lock = nil
    actor = nil
    return held
  }

  /// The id of a run, for messages.
  fileprivate func id(of run: Int64) -> String { (try? self.run(run).started.run) ?? String(run) }

  func noteUnknown(_ kind: String, event: Int64) {
    unknown = unknown ?? .unknownKind(event: event, kind: kind)
  }

  func translated<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as SQLiteError { throw JournalError(error) }
  }
}

extension RunPosition {
  /// The position after an event that is about to be appended.
  fileprivate func after(_ draft: EventDraft, run: Int64, journal: isolated Journal) throws -> RunPosition {
    guard let move = try RunMove.of(draft.kind, draft.detail) else {
      if admits(draft.kind) { return self }
      throw JournalError.moveNotAllowed(
        run: journal.id(of: run), state: state, move: "given the event '\(draft.kind.rawValue)'")
    }
    guard let next = after(move) else {
      throw JournalError.moveNotAllowed(
        run: journal.id(of: run), state: state, move: "given the event '\(draft.kind.rawValue)'")
    }
    return next
  }
}

extension EventDraft {
  /// The row, without what the journal adds.
  fileprivate var row: EventRow {
    var row = EventRow()
    row.kind = Array(kind.rawValue.utf8)
    row.change = change.map { Int64($0) }
    row.unit = unit.map { Int64($0) }
    row.stage = stage.map { Int64($0) }
    row.planned = planned
    row.table = table.map { Array($0.utf8) }
    row.fields = EventFields(key: key, before: before, after: after, detail: detail, body: body)
    return row
  }
}

extension EventRow {
  /// Writes the row to a journal of format 2.
  func insert(_ connection: Connection) throws {
    try connection.statement(Queries.insertEvent)
      .bind(1, seq).bind(2, run).bindText(3, utf8: kind).bind(4, at).bind(5, actor).bind(6, change).bind(
        7, unit
      )
      .bind(8, stage).bind(9, planned).bind(10, shard).bind(11, attempt).bindText(12, utf8: table)
      .bindText(13, utf8: fields.key).bindText(14, utf8: fields.before).bindText(15, utf8: fields.after)
      .bindText(16, utf8: fields.detail).bind(17, blob: fields.body).bind(18, blob: seals)
      .bind(19, blob: hash).run()
  }
}
