import DynamoJournalSQLite

/// What `verify` found of a whole chain.
package struct Verification: Hashable, Sendable {
  /// How many events the chain has.
  package let events: Int64
  /// The chain's end.
  package let head: Journal.Head
}

extension Journal {
  /// Checks the file's structure, then every event: no gap, no edit, no reordering, every sealed plan's digest, and whether
  /// the index of the runs holds what the table holds.
  ///
  /// - Throws: `JournalError.damaged` naming the first bad event, or `.fileDamaged`.
  package func verify() throws -> Verification {
    try translated {
      let check = try ChainWalk(connection, format: fileFormat).whole()
      return Verification(events: check.head.seq, head: check.head)
    }
  }

  /// Verifies, and looks on the way for what somebody kept elsewhere.
  ///
  /// - Parameters:
  ///   - hash: of the event that is looked for; nil for none.
  ///   - seq: a place whose hash is wanted; nil for none.
  /// - Returns: what `verify` returns, the place of the event with that hash, and the hash at that place, both computed and
  ///   not just read.
  /// - Throws: as `verify`.
  package func verify(
    lookingFor hash: [UInt8]?, at seq: Int64?
  ) throws -> (verification: Verification, place: Int64?, hashThere: [UInt8]?) {
    try translated {
      var place: Int64?
      var hashThere: [UInt8]?
      let base = try JournalBase.read(connection, format: fileFormat).head
      if base.seq > 0, base.hash == hash { place = base.seq }
      if base.seq > 0, base.seq == seq { hashThere = base.hash }
      let check = try ChainWalk(connection, format: fileFormat).whole { row in
        if row.hash == hash { place = row.seq }
        if row.seq == seq { hashThere = row.hash }
      }
      return (Verification(events: check.head.seq, head: check.head), place, hashThere)
    }
  }

  /// The journal's id: the hash of its first event, in hexadecimal; nil for an empty journal. A copy has the same one.
  package func id() throws -> String? {
    try translated {
      if let archived = try JournalBase.read(connection, format: fileFormat).detail {
        return archived.journal
      }
      return try connection.statement("SELECT hash FROM events WHERE seq = 1").first { $0.bytes(0) }
        .map(Hexadecimal.text)
    }
  }
}

extension Journal {
  /// The hash at a place as it stands in the file, in hexadecimal; nil where there is no such event.
  package func hash(at seq: Int64) throws -> String? {
    try translated {
      let base = try JournalBase.read(connection, format: fileFormat).head
      if seq == base.seq && seq > 0 { return base.hexadecimal }
      return try connection.statement("SELECT hash FROM events WHERE seq = ?1").bind(1, seq)
        .first { $0.bytes(0) }.map(Hexadecimal.text)
    }
  }

  /// Whether a recovery put aside the events up to that head.
  package func hasRecovered(from head: String) throws -> Bool {
    try journalEvents(.recovered).contains { try $0.decode(RecoveredDetail.self).head == head }
  }

  /// The events of one kind that are about the journal itself.
  package func journalEvents(_ kind: EventKind) throws -> [StoredEvent] {
    try storedEvents(Queries.journalEvents) { try $0.bind(1, kind.rawValue) }
  }
}

extension Journal.Head {
  /// The hash as 64 hexadecimal digits.
  package var hexadecimal: String { Hexadecimal.text(hash) }

  /// The hash of a text of the form `sha256:` and 64 hexadecimal digits, or the digits alone; nil for another.
  package static func hash(of text: String) -> [UInt8]? {
    let digits = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
    guard let bytes = Hexadecimal.bytes(digits.lowercased()), bytes.count == 32 else { return nil }
    return bytes
  }
}

/// Reads every row of a journal in order and checks it.
struct ChainWalk {
  private let connection: Connection
  private let format: Int64

  init(_ connection: Connection, format: Int64) {
    self.connection = connection
    self.format = format
  }

  /// Checks the file and all events.
  func whole(_ body: (EventRow) throws -> Void = { _ in }) throws -> ChainCheck {
    try checkPages()
    return try connection.read {
      var check = try begin()
      try walk(after: 0, limit: -1) { row in
        try check.check(row)
        try body(row)
      }
      try check.finish(indexed: indexed(upTo: check.head.seq))
      return check
    }
  }

  /// A check of what follows `head`.
  func begin(after head: Journal.Head? = nil) throws -> ChainCheck {
    let seals = try ActorRows.read(connection, format: format).mapValues(\.seal)
    let base = try JournalBase.read(connection, format: format)
    return ChainCheck(
      actors: seals, secondFormat: try secondFormat(seals, base.head), base: base, after: head)
  }

  /// The first event of format 2; `Int64.max` where there is none.
  ///
  /// Found by the hashes and not by what an event says it is: somebody who makes another event an `upgraded` one, or the
  /// `upgraded` event another one, takes nothing from what stands before it.
  private func secondFormat(_ seals: [Int64: ActorSeal], _ base: Journal.Head) throws -> Int64 {
    guard format > 1 else { return .max }
    guard try isRight(base.seq + 1, .one, seals, base) else { return 1 }
    let upgraded = try connection.statement(Queries.upgraded).all { $0.integer(0) }
    return try upgraded.first { try isRight($0, .two, seals, base) } ?? .max
  }

  /// Whether an event has the hash that it has in that format behind the one before it.
  private func isRight(
    _ seq: Int64, _ format: ChainFormat, _ seals: [Int64: ActorSeal], _ base: Journal.Head
  ) throws -> Bool {
    let isFirst = seq == base.seq + 1
    var previous: [UInt8]? = isFirst ? base.hash : nil
    var isRight = false
    try walk(after: max(base.seq, seq - 2), limit: isFirst ? 1 : 2) { row in
      if row.seq == seq, let previous, let actor = seals[row.actor] {
        isRight = (try? format.hash(row, after: previous, actor)) == row.hash
      }
      previous = row.seq == seq - 1 ? row.hash : nil
    }
    return isRight
  }

  /// The file's pages, as far as SQLite can tell without reading every index.
  func checkPages() throws {
    let finding = try connection.statement("PRAGMA quick_check(1)").first { $0.text(0) }
    if let finding, finding != "ok" { throw JournalError.fileDamaged(path: connection.path, reason: finding) }
  }

  /// Calls `body` with each row after a place; -1 for no limit.
  func walk(after seq: Int64, limit: Int64, _ body: (EventRow) throws -> Void) throws {
    let sql = format == 1 ? Queries.everyEventOfFormatOne : Queries.everyEvent
    let statement = try connection.statement(sql).bind(1, seq).bind(2, limit)
    defer { statement.reset() }
    while try statement.step() { try body(EventRow(statement)) }
  }

  /// What the index of the run events holds up to a place.
  func indexed(upTo seq: Int64) throws -> UnorderedDigest {
    var digest = UnorderedDigest()
    let statement = try connection.statement(Queries.indexed)
    defer { statement.reset() }
    while try statement.step() {
      if statement.integer(1) <= seq { digest.add(statement.integer(0), statement.integer(1)) }
    }
    return digest
  }
}
