import DynamoJournalSQLite
import DynamoJournalTables

/// A planned change as it stands in the journal, images still as text: reading them is left to whoever needs them.
package struct PlannedRow: Sendable {
  /// Sequence number of the planned event.
  package let seq: Int64
  /// The change's number in its run.
  package let ordinal: Int
  /// The unit's number in its run.
  package let unit: Int
  /// The stage of the plan.
  package let stage: Int
  /// The table's name.
  package let table: String
  /// Key, as canonical DynamoDB JSON; nil for a change of a table.
  package let key: [UInt8]?
  /// The image before.
  package let before: [UInt8]?
  /// The image after.
  package let after: [UInt8]?
  private let hasErasedValues: Bool

  /// Reads a row of the planned columns, `seq` to `after`.
  ///
  /// - Parameter seals: the column of the seals, where it was read.
  /// - Throws: `JournalError.damaged` for numbers that no plan has.
  init(_ row: Statement, seals: Int32? = nil) throws {
    seq = row.integer(0)
    ordinal = try SaneNumber.count(row.integer(1), event: seq)
    unit = try SaneNumber.count(row.integer(2), event: seq)
    stage = try SaneNumber.stage(row.integer(3), event: seq)
    table = row.text(4) ?? ""
    key = row.bytes(5)
    before = row.bytes(6)
    after = row.bytes(7)
    hasErasedValues = seals.map { EventSeals.hasErased(row.bytes($0)) } ?? false
  }

  /// Reads a whole row.
  ///
  /// - Throws: `JournalError.damaged` for numbers that no plan has.
  init(_ row: EventRow) throws {
    seq = row.seq
    ordinal = try SaneNumber.count(row.change ?? 0, event: seq)
    unit = try SaneNumber.count(row.unit ?? 0, event: seq)
    stage = try SaneNumber.stage(row.stage ?? 0, event: seq)
    table = String(decoding: row.table ?? [], as: UTF8.self)
    key = row.fields.key
    before = row.fields.before
    after = row.fields.after
    hasErasedValues = EventSeals.hasErased(row.seals)
  }

  /// The change with its images read.
  ///
  /// - Throws: `JournalError.damaged` when an image can't be read, `.erased` when there is none any more.
  package func change() throws -> PlannedChange {
    if isErased { throw JournalError.erased(event: seq) }
    do {
      return PlannedChange(seq: seq, ordinal: ordinal, unit: unit, stage: stage, intended: try intended())
    } catch {
      throw JournalError.damaged(event: seq, reason: "an image can't be read: \(error)")
    }
  }

  /// Whether a value of it was erased, so that nothing can be written from it: half an image would make half an item.
  package var isErased: Bool { hasErasedValues || before == nil && after == nil }

  private func intended() throws -> IntendedChange {
    guard let key else {
      return .table(
        TableChange(
          before: try before.map { try TableSpec(jsonText: String(decoding: $0, as: UTF8.self)) },
          after: try after.map { try TableSpec(jsonText: String(decoding: $0, as: UTF8.self)) }))
    }
    return .item(
      Change(
        table: table, key: Key(try DynamoDBJSON.item(from: key)),
        before: try before.map { try DynamoDBJSON.item(from: $0) },
        after: try after.map { try DynamoDBJSON.item(from: $0) }))
  }
}

/// Numbers of a journal that nobody has verified yet: out of range they are refused, since memory is kept by them.
enum SaneNumber {
  /// More changes than this no run has: the bits that are kept of each still fit into memory.
  private static let most: Int64 = 1 << 31

  /// A number of a change or a unit, of which each has an event of its own up to `event`.
  static func count(_ value: Int64, event: Int64) throws -> Int {
    guard value > 0, value <= min(event, most) else {
      throw JournalError.damaged(event: event, reason: "its number of a change or a unit can't be right")
    }
    return Int(value)
  }

  /// A stage.
  static func stage(_ value: Int64, event: Int64) throws -> Int {
    guard value >= 0, value <= 1_000_000 else {
      throw JournalError.damaged(event: event, reason: "its stage can't be right")
    }
    return Int(value)
  }
}
