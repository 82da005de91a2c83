import DynamoJournalEvents
import DynamoJournalTables

/// What applying a plan will take: units, money, time and room, as far as the plan tells.
///
/// A pure function of what was journaled and of the pace that is asked for.
package struct Forecast: Hashable, Sendable {
  /// Bytes that the outcome of a change adds to the journal: 77 measured over 20,000 changes. One that failed keeps what was found,
  /// too.
  static let outcomeBytes = 80

  /// What it costs.
  package enum Money: Hashable, Sendable {
    /// US dollars by a region's prices.
    case dollars(Double, OnDemandPrices)
    /// The region's prices are not known; what it would be by those of another.
    case unknown(region: String, elsewhere: Double, OnDemandPrices)
  }

  /// Write units, those for indexes included.
  package let writeUnits: Int
  /// Whether it may be more: of tables whose mean item is not known, updated items count by what changes of them.
  package let isLeast: Bool
  /// Those for indexes.
  package let indexUnits: Int
  /// What transactions cost on top, as they are charged double.
  package let transactionUnits: Int
  /// Read units: each item is read before it is deleted, and a table before it is exported.
  package let readUnits: Int
  /// Money; nil where requests cost nothing, or nobody knows what they cost.
  package let money: Money?
  /// Seconds at the pace that is asked for; nil where none is, or nothing is sent over a wire.
  package let seconds: Double?
  /// The pace, in write units a second.
  package let pace: Double?
  /// Whether the target counts units: the embedded store does not.
  package let isCharged: Bool
  /// Tables that are backed up first.
  package let backedUpTables: Int
  /// Bytes of those tables.
  package let backupBytes: Int
  /// Bytes that the journal grows by.
  package let journalBytes: Int

  /// The forecast for a plan; nil where its changes were not weighed, or it has none.
  ///
  /// - Parameter pace: at most so many write units a second; nil for no limit.
  package init?(_ plan: SealedDetail, of started: StartedDetail, pace: Double?) {
    let weights = plan.tally.compactMap(\.weight)
    guard plan.changes > 0, weights.count == plan.tally.count else { return nil }
    let parts = weights.map(TableForecast.init)
    writeUnits = parts.reduce(0) { $0 + $1.units + $1.transactionUnits + $1.indexUnits }
    isLeast = parts.contains(where: \.isLeast)
    indexUnits = parts.reduce(0) { $0 + $1.indexUnits }
    transactionUnits = parts.reduce(0) { $0 + $1.transactionUnits }
    backedUpTables = weights.filter { $0.bytes != nil }.count
    backupBytes = weights.reduce(0) { $0 + ($1.bytes ?? 0) }
    // A scan is charged by what it reads, 4 KB a unit.
    // Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
    let exported = started.backupKind == .export ? (backupBytes + 4_095) / 4_096 : 0
    readUnits = weights.reduce(0) { $0 + $1.readUnits } + exported
    journalBytes = plan.changes * Self.outcomeBytes
    let region = Self.region(started)
    isCharged = started.isOverWire
    money = region.flatMap { [writeUnits, readUnits] in Self.money($0, writeUnits, readUnits) }
    self.pace = isCharged ? pace : nil
    seconds = self.pace.map { [writeUnits] in Double(writeUnits) / $0 }
  }

  /// The region that AWS charges for; nil for another target.
  private static func region(_ started: StartedDetail) -> String? {
    guard started.target == "aws" || started.target.hasPrefix("aws:"),
      case .server(let server) = started.identity?.kind
    else { return nil }
    return server.region
  }

  private static func money(_ region: String, _ writes: Int, _ reads: Int) -> Money? {
    if let prices = OnDemandPrices.of(region) {
      return .dollars(prices.dollars(writes: writes, reads: reads), prices)
    }
    return OnDemandPrices.all.first.map {
      .unknown(region: region, elsewhere: $0.dollars(writes: writes, reads: reads), $0)
    }
  }
}

/// The units of one table.
///
/// A transaction is charged double for the items, not for the indexes.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-capacity-handling
private struct TableForecast {
  let units: Int
  let transactionUnits: Int
  let indexUnits: Int
  let isLeast: Bool

  init(_ weight: TableWeight) {
    let mean = weight.items.flatMap { items in
      items > 0 ? weight.bytes.map { ($0 / items + 1_023) / 1_024 } : nil
    }
    func units(_ part: WriteWeight) -> Int {
      part.wholeUnits + max(part.updateUnits, part.updates * (mean ?? 0))
    }
    transactionUnits = units(weight.inTransactions)
    self.units = units(weight.alone) + transactionUnits
    indexUnits = weight.indexUnits + weight.updatedEntries * max(1, mean ?? 1)
    isLeast = mean == nil && weight.alone.updates + weight.inTransactions.updates > 0
  }
}

extension StartedDetail {
  /// Whether the target is a server.
  fileprivate var isOverWire: Bool {
    switch identity?.kind {
    case .server: true
    case .embedded: false
    case nil: !(target == "local" || target.hasPrefix("local:"))
    }
  }
}
