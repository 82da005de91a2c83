import Crypto
import DynamoJournalEvents
import DynamoJournalSQLite

/// What two plans have in common and what not, whatever the order in which their tables were read.
///
/// Only digests of changes are kept, in a private database that SQLite spills to disk, so that plans of any size fit.
package struct PlanComparison {
  /// One of the two plans.
  package enum Side: Int64, Sendable, CaseIterable {
    case first = 1
    case second = 2
  }

  /// How a change differs.
  package enum Kind: String, Sendable, CaseIterable {
    /// The first plan changes an item that the second does not.
    case onlyInFirst
    /// The second plan changes an item that the first does not.
    case onlyInSecond
    /// Both change the item, from or to something else.
    case different
  }

  /// How many changes are alike, and how many are not.
  package struct Figures: Sendable, Hashable {
    /// Changes that both plans have.
    package let inBoth: Int
    /// Differences by kind.
    package let differences: [Kind: Int]
    /// `sha256:` and the digest over the set of changes of each plan, whatever their order.
    package let setDigests: [Side: String]

    /// Whether the plans make the same changes.
    package var isSame: Bool { differences.values.allSatisfy { $0 == 0 } }
  }

  private let connection: Connection

  /// Reads both plans.
  ///
  /// - Throws: `JournalError.planAltered` where one is not what was sealed; `SQLiteError`.
  package init(_ plans: [Side: PlanReader]) async throws {
    connection = try Connection(path: "", mode: .temporary)
    try connection.execute(ComparisonQueries.tables)
    for (side, plan) in plans { try await add(plan, side) }
    try connection.execute(ComparisonQueries.pair)
  }

  private func add(_ plan: PlanReader, _ side: Side) async throws {
    for block in plan.blocks.indices {
      let rows = try await plan.rows(of: block)
      try connection.transaction {
        for row in rows {
          try connection.statement(ComparisonQueries.insert).bind(1, side.rawValue).bind(2, row.seq)
            .bind(3, blob: Self.digest([Array(row.table.utf8), row.key]))
            .bind(4, blob: Self.content(of: row)).run()
        }
      }
    }
  }

  /// The comparison in figures.
  ///
  /// - Throws: `SQLiteError`.
  package func figures() throws -> Figures {
    var counts: [String: Int] = [:]
    let counted = try connection.statement(ComparisonQueries.counts).all {
      ($0.text(0) ?? "", Int($0.integer(1)))
    }
    for (kind, count) in counted { counts[kind] = count }
    return Figures(
      inBoth: counts["same"] ?? 0,
      differences: Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, counts[$0.rawValue] ?? 0) }),
      setDigests: Dictionary(uniqueKeysWithValues: try Side.allCases.map { ($0, try setDigest($0)) }))
  }

  private func setDigest(_ side: Side) throws -> String {
    var hash = SHA256()
    let statement = try connection.statement(ComparisonQueries.contents).bind(1, side.rawValue)
    defer { statement.reset() }
    while try statement.step() { hash.update(data: statement.bytes(0) ?? []) }
    return "sha256:" + Hexadecimal.text(Array(hash.finalize()))
  }

  /// Differences of a kind: the sequence numbers of the planned events in each plan's journal.
  ///
  /// - Throws: `SQLiteError`.
  package func differences(_ kind: Kind, limit: Int) throws -> [[Side: Int64]] {
    let statement = try connection.statement(ComparisonQueries.differences)
      .bind(1, kind.rawValue).bind(2, Int64(limit))
    return try statement.all { row in
      var found: [Side: Int64] = [:]
      found[.first] = row.optionalInteger(0)
      found[.second] = row.optionalInteger(1)
      return found
    }
  }

  /// What a change does, as a digest: its table, its key and both images.
  package static func content(of row: PlannedRow) -> [UInt8] {
    digest([Array(row.table.utf8), row.key, row.before, row.after])
  }

  /// Each field goes in with its length, so that no two lists of fields give the same bytes.
  private static func digest(_ fields: [[UInt8]?]) -> [UInt8] {
    var hash = SHA256()
    for field in fields {
      let length = Int64(field?.count ?? -1)
      withUnsafeBytes(of: length.bigEndian) { hash.update(bufferPointer: $0) }
      hash.update(data: field ?? [])
    }
    return Array(hash.finalize())
  }
}
