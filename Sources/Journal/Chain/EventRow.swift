import DynamoJournalSQLite

/// One row of `events` as it stands in the file, whatever it says: what the chain is taken over.
struct EventRow {
  var seq: Int64 = 0
  var run: Int64 = 0
  /// What it says, as text in UTF-8: the chain covers kinds that this program does not know.
  var kind: [UInt8] = []
  var at: Int64 = 0
  var actor: Int64 = 0
  var change: Int64?
  var unit: Int64?
  var stage: Int64?
  var planned: Int64?
  var shard: Int64?
  var attempt: Int64?
  var table: [UInt8]?
  var fields = EventFields()
  var seals: [UInt8]?
  var hash: [UInt8] = []

  init() {}

  /// Reads a row of `Queries.everyEvent`.
  init(_ row: Statement) {
    seq = row.integer(0)
    run = row.integer(1)
    kind = row.bytes(2) ?? []
    at = row.integer(3)
    actor = row.integer(4)
    change = row.optionalInteger(5)
    unit = row.optionalInteger(6)
    stage = row.optionalInteger(7)
    planned = row.optionalInteger(8)
    shard = row.optionalInteger(9)
    attempt = row.optionalInteger(10)
    table = row.bytes(11)
    fields = EventFields(
      key: row.bytes(12), before: row.bytes(13), after: row.bytes(14), detail: row.bytes(15),
      body: row.bytes(16))
    seals = row.bytes(17)
    hash = row.bytes(18) ?? []
  }

  /// Whether the row says that.
  func isOf(_ kind: EventKind) -> Bool { self.kind.elementsEqual(kind.rawValue.utf8) }
}

/// The five columns that hold values, which can be erased while the chain goes on to verify.
struct EventFields: Hashable {
  var key: [UInt8]?
  var before: [UInt8]?
  var after: [UInt8]?
  var detail: [UInt8]?
  var body: [UInt8]?

  /// How many there are.
  static let count = 5
  /// The place of each in the order of the columns.
  static let (keyIndex, beforeIndex, afterIndex, detailIndex, bodyIndex) = (0, 1, 2, 3, 4)

  /// The field at that place in the order of the columns.
  subscript(index: Int) -> [UInt8]? {
    get {
      switch index {
      case 0: key
      case 1: before
      case 2: after
      case 3: detail
      default: body
      }
    }
    set {
      switch index {
      case 0: key = newValue
      case 1: before = newValue
      case 2: after = newValue
      case 3: detail = newValue
      default: body = newValue
      }
    }
  }

  /// Whether none of them holds anything.
  var isEmpty: Bool { key == nil && before == nil && after == nil && detail == nil && body == nil }
}
