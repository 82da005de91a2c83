import SQLite

/// What `verify` found of a whole chain.
public struct Verification: Hashable, Sendable {
  /// How many events the chain has.
  public let events: Int64
  /// The chain's end.
  public let head: Journal.Head
}

extension Journal {
  /// Checks the file's structure, then every event: no gap, no edit, no reordering, and every sealed plan's digest.
  ///
  /// - Throws: `JournalError.damaged` naming the first bad event, or `.fileDamaged`.
  public func verify() throws -> Verification {
    try translated {
      if let finding = try connection.statement("PRAGMA quick_check(1)").first({ $0.text(0) }),
        finding != "ok"
      {
        throw JournalError.fileDamaged(path: path, reason: finding)
      }
      let identities = try Journal.readActors(connection).mapValues(Journal.encode)
      var previous = Head.empty
      var digests = PlanDigests()
      let statement = try connection.statement(Queries.everyEvent).bind(1, 0).bind(2, -1)
      defer { statement.reset() }
      while try statement.step() {
        previous = try Journal.check(statement, after: previous, identities)
        try digests.check(statement)
      }
      return Verification(events: previous.seq, head: previous)
    }
  }

  private static func check(
    _ row: Statement, after previous: Head, _ identities: [Int64: String]
  ) throws -> Head {
    let seq = row.integer(0)
    guard seq == previous.seq + 1 else {
      throw JournalError.damaged(event: previous.seq + 1, reason: "it is missing; the next one is \(seq)")
    }
    guard let actor = identities[row.integer(4)] else {
      throw JournalError.damaged(event: seq, reason: "its actor is missing")
    }
    var encoding = CanonicalEncoding(startingWith: previous.hash)
    encoding.add(seq)
    encoding.add(row.integer(1))
    encoding.add(text: row.bytes(2))
    encoding.add(row.integer(3))
    encoding.add(text: actor)
    for column in Int32(5)...8 { encoding.add(row.isNull(column) ? nil : row.integer(column)) }
    for column in Int32(9)...13 { encoding.add(text: row.bytes(column)) }
    encoding.add(blob: row.bytes(14))
    guard let stored = row.bytes(15), stored == encoding.sha256 else {
      throw JournalError.damaged(
        event: seq, reason: "it is not what was written, or the event before it is not")
    }
    return Head(seq: seq, hash: stored)
  }
}

/// Recomputes the digest of each plan on the way through the chain. Several runs can be under way in one journal.
private struct PlanDigests {
  private var open: [Int64: PlanDigest] = [:]

  mutating func check(_ row: Statement) throws {
    let run = row.integer(1)
    switch row.text(2) {
    case "planned": open[run, default: PlanDigest()].add(draft(row))
    case "sealed":
      let sealed = try DetailCoding.decode(SealedDetail.self, row.bytes(13))
      let actual = open.removeValue(forKey: run) ?? PlanDigest()
      guard sealed.digest == actual.description else {
        throw JournalError.damaged(
          event: row.integer(0), reason: "the plan's digest is not that of its changes")
      }
    default: break
    }
  }

  private func draft(_ row: Statement) -> EventDraft {
    var draft = EventDraft(.planned)
    draft.change = Int(row.integer(5))
    draft.unit = Int(row.integer(6))
    draft.stage = Int(row.integer(7))
    draft.table = row.text(9)
    draft.key = row.bytes(10)
    draft.before = row.bytes(11)
    draft.after = row.bytes(12)
    return draft
  }
}
