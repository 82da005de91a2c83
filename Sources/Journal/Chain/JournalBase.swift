import DynamoJournalSQLite
import DynamoJournalTables

/// Where a journal begins: at its first event, or after those that were archived.
///
/// An archived journal says so itself: an `archived` event, chained like all others, tells what its first event follows.
struct JournalBase: Hashable {
  /// What the first event is chained to.
  let head: Journal.Head
  /// The event that says so; 0 where the journal begins at its first event.
  let event: Int64
  /// What that event says.
  let detail: ArchivedDetail?

  private static let none = JournalBase(head: .empty, event: 0, detail: nil)

  /// Reads it; where the first event is another one than 1 and nothing says why, the chain is checked from event 1 on, and
  /// found to lack it.
  static func read(_ connection: Connection, format: Int64) throws -> JournalBase {
    guard format > 1 else { return none }
    let first = try connection.statement("SELECT min(seq) FROM events").first { $0.optionalInteger(0) }
    guard let first, first > 1 else { return none }
    let events = try connection.statement(Queries.archived).all { ($0.integer(0), $0.bytes(1)) }
    for (seq, bytes) in events {
      guard let detail = try? DetailCoding.decode(ArchivedDetail.self, bytes), detail.through == first - 1,
        let hash = Hexadecimal.bytes(detail.head), hash.count == 32
      else { continue }
      return JournalBase(head: Journal.Head(seq: detail.through, hash: hash), event: seq, detail: detail)
    }
    return none
  }
}

extension Journal {
  /// What was archived, the latest last.
  package func archives() throws -> [ArchivedDetail] {
    try journalEvents(.archived).map { try $0.decode(ArchivedDetail.self) }
  }

  /// Where this journal begins: the event before its first one, and its hash in hexadecimal; nil for event 1.
  package func beginning() throws -> (seq: Int64, hash: String, file: String)? {
    let base = try translated { try JournalBase.read(connection, format: fileFormat) }
    return base.detail.map { (base.head.seq, base.head.hexadecimal, $0.file) }
  }
}
