import Journal
import Runner
import Tables

/// Writes the attestation history that the L2 node knows into the history table, where the table does not hold it yet.
public struct PopulateValidatorHistory: Migration {
  /// Its name: `05_populate_validator_history`.
  public let name = "05_populate_validator_history"
  /// One line for `list`.
  public let summary = "Fills the validator history table with the attestations that the L2 node knows"
  /// Raised whenever it would plan something else than before.
  public let version = 1
  /// Where its plan comes from; a test says when the digest has to be set anew.
  public let code = MigrationCode(
    "sha256:ce0396438a14bcd44298ecad0f9ba415bd52cef25abb99d51f2220386bfac710",
    files: "05_populate_validator_history.swift", "AztecRPC.swift", "HistoryEntry.swift",
    "HistoryReader.swift", "HistoryReply.swift")
  /// The settings that the journal keeps.
  public let variables = [Variable.validatorHistory, Variable.rpcURL]
  /// The tables and replies that it works with.
  public let needs = Needs(
    tables: [ConfiguredTable.validatorHistory.need(Design.history, mustBeNamed: true)],
    inputs: [.rpc("node_getValidatorsStats", object: ["result", "stats"])])
  /// Test mode limits validators, not the entries that are the units here.
  public let testLimit = Int.max

  private static let testValidators = 2
  /// Keys of one look at the table.
  ///
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
  private static let batchSize = 100

  /// The migration.
  public init() {}

  /// Refuses when the table is not named, missing or keyed otherwise, or when the endpoint is not named.
  public func check(_ settings: Settings, _ tables: TableReader) async throws {
    _ = try AztecRPC(settings)
    _ = try await table(settings, tables)
  }

  /// Fetches the reply, reads it through, then looks for each entry in the table.
  public func plan(_ planner: Planner) async throws {
    let table = try await table(planner.settings, planner.tables)
    let request = try AztecRPC(planner.settings).call("node_getValidatorsStats", as: "validators-stats")
    let reply = try HistoryReply(try await planner.input(request), planner)
    try await planner.prepare("reply") {
      for counter in Counters.all { planner.count(counter, 0) }
      planner.count(Counters.validators, reply.validators)
      planner.count(Counters.withHistory, reply.withHistory)
      planner.count(Counters.entries, reply.entries)
    }
    let limit = planner.settings.testMode ? Self.testValidators : nil
    var reader = try reply.reader(planner, limit: limit)
    try await planner.forEachElement(step: "history", batch: Self.batchSize, next: { try reader.next() }) {
      let sound = try $0.filter { try isSound($0, planner) }
      try await plan(sound, table.spec, planner)
    }
  }

  /// Whether the entry can be written; what is wrong with it is noted.
  private func isSound(_ entry: HistoryEntry, _ planner: Planner) throws -> Bool {
    planner.count(Counters.processed)
    guard let flaw = entry.flaw else { return true }
    let isRepeated = flaw == .repeatedSlot
    planner.count(isRepeated ? Counters.repeated : Counters.errors)
    try planner.note(
      .data, isRepeated ? "slotTwice" : "badEntry",
      "entry \(entry.number) of the history of validator \(entry.validator) \(flaw.rawValue), so it is left out"
    )
    return false
  }

  private func plan(_ entries: [HistoryEntry], _ table: TableSpec, _ planner: Planner) async throws {
    let items = entries.map { item($0, at: planner.now) }
    let keys = items.compactMap { table.key.key(of: $0) }
    let found = try await planner.tables.items(keys, in: table.name)
    for (index, key) in keys.enumerated() where !planner.isFull {
      if found[index] != nil {
        planner.count(Counters.already)
      } else {
        planner.count(Counters.new)
        planner.plan([Change(table: table.name, key: key, before: nil, after: items[index])])
      }
    }
  }

  private func item(_ entry: HistoryEntry, at now: Int64) -> Item {
    var item: Item = [
      Attribute.validatorAddress: .string(entry.validator), Attribute.timestamp: .number(now),
    ]
    item[Attribute.slot] = entry.slot.map { .number($0) }
    item[Attribute.status] = entry.status.map { .string($0) }
    return item
  }

  private func table(_ settings: Settings, _ tables: TableReader) async throws -> TableDescription {
    let name = try settings.require(Variable.validatorHistory, for: "the validator history table")
    let found = try await tables.require(name, variable: Variable.validatorHistory)
    if found.spec.key == Design.history { return found }
    throw Refusal(
      "table '\(name)' has the key \(found.spec.key), and the migration needs \(Design.history): a table's key can't be changed in place, so create another one with 'sparta-journal tables create NAME --key validatorAddress:S --sort slot:N', copy what is to be kept, and set \(Variable.validatorHistory) to it"
    )
  }

  /// What the report counts, in its order.
  private enum Counters {
    static let validators = "validators fetched"
    static let withHistory = "validators with history"
    static let entries = "entries fetched"
    static let processed = "entries processed"
    static let new = "new entries"
    static let already = "entries that exist"
    static let repeated = "entries of a slot that came twice"
    static let errors = "errors"
    static let all = [validators, withHistory, entries, processed, new, already, repeated, errors]
  }
}
