/// Where tables are: the embedded store or DynamoDB. Both pass one test suite.
///
/// Every function throws `StoreError`. A store retries what may be retried; what it throws is final for the call.
package protocol TableStore: Sendable {
  /// How many units one `write` call takes at best, and how many calls may be under way at once.
  var writeShape: WriteShape { get }

  /// Where the tables are, for whoever looks for one that is not there; nil where that says nothing.
  var place: StorePlace? { get }

  /// Which store this is, asked of the target as it is now.
  func identity() async throws -> TargetIdentity

  /// Binds the store to an identity: from here on each write compares first, and is refused with the code `TargetChanged`
  /// when it would reach another store. So does this function itself.
  func bind(to identity: TargetIdentity) async throws

  /// Where the guards of the tables are kept; nil where nobody has made a place for them.
  var guards: (any GuardKeeping)? { get async throws }

  /// The names of all tables, sorted.
  func tables() async throws -> [String]

  /// The table as it stands, or nil when there is none of that name.
  func describe(_ table: String) async throws -> TableDescription?

  /// Creates a table and returns when it is ready.
  func create(_ spec: TableSpec) async throws

  /// Adds an index and returns when it is filled.
  func createIndex(_ index: IndexSpec, on table: String) async throws

  /// Removes an index and returns when it is gone.
  func deleteIndex(_ name: String, on table: String) async throws

  /// Deletes a table with all its items and returns when it is gone.
  func delete(_ table: String) async throws

  /// The items with these keys, in the order of the keys, nil for each that does not exist; a consistent read.
  func items(_ keys: [Key], in table: String) async throws -> [Item?]

  /// One page of a consistent scan.
  func scan(_ request: ScanRequest) async throws -> ScanPage

  /// Puts whole items, whatever was there: for loading data, never for a migration's changes.
  func put(_ items: [Item], into table: String) async throws

  /// Writes units of changes, each unit wholly or not at all, each change only while its item equals `before`.
  ///
  /// No key may stand in two of the units. The replies are in the order of the units. A `StoreError` of kind
  /// `unavailable` is thrown when the target is lost; any unit of the call may then have been written.
  func write(_ units: [[Change]]) async throws -> [UnitReply]

  /// Makes a backup of a table and returns when it can be restored from.
  func backUp(_ table: String, as name: String) async throws -> Backup

  /// The backups, oldest first; of one table, or of all. Some may still be made.
  func backups(of table: String?) async throws -> [Backup]

  /// Waits until a backup that was listed can be restored from, and returns it as it is then.
  func finished(_ backup: Backup) async throws -> Backup

  /// Restores a backup into a new table, and returns when that is ready.
  func restore(backup arn: String, to table: String) async throws

  /// Deletes a backup.
  func deleteBackup(_ arn: String) async throws

  /// The table's settings that a restore of its backup loses, by name; for people to put back by hand.
  func settings(of table: String) async throws -> [String: String]

  /// What a table made from its specification lacks beyond those, by name: billing, local indexes, encryption.
  func settingsBeyondSpec(of table: String) async throws -> [String: String]

  /// What was done over the wire so far; nil for a store without one.
  var statistics: StoreStatistics? { get async }
}

extension TableStore {
  /// Nothing: such a store's backups lose no setting.
  package func settings(of table: String) async throws -> [String: String] { [:] }

  /// Nothing: such a store's tables are their specification.
  package func settingsBeyondSpec(of table: String) async throws -> [String: String] { [:] }

  /// None.
  package var guards: (any GuardKeeping)? { get async throws { nil } }

  /// None.
  package var statistics: StoreStatistics? { get async { nil } }

  /// The same: such a store lists a backup when it is whole.
  package func finished(_ backup: Backup) async throws -> Backup { backup }

  /// The item with that key, or nil when there is none; a consistent read.
  package func item(_ key: Key, in table: String) async throws -> Item? {
    try await items([key], in: table)[0]
  }
}

