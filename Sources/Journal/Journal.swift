import Foundation
import SQLite
import Tables

/// The journal: one SQLite file, one door to it.
///
/// All functions throw `JournalError`.
public actor Journal {
  /// The format that this program writes, and the newest that it reads.
  public static let format: Int64 = 1
  private static let applicationID: Int64 = 1_397_770_801

  /// What the journal is opened for.
  public enum Access: Sendable {
    /// Appending, as this actor; the file is made when it is missing. One process at a time.
    case append(ActorIdentity)
    /// Reading; the file must exist.
    case read
    /// A short look that makes no file and changes none; the file must exist.
    case look

    fileprivate var isLook: Bool { if case .look = self { true } else { false } }
  }

  /// The file's path.
  public nonisolated let path: String
  let connection: Connection
  private let lock: JournalLock?
  private let clock: @Sendable () -> Int64
  private var actor: (id: Int64, encoded: String)?
  /// The last event's place and hash: what the next event is chained to.
  public private(set) var head: Head
  /// What appending has cost this process so far.
  public private(set) var cost = AppendCost()
  var actors: [Int64: ActorIdentity] = [:]

  /// What appending has cost.
  public struct AppendCost: Sendable {
    /// Durable commits.
    public internal(set) var commits = 0
    /// Events appended.
    public internal(set) var events = 0
    /// Time spent, waiting for the disk included.
    public internal(set) var time = Duration.zero
  }

  /// The end of the chain.
  public struct Head: Hashable, Sendable {
    /// Sequence number of the last event; 0 in an empty journal.
    public let seq: Int64
    /// Its hash.
    public let hash: [UInt8]

    static let empty = Head(seq: 0, hash: [UInt8](repeating: 0, count: 32))

    /// `sha256:` and 64 hexadecimal digits.
    public var description: String { "sha256:" + Hexadecimal.text(hash) }
  }

  /// Opens a journal.
  ///
  /// - Parameter clock: gives the time in microseconds since 1970, UTC.
  public init(
    path: String, for access: Access, clock: @escaping @Sendable () -> Int64 = Timestamp.now
  ) throws {
    self.path = path
    self.clock = clock
    do {
      switch access {
      case .append:
        try PrivateFiles.create(path)
        try Journal.inspect(path)
        lock = try JournalLock(journal: path)
        connection = try Connection(path: path, mode: .readWrite, cacheKibibytes: 8_192)
        try Journal.prepare(connection)
      case .read, .look:
        guard FileManager.default.fileExists(atPath: path) else { throw JournalError.missing(path: path) }
        lock = nil
        connection = try Connection(path: path, mode: access.isLook ? .look : .readOnly)
        try Journal.checkFormat(connection)
      }
      head = try Journal.readHead(connection)
      if case .append(let identity) = access { actor = try Journal.register(identity, connection) }
    } catch let error as SQLiteError {
      throw JournalError(error)
    }
  }

  /// Whether a live process appends to the journal at that path.
  public static func isHeld(path: String) -> Bool { JournalLock.isHeld(journal: path) }

  /// The live process that appends to the journal at that path, such as `process 123 on host`; nil for none.
  public static func holder(path: String) -> String? {
    JournalLock.isHeld(journal: path) ? JournalLock.holder(path) : nil
  }

  // MARK: Appending

  /// Appends events of one run in one durable commit: all of them or none.
  ///
  /// - Returns: the sequence number of the first one; the others follow without a gap.
  @discardableResult
  public func append(_ drafts: [EventDraft], run: Int64) throws -> Int64 {
    let began = ContinuousClock.now
    defer {
      cost.commits += 1
      cost.events += drafts.count
      cost.time += began.duration(to: .now)
    }
    return try translated {
      let next = try connection.transaction {
        let current = try Journal.readHead(connection)
        guard current == head else {
          throw JournalError.positionMoved(expected: head.seq + 1, actual: current.seq + 1)
        }
        let now = clock()
        return try drafts.reduce(current) { try insert($1, run: run, at: now, after: $0) }
      }
      // Not before the commit: one that fails, on a full disk for example, leaves the chain where it was.
      defer { head = next }
      return head.seq + 1
    }
  }

  /// Appends a run's `started` event.
  ///
  /// - Returns: the run's number.
  public func start(_ detail: StartedDetail) throws -> Int64 {
    try append([EventDraft(.started, detail)], run: head.seq + 1)
  }

  private func insert(_ draft: EventDraft, run: Int64, at: Int64, after previous: Head) throws -> Head {
    guard let actor else { throw JournalError.notWritable(path: path, reason: "it was opened for reading") }
    let seq = previous.seq + 1
    var encoding = CanonicalEncoding(startingWith: previous.hash)
    encoding.add(seq)
    encoding.add(run)
    encoding.add(text: draft.kind.rawValue)
    encoding.add(at)
    encoding.add(text: actor.encoded)
    encoding.add(draft.change)
    encoding.add(draft.unit)
    encoding.add(draft.stage)
    encoding.add(draft.planned)
    encoding.add(text: draft.table)
    encoding.add(text: draft.key)
    encoding.add(text: draft.before)
    encoding.add(text: draft.after)
    encoding.add(text: draft.detail)
    encoding.add(blob: draft.body)
    let hash = encoding.sha256
    try connection.statement(Queries.insertEvent)
      .bind(1, seq).bind(2, run).bind(3, draft.kind.rawValue).bind(4, at).bind(5, actor.id)
      .bind(6, draft.change.map(Int64.init)).bind(7, draft.unit.map(Int64.init))
      .bind(8, draft.stage.map(Int64.init)).bind(9, draft.planned).bind(10, draft.table)
      .bindText(11, utf8: draft.key).bindText(12, utf8: draft.before).bindText(13, utf8: draft.after)
      .bindText(14, utf8: draft.detail).bind(15, blob: draft.body).bind(16, blob: hash).run()
    return Head(seq: seq, hash: hash)
  }

  func translated<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as SQLiteError { throw JournalError(error) }
  }

  // MARK: Opening

  /// Looks before anything is written: opening for writing would put a foreign file into WAL mode.
  private static func inspect(_ path: String) throws {
    // SQLite takes a file that is shorter than the smallest page for an empty one, and would write over it.
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    if (1..<512).contains(size) { throw JournalError.notAJournal(path: path) }
    let connection = try Connection(path: path, mode: .readOnly)
    if try !isEmpty(connection) { try checkFormat(connection) }
  }

  private static func isEmpty(_ connection: Connection) throws -> Bool {
    let objects = try connection.statement(Queries.objectCount).first { $0.integer(0) }
    let id = try connection.statement("PRAGMA application_id").first { $0.integer(0) }
    return objects == 0 && id == 0
  }

  private static func prepare(_ connection: Connection) throws {
    if try isEmpty(connection) {
      try connection.transaction {
        try connection.execute(String(decoding: PackageResources.schema_sql, as: UTF8.self))
      }
    }
    try checkFormat(connection)
  }

  private static func checkFormat(_ connection: Connection) throws {
    guard try connection.statement("PRAGMA application_id").first({ $0.integer(0) }) == applicationID else {
      throw JournalError.notAJournal(path: connection.path)
    }
    let found = try connection.statement("PRAGMA user_version").first { $0.integer(0) } ?? 0
    guard found <= format else {
      throw JournalError.newer(path: connection.path, format: found, supported: format)
    }
    guard found > 0 else { throw JournalError.notAJournal(path: connection.path) }
  }

  private static func readHead(_ connection: Connection) throws -> Head {
    try connection.statement(Queries.head).first { Head(seq: $0.integer(0), hash: $0.bytes(1) ?? []) }
      ?? .empty
  }

  private static func register(
    _ identity: ActorIdentity, _ connection: Connection
  ) throws -> (id: Int64, encoded: String) {
    let encoded = encode(identity)
    for (id, known) in try readActors(connection) where known == identity { return (id, encoded) }
    try connection.transaction {
      try connection.statement(Queries.insertActor)
        .bind(1, identity.user).bind(2, identity.host).bind(3, identity.arn).bind(4, identity.tool).run()
    }
    return (connection.lastInsertedRow, encoded)
  }

  static func readActors(_ connection: Connection) throws -> [Int64: ActorIdentity] {
    let rows = try connection.statement(Queries.actors).all {
      let identity = ActorIdentity(
        user: $0.text(1) ?? "", host: $0.text(2) ?? "", arn: $0.text(3), tool: $0.text(4) ?? "")
      return ($0.integer(0), identity)
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  /// The actor as the chain covers it: its four fields, each on a line of its own.
  static func encode(_ identity: ActorIdentity) -> String {
    [identity.user, identity.host, identity.arn ?? "", identity.tool].joined(separator: "\n")
  }
}
