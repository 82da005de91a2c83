import Foundation
import DynamoJournalSQLite
import DynamoJournalTables

/// Takes the runs that have ended out of a journal into a file of their own, which is a journal, too.
///
/// The file is written first, made durable, read back and verified. Then the journal is written anew without those events
/// and takes the old one's place in one step. Whoever is killed on the way leaves the old journal, with or without the file
/// beside it, or the new one with the file: nothing is lost, and the same command goes on.
package struct JournalArchive: Sendable {
  /// What was done, or what would be.
  package struct Result: Sendable {
    /// The runs that left.
    package let runs: [ArchivedRun]
    /// How many events left.
    package let events: Int64
    /// The end of the chain of the file; nil before it is written.
    package let archive: Journal.Head?
    /// The end of the chain of the journal that goes on; nil before it does.
    package let head: Journal.Head?
    /// The run that keeps those behind it in the journal; nil where none does.
    package let blockedBy: RunFold?
  }

  private let path: String
  private let file: String
  private let identity: ActorIdentity
  private let before: Int64
  private let reason: String?
  private let clock: @Sendable () -> Int64

  /// An archiving.
  ///
  /// - Parameters:
  ///   - before: runs that moved last before this time, in microseconds since 1970, UTC.
  ///   - file: where they go.
  package init(
    path: String, as identity: ActorIdentity, before: Int64, to file: String, reason: String?,
    clock: @escaping @Sendable () -> Int64 = Timestamp.now
  ) {
    self.path = FileIdentity.behindLink(path)
    self.file = file
    self.identity = identity
    self.before = before
    self.reason = reason
    self.clock = clock
  }

  /// What would leave; nothing is written.
  ///
  /// - Throws: `JournalError`.
  package func look() async throws -> Result {
    try refuseOwnFile()
    let journal = try Journal(path: path, for: .read)
    let folds = try await journal.runs()
    let connection = try Connection(path: path, mode: .readOnly)
    return try translated {
      try JournalArchive.plan(connection, folds, before: before, format: journal.fileFormat).result
    }
  }

  /// Archives.
  ///
  /// - Throws: `JournalError`; `.nothingToArchive` when no run can leave, `.archiveExists` when another file stands there,
  ///   `.ownFile` when it is the journal's: nothing is changed then.
  package func run() async throws -> Result {
    try refuseOwnFile()
    let (folds, lock) = try await prepare()
    defer { withExtendedLifetime(lock) {} }
    return try translated { try archive(folds) }
  }

  private func prepare() async throws -> ([RunFold], JournalLock) {
    let journal = try Journal(path: path, for: .append(identity), clock: clock)
    _ = try await journal.verify()
    return (try await journal.runs(), try await journal.release())
  }

  /// The journal holds every event that is to leave it, so it could be taken for an archive that a killed process has left;
  /// and what stands beside it under certain names is a part of it, or is deleted with it.
  private func refuseOwnFile() throws {
    if let there = FileIdentity(file), there == FileIdentity(path) { throw JournalError.ownFile(path: file) }
    guard let folder = FileIdentity(folder(file)), folder == FileIdentity(self.folder(path)) else { return }
    let bases = ["", ".new", ".items", ".lock", ".control"]
    let names = bases.flatMap { base in ["", "-wal", "-shm", "-journal"].map { name(path) + base + $0 } }
    if names.contains(name(file)) { throw JournalError.ownFile(path: file) }
  }

  private func folder(_ path: String) -> String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "." }

  // MARK: What leaves

  struct Plan {
    let through: Int64
    let result: Result
  }

  /// - Throws: `JournalError.nothingToArchive`.
  static func plan(_ connection: Connection, _ folds: [RunFold], before: Int64, format: Int64) throws -> Plan
  {
    let ends = try connection.statement(Queries.ends).all {
      (run: $0.integer(0), last: $0.integer(1), at: $0.integer(2))
    }
    let byNumber = Dictionary(uniqueKeysWithValues: folds.map { ($0.number, $0) })
    let parts = try ends.sorted { $0.run < $1.run }.map { end in
      let fold = byNumber[end.run]
      return ArchiveCut.Part(
        first: end.run, last: end.last, mayLeave: end.at < before && fold?.hasEnded ?? true,
        needs: fold?.plan == nil ? try needs(of: end.run, connection) : [])
    }
    let cut = ArchiveCut.find(parts)
    let blocking = cut.blockedBy.flatMap { byNumber[$0] }
    guard let through = cut.through else {
      throw JournalError.nothingToArchive(blockedBy: blocking?.started.run)
    }
    let base = try JournalBase.read(connection, format: format)
    let leaving = folds.filter { $0.number <= through }
    guard !leaving.isEmpty else { throw JournalError.nothingToArchive(blockedBy: blocking?.started.run) }
    return Plan(
      through: through,
      result: Result(
        runs: leaving.map(ArchivedRun.init), events: through - base.head.seq, archive: nil, head: nil,
        blockedBy: blocking.flatMap { $0.lastEventAt < before ? $0 : nil }))
  }

  /// The events of other runs that a run whose plan is not whole reads its inputs from.
  private static func needs(of run: Int64, _ connection: Connection) throws -> [Int64] {
    try connection.statement(Queries.inputPieces).bind(1, run).bind(2, 0).all {
      try DetailCoding.decode(InputDetail.self, $0.bytes(1)).copyOf ?? []
    }.flatMap { $0 }
  }

  // MARK: Doing it

  private func archive(_ folds: [RunFold]) throws -> Result {
    let plan = try JournalArchive.plan(
      Connection(path: path, mode: .readOnly), folds, before: before, format: Journal.format)
    let end = try writeFile(plan)
    return try JournalRewriter(path: path).replace(keeping: nil) { old, new in
      let copy = try JournalCopy(from: old, format: Journal.format, to: new)
      try copy.whole(where: { $0.seq > plan.through })
      let head = try hash(at: plan.through, old)
      let detail = ArchivedDetail(
        through: plan.through, head: head, journal: try id(old), file: name(file), fileEvents: end.events,
        fileHead: end.head.hexadecimal, runs: plan.result.runs, reason: reason)
      let time = clock()
      try copy.append(.archived, detail, as: identity, at: time)
      try coverRemains(copy, at: time)
      return Result(
        runs: plan.result.runs, events: plan.result.events, archive: end.head, head: copy.head,
        blockedBy: plan.result.blockedBy)
    }
  }

  /// Writes the file, unless a process that was killed has done so already, and verifies it.
  private func writeFile(_ plan: Plan) throws -> (events: Int64, head: Journal.Head) {
    guard FileManager.default.fileExists(atPath: file) else {
      try JournalRewriter(path: path).write(to: file) { old, new in
        let copy = try JournalCopy(from: old, format: Journal.format, to: new)
        try copy.whole(where: { $0.seq <= plan.through })
        let time = clock()
        if let base = copy.base.detail, copy.base.event > plan.through {
          // What the file's first event follows is told by an event that stays behind.
          try copy.append(.archived, base, as: identity, at: time)
        }
        try coverRemains(copy, at: time)
      }
      return try verifiedFile(plan)
    }
    return try verifiedFile(plan)
  }

  /// - Throws: `JournalError.archiveExists` when the file has not the events that are to leave.
  private func verifiedFile(_ plan: Plan) throws -> (events: Int64, head: Journal.Head) {
    let own = try hash(at: plan.through, Connection(path: path, mode: .readOnly))
    do {
      let connection = try Connection(path: file, mode: .readOnly)
      let check = try ChainWalk(connection, format: try JournalFile.check(connection)).whole()
      if try hash(at: plan.through, connection) == own {
        return (check.head.seq - check.base.head.seq, check.head)
      }
    } catch let error as SQLiteError where error.kind != .busy {
      throw JournalError.archiveExists(path: file)
    } catch is JournalError { throw JournalError.archiveExists(path: file) }
    throw JournalError.archiveExists(path: file)
  }

  /// Values that an erasure took out are covered by an `erased` event of the same journal.
  private func coverRemains(_ copy: JournalCopy, at time: Int64) throws {
    guard let remaining = copy.uncoveredRemainsOfKept else { return }
    try copy.append(
      .erased,
      ErasedDetail(
        what: "what earlier erasures left in these events, as the archiving found it", events: 0, runs: [],
        remaining: remaining, reason: reason ?? "archived"), as: identity, at: time)
  }

  private func hash(at seq: Int64, _ connection: Connection) throws -> String {
    try connection.statement("SELECT hash FROM events WHERE seq = ?1").bind(1, seq).first {
      $0.bytes(0) ?? []
    }
    .map(Hexadecimal.text) ?? ""
  }

  private func id(_ connection: Connection) throws -> String {
    let base = try JournalBase.read(connection, format: Journal.format)
    return try base.detail?.journal ?? hash(at: 1, connection)
  }

  private func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  private func translated<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as SQLiteError { throw JournalError(error) }
  }
}

extension RunFold {
  /// Whether nobody is expected to go on with it: it has ended, or was only to be looked at.
  fileprivate var hasEnded: Bool {
    switch position.state {
    case .applied, .rolledBack, .closed: true
    case .planned: started.dryRun
    case .planning, .applying, .incomplete, .interrupted, .rollingBack, .redoing: false
    }
  }
}
