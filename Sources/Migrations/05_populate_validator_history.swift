import SpartaJournal

/// Writes the attestation history that the L2 node knows into the history table, where the table does not hold it yet.
public struct PopulateValidatorHistory: Migration {
  /// Its name: `05_populate_validator_history`.
  public let name = "05_populate_validator_history"
  /// One line for `list`.
  public let summary = "Fills the validator history table with the attestations that the L2 node knows"
  /// Raised whenever it would plan something else than before.
  public let version = 2
  /// Where its plan comes from; a test says when the digest has to be set anew.
  public let code = MigrationCode(
    "sha256:c5220085d5a5b90693aea9102176816866dfb4e0a8fdc654212adf26d2fe5b4f",
    files: "05_populate_validator_history.swift", "AztecRPC.swift", "EthereumAddress.swift",
    "HistoryEntry.swift", "HistoryReader.swift", "HistoryReply.swift")
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
    try await planner.prepare("reply") { step in
      for counter in Counters.all { step.count(counter, 0) }
      step.count(Counters.new, 0, if: .created(in: table.spec.name))
      step.count(Counters.errors, 0, if: .failures)
      step.count(Counters.validators, reply.validators)
      step.count(Counters.withHistory, reply.withHistory)
      step.count(Counters.entries, reply.entries)
      if step.settings.testMode && reply.validators > Self.testValidators {
        step.leave("validators", read: Self.testValidators, of: reply.validators)
      }
    }
    let limit = planner.settings.testMode ? Self.testValidators : nil
    var reader = try reply.reader(planner, limit: limit)
    try await planner.forEachElement(step: "history", batch: Self.batchSize, next: { try reader.next() }) {
      step, entries in
      let sound = try entries.filter { try isSound($0, step) }
      try await plan(sound, table.spec, step)
    }
  }

  /// Whether the entry can be written; what is wrong with it is noted.
  private func isSound(_ entry: HistoryEntry, _ step: PlanStep) throws -> Bool {
    step.count(Counters.processed)
    guard let flaw = entry.flaw else { return true }
    let isRepeated = flaw == .repeatedSlot
    step.count(isRepeated ? Counters.repeated : Counters.errors)
    try step.note(
      .data, isRepeated ? "slotTwice" : "badEntry",
      "entry \(entry.number) of the history of validator \(entry.validator) \(flaw.rawValue), so it is left out"
    )
    return false
  }

  private func plan(_ entries: [HistoryEntry], _ table: TableSpec, _ step: PlanStep) async throws {
    let items = entries.map { item($0, at: step.now) }
    let keys = items.compactMap { table.key.key(of: $0) }
    let found = try await step.tables.items(keys, in: table.name)
    for (index, key) in keys.enumerated() where !step.isFull {
      if found[index] != nil {
        step.count(Counters.already)
      } else {
        step.count(Counters.new)
        step.plan([Change(table: table.name, key: key, before: nil, after: items[index])])
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
      "table '\(name)' has the key \(found.spec.key), and the migration needs \(Design.history); a table's key can't be changed in place",
      remedy:
        "create another one with 'sparta-journal tables create NAME --key validatorAddress:S --sort slot:N', copy what is to be kept, and set \(Variable.validatorHistory) to it"
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
