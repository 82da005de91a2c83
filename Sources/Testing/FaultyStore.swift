import DynamoJournalTables

/// A store around a real one that fails as asked, and records what was under way when.
package actor FaultyStore: TableStore {
  /// What goes wrong. Write calls are numbered from 1.
  package struct Faults: Sendable {
    /// Calls that are not sent: the target is out of reach.
    package var lostBefore: Set<Int> = []
    /// Calls that are written, and whose answer is lost.
    package var lostAfter: Set<Int> = []
    /// Calls that are refused as a whole after one unit of them was written.
    package var brokenAfterOneUnit: Set<Int> = []
    /// Calls whose replies say that they may have been sent before.
    package var sentTwice: Set<Int> = []
    /// Units that are refused for good.
    package var refusal: @Sendable ([Change]) -> StoreError? = { _ in nil }
    /// Called before a call is sent: changes an item behind the runner's back, asks to stop.
    package var before: @Sendable (_ call: Int, _ units: [[Change]], any TableStore) async throws -> Void = {
      _, _, _ in
    }
    /// Called when a call is written, before its answer is given.
    package var after: @Sendable (_ call: Int) async throws -> Void = { _ in }
    /// Each of the first calls waits until so many are under way.
    package var gather = 1
    /// How often a table is described as being made before it is ready.
    package var descriptionsUntilActive = 0
    /// Scans that fail, numbered from 1.
    package var lostScans: Set<Int> = []
    /// Fails a table's creation.
    package var creationRefusal: StoreError?
    /// Fails every backup.
    package var backupRefusal: StoreError?
    /// Whether the store knows no backups at all.
    package var knowsNoBackups = false
    /// What the target lists of its backups: it may have others, or another clock.
    package var listing: @Sendable ([Backup]) -> [Backup] = { $0 }
    /// Puts that fail, numbered from 1.
    package var lostPuts: Set<Int> = []

    /// No faults.
    package init() {}

    /// The target is lost before that call is sent.
    package static func lost(before call: Int) -> Faults {
      var faults = Faults()
      faults.lostBefore = [call]
      return faults
    }

    /// The target is lost when that call is written.
    package static func lost(after call: Int) -> Faults {
      var faults = Faults()
      faults.lostAfter = [call]
      return faults
    }
  }

  /// How the store likes its writes.
  package nonisolated let writeShape: WriteShape
  private let base: any TableStore
  private var faults: Faults
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var underWay: [Int: Set<String>] = [:]

  /// The units of every write call, in the order of the calls.
  package private(set) var calls: [[[Change]]] = []
  /// The most calls that were under way at once.
  package private(set) var mostUnderWay = 0
  /// Keys that were in two calls at once.
  package private(set) var collisions: [String] = []
  /// What was begun and ended, in order: `begin 1`, `end 1`.
  package private(set) var order: [String] = []
  /// How often items were put.
  package private(set) var puts = 0
  private var isCounted = false
  /// How many pages were scanned.
  package private(set) var scans = 0
  /// The backups made, by name.
  package private(set) var backupsMade: [String] = []
  /// The backups of others that were waited for, by name.
  package private(set) var backupsAwaited: [String] = []
  /// Tables that were made, changed or deleted.
  package private(set) var tableCalls: [String] = []

  /// A store around `base`.
  package init(
    _ base: any TableStore, shape: WriteShape = WriteShape(unitsPerCall: 5, concurrentCalls: 1),
    faults: Faults = Faults()
  ) {
    self.base = base
    self.faults = faults
    writeShape = shape
  }

  /// How many write calls there were.
  package var callCount: Int { calls.count }

  /// Sets what goes wrong from here on.
  package func set(_ faults: Faults) { self.faults = faults }

  // MARK: Writing

  /// Writes units, or fails as asked.
  package func write(_ units: [[Change]]) async throws -> [UnitReply] {
    calls.append(units)
    let call = calls.count
    begin(call, units)
    defer { end(call) }
    await gather(call)
    try await faults.before(call, units, base)
    if faults.lostBefore.contains(call) { throw Self.lost }
    if faults.brokenAfterOneUnit.contains(call) {
      _ = try await base.write([units[0]])
      throw StoreError(code: "AccessDeniedException", "the rest of the call was refused")
    }
    let replies = try await answered(units)
    try await faults.after(call)
    if faults.lostAfter.contains(call) { throw Self.lost }
    guard faults.sentTwice.contains(call) else { return replies }
    return replies.map { UnitReply($0.outcome, maybeSentBefore: true) }
  }

  /// The error of a target that is lost.
  package static let lost = StoreError(.unavailable, code: "ConnectionLost", "the connection was lost")

  private func answered(_ units: [[Change]]) async throws -> [UnitReply] {
    let refusals = units.map(faults.refusal)
    var written = try await base.write(zip(units, refusals).filter { $1 == nil }.map(\.0)).makeIterator()
    return refusals.compactMap { $0.map { UnitReply(.refused($0)) } ?? written.next() }
  }

  private func begin(_ call: Int, _ units: [[Change]]) {
    let keys = Set(units.joined().map { "\($0.table) \($0.key)" })
    collisions += underWay.values.flatMap { $0.intersection(keys) }
    underWay[call] = keys
    mostUnderWay = max(mostUnderWay, underWay.count)
    order.append("begin \(call)")
  }

  private func end(_ call: Int) {
    underWay[call] = nil
    order.append("end \(call)")
  }

  private func gather(_ call: Int) async {
    guard call <= faults.gather else { return }
    if call == faults.gather {
      for one in waiting { one.resume() }
      waiting = []
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  // MARK: The rest

  /// Whose the store below is.
  package func identity() async throws -> TargetIdentity { try await base.identity() }

  /// Binds the store below.
  package func bind(to identity: TargetIdentity) async throws { try await base.bind(to: identity) }

  /// The guards of the store below.
  package var guards: (any GuardKeeping)? { get async throws { try await base.guards } }

  /// The tables.
  package func tables() async throws -> [String] { try await base.tables() }

  /// The table, described as being made as often as asked.
  package func describe(_ table: String) async throws -> TableDescription? {
    guard let found = try await base.describe(table), faults.descriptionsUntilActive > 0 else {
      return try await base.describe(table)
    }
    faults.descriptionsUntilActive -= 1
    return TableDescription(
      spec: found.spec, status: .creating, itemCount: found.itemCount, sizeBytes: found.sizeBytes)
  }

  /// Creates a table.
  package func create(_ spec: TableSpec) async throws {
    tableCalls.append("create \(spec.name)")
    if let refusal = faults.creationRefusal { throw refusal }
    try await base.create(spec)
  }

  /// Adds an index.
  package func createIndex(_ index: IndexSpec, on table: String) async throws {
    tableCalls.append("add \(index.name)")
    try await base.createIndex(index, on: table)
  }

  /// Removes an index.
  package func deleteIndex(_ name: String, on table: String) async throws {
    tableCalls.append("remove \(name)")
    try await base.deleteIndex(name, on: table)
  }

  /// Deletes a table.
  package func delete(_ table: String) async throws {
    tableCalls.append("delete \(table)")
    try await base.delete(table)
  }

  /// The items.
  package func items(_ keys: [Key], in table: String) async throws -> [Item?] {
    try await base.items(keys, in: table)
  }

  /// A page, or a failure as asked.
  package func scan(_ request: ScanRequest) async throws -> ScanPage {
    scans += 1
    if faults.lostScans.contains(scans) { throw Self.lost }
    return try await base.scan(request)
  }

  /// Puts items.
  package func put(_ items: [Item], into table: String) async throws {
    puts += 1
    if faults.lostPuts.contains(puts) { throw Self.lost }
    try await base.put(items, into: table)
  }

  /// Makes a backup.
  package func backUp(_ table: String, as name: String) async throws -> Backup {
    if let refusal = faults.backupRefusal { throw refusal }
    if faults.knowsNoBackups { throw Self.unknownOperation }
    backupsMade.append(name)
    return try await base.backUp(table, as: name)
  }

  /// The backups.
  package func backups(of table: String?) async throws -> [Backup] {
    if faults.knowsNoBackups { throw Self.unknownOperation }
    return faults.listing(try await base.backups(of: table))
  }

  private static let unknownOperation = StoreError(
    code: "UnknownOperationException", "the server does not know it")

  /// What was done so far: a request a call of `write` and a read unit a page, where it is counted.
  package var statistics: StoreStatistics? {
    guard isCounted else { return nil }
    var statistics = StoreStatistics()
    statistics.requests = calls.count + scans
    statistics.readUnits = Double(scans) / 2
    statistics.writeUnits = Double(calls.count)
    statistics.throttles = calls.isEmpty ? [:] : ["ThrottlingException": calls.count]
    statistics.throttledTime = .milliseconds(1_500 * calls.count)
    return statistics
  }

  /// Counts from here on what is done.
  package func count() { isCounted = true }

  /// The backup, waited for.
  package func finished(_ backup: Backup) async throws -> Backup {
    backupsAwaited.append(backup.name)
    return try await base.finished(backup)
  }

  /// Restores a backup.
  package func restore(backup arn: String, to table: String) async throws {
    try await base.restore(backup: arn, to: table)
  }

  /// Deletes a backup.
  package func deleteBackup(_ arn: String) async throws { try await base.deleteBackup(arn) }
}