/// How a store likes its writes.
package struct WriteShape: Sendable {
  /// Units in one call.
  package let unitsPerCall: Int
  /// Calls under way at once.
  package let concurrentCalls: Int
  /// Whether the store keeps to the pace that is asked for; else whoever writes counts a change as a unit.
  package let keepsPace: Bool

  /// A shape; both numbers are 1 or more.
  package init(unitsPerCall: Int, concurrentCalls: Int, keepsPace: Bool = true) {
    self.keepsPace = keepsPace
    self.unitsPerCall = unitsPerCall
    self.concurrentCalls = concurrentCalls
  }
}

/// What to scan.
package struct ScanRequest: Sendable {
  /// The table's name.
  package var table: String
  /// Which of the segments, from 0.
  package var segment: Int
  /// Into how many disjoint segments the table is cut; a position is only good for the same number.
  package var totalSegments: Int
  /// The last key of the page before, or nil to start; the item need not exist any more.
  package var after: Key?
  /// At most so many items; nil for as many as a page of 1 MB holds.
  package var limit: Int?
  /// What the target may leave out; nil for nothing.
  package var filter: ScanFilter?

  /// A request for the first page of a table.
  package init(
    table: String, segment: Int = 0, totalSegments: Int = 1, after: Key? = nil, limit: Int? = nil,
    filter: ScanFilter? = nil
  ) {
    self.filter = filter
    self.table = table
    self.segment = segment
    self.totalSegments = totalSegments
    self.after = after
    self.limit = limit
  }
}

/// A page of a scan.
public struct ScanPage: Sendable {
  /// The items, in the table's own order.
  public let items: [Item]
  /// Where the next page starts, or nil when this was the last.
  public let lastKey: Key?
  /// How many items the target looked at, those included that a filter left out.
  package let scannedCount: Int

  /// A page.
  public init(items: [Item], lastKey: Key?) {
    self.init(items: items, lastKey: lastKey, scannedCount: items.count)
  }

  /// A page of which a filter has left some out.
  package init(items: [Item], lastKey: Key?, scannedCount: Int) {
    self.items = items
    self.lastKey = lastKey
    self.scannedCount = scannedCount
  }
}

/// What a store says of one unit.
package struct UnitReply: Sendable, Hashable {
  /// What happened.
  package enum Outcome: Sendable, Hashable {
    /// All changes of the unit were written.
    case written
    /// Nothing was written: a condition did not hold. For each change the item as found; nil where it was not looked at.
    case conditionFailed([Found?])
    /// Nothing was written: the request was refused for good.
    case refused(StoreError)
  }

  /// The outcome.
  package let outcome: Outcome
  /// Whether the write may have reached the target more than once, so that a failed condition may be our own doing.
  package let maybeSentBefore: Bool

  /// A reply.
  package init(_ outcome: Outcome, maybeSentBefore: Bool = false) {
    self.outcome = outcome
    self.maybeSentBefore = maybeSentBefore
  }
}

/// What stood in the table where a condition failed.
package struct Found: Sendable, Hashable {
  /// The item, or nil when there was none.
  package let item: Item?

  /// What was found.
  package init(_ item: Item?) { self.item = item }
}

/// A backup of a table.
package struct Backup: Sendable, Hashable {
  /// The ARN, or the embedded store's name of the same form.
  package let arn: String
  /// The name that it was given.
  package let name: String
  /// The table that it was made of.
  package let table: String
  /// When, in microseconds since 1970, UTC.
  package let createdAt: Int64
  /// Size in bytes.
  package let sizeBytes: Int
  /// How many items it holds, where the store knows.
  package let itemCount: Int?

  /// A backup.
  package init(
    arn: String, name: String, table: String, createdAt: Int64, sizeBytes: Int, itemCount: Int?
  ) {
    self.arn = arn
    self.name = name
    self.table = table
    self.createdAt = createdAt
    self.sizeBytes = sizeBytes
    self.itemCount = itemCount
  }
}
