import DynamoJournalJSON
import DynamoJournalTables

extension DynamoDBStore {
  /// The names of all tables, sorted.
  package func tables() async throws -> [String] {
    var names: [String] = []
    var last: JSONValue?
    var watch = ListWatch(.listTables)
    repeat {
      var body = RequestBody()
      body.add("Limit", 100)
      if let last { body.add("ExclusiveStartTableName", last) }
      let reply = try await call(.listTables, body, on: nil)
      names += try Self.read(.listTables) {
        try reply.json("TableNames")?.arrayValue?.compactMap(\.stringValue)
      }
      last = try watch.check(Self.read(.listTables) { try reply.json("LastEvaluatedTableName") ?? .null })
    } while last != nil
    return names.sorted()
  }

  /// The table as it stands, or nil when there is none of that name.
  package func describe(_ table: String) async throws -> TableDescription? {
    guard let facts = try await facts(of: table) else { return nil }
    guard let description = facts.description else {
      throw StoreError.inUse("table '\(table)' is \(facts.status); bring it back before it is migrated")
    }
    return description
  }

  /// Creates a table, billed by request, and returns when it is ready.
  package func create(_ spec: TableSpec) async throws {
    try Validation.check(spec)
    try await confirmTarget([spec.name])
    await specs.forget(spec.name)
    let call = Call(operation: .createTable, body: spec.creation, table: spec.name)
    let result = await client.perform(call)
    if case .failure(let failure) = result.result {
      // Our own first try may have made it.
      guard result.maybeSentBefore, failure.code == "ResourceInUseException",
        try await facts(of: spec.name)?.spec == spec
      else { throw failure.thrown(.createTable, on: spec.name) }
    }
    try await waitUntilReady(spec.name, configuration.patience.table)
  }

  /// Adds an index and returns when it is filled.
  package func createIndex(_ index: IndexSpec, on table: String) async throws {
    try await confirmTarget([table])
    let facts = try await readyFacts(of: table)
    guard facts.indexStates[index.name] == nil else {
      throw StoreError.validation("table '\(table)' has an index '\(index.name)' already")
    }
    let spec = TableSpec(name: table, key: facts.spec.key, indexes: facts.spec.indexes + [index])
    try Validation.check(spec)
    var body = RequestBody(table: table)
    body.add("AttributeDefinitions", Self.definitions(facts, index))
    let creation = index.creation(throughput: facts.provisionedThroughput)
    body.add("GlobalSecondaryIndexUpdates", [["Create": creation]])
    try await updateIndexes(body, of: table) { $0.indexStates[index.name] != nil }
    try await waitUntilReady(table, configuration.patience.index) { $0.indexStates[index.name] == "ACTIVE" }
  }

  /// Removes an index and returns when it is gone.
  package func deleteIndex(_ name: String, on table: String) async throws {
    try await confirmTarget([table])
    let facts = try await readyFacts(of: table)
    guard facts.indexStates[name] != nil else {
      throw StoreError.notFound("table '\(table)' has no index '\(name)'")
    }
    var body = RequestBody(table: table)
    body.add("GlobalSecondaryIndexUpdates", [["Delete": ["IndexName": .string(name)]]])
    try await updateIndexes(body, of: table) { ($0.indexStates[name] ?? "DELETING") == "DELETING" }
    try await waitUntilReady(table, configuration.patience.index) { $0.indexStates[name] == nil }
  }

  /// Deletes a table with all its items and returns when it is gone.
  package func delete(_ table: String) async throws {
    if await binding.identity != nil { _ = try await facts(of: table) }
    await specs.forget(table)
    let body = RequestBody(table: table)
    let result = await client.perform(Call(operation: .deleteTable, body: body.finished, table: table))
    if case .failure(let failure) = result.result {
      // Our own first try may have begun it.
      guard result.maybeSentBefore,
        ["ResourceNotFoundException", "ResourceInUseException"].contains(failure.code),
        try await facts(of: table).map({ $0.status == "DELETING" }) ?? true
      else { throw failure.thrown(.deleteTable, on: table) }
    }
    try await wait(configuration.patience.table, for: "the deletion of table '\(table)'") {
      try await facts(of: table) == nil
    }
  }

  /// The table's description, or nil when there is none of that name; keys and indexes are kept for later calls.
  func facts(of table: String) async throws -> TableFacts? {
    let operation = Operation.describeTable
    let call = Call(operation: operation, body: RequestBody(table: table).finished, table: table)
    switch await client.perform(call).result {
    case .success(let reply):
      let json = try Self.read(operation) { try reply.fields.json("Table") }
      let facts = try Self.read(operation) { TableFacts(json) }
      guard Self.isSame(facts.name, as: table) else {
        throw Self.misleading(operation, table, "the description of another table")
      }
      try await binding.compare(facts.arn)
      await specs.keep(facts.spec)
      return facts
    case .failure(let failure) where failure.code == "ResourceNotFoundException":
      await specs.forget(table)
      return nil
    case .failure(let failure): throw failure.thrown(operation, on: table)
    }
  }

  /// Keys and indexes of a table, as last seen.
  func spec(of table: String) async throws -> TableSpec {
    if let known = await specs.spec(table) { return known }
    guard let facts = try await facts(of: table) else { throw await noTable(table) }
    return facts.spec
  }

  /// What `check` makes of a table's keys and indexes.
  ///
  /// What is known of the table may be old, since others may have changed it: a refusal is looked at again with what it is
  /// now.
  func checked<Result>(
    _ table: String, _ check: (TableSpec) throws(StoreError) -> Result
  ) async throws -> Result {
    if let known = await specs.spec(table) {
      do throws(StoreError) {
        return try check(known)
      } catch { await specs.forget(table) }
    }
    return try check(try await spec(of: table))
  }

  /// That the table is not there, or is gone by now.
  func noTable(_ table: String) async -> StoreError {
    let missing = await missing(table)
    return .notFound("\(missing.problem); \(missing.remedy("check its name"))")
  }

  /// Returns when table and indexes are ready and `isDone`.
  func waitUntilReady(
    _ table: String, _ patience: Duration, _ isDone: (TableFacts) -> Bool = { _ in true }
  ) async throws {
    try await wait(patience, for: "table '\(table)'") {
      guard let facts = try await facts(of: table) else { return false }
      return facts.isReady && isDone(facts)
    }
  }

  /// DynamoDB takes one change of indexes at a time, so one that is under way is waited for.
  private func readyFacts(of table: String) async throws -> TableFacts {
    guard var facts = try await facts(of: table) else { throw await noTable(table) }
    guard !facts.isReady else { return facts }
    try await wait(configuration.patience.index, for: "table '\(table)'") {
      guard let now = try await self.facts(of: table) else { throw await noTable(table) }
      facts = now
      return now.isReady
    }
    return facts
  }

  private func updateIndexes(
    _ body: RequestBody, of table: String, isBegun: (TableFacts) -> Bool
  ) async throws {
    let result = await client.perform(Call(operation: .updateTable, body: body.finished, table: table))
    await specs.forget(table)
    guard case .failure(let failure) = result.result else { return }
    // Our own first try may have begun it.
    guard result.maybeSentBefore, case .service = failure, let facts = try await facts(of: table),
      isBegun(facts)
    else { throw failure.thrown(.updateTable, on: table) }
  }

  /// What the table defines already, and what the index needs beyond that.
  private static func definitions(_ facts: TableFacts, _ index: IndexSpec) -> JSONValue {
    let present = facts.json["AttributeDefinitions"]?.arrayValue ?? []
    let names = Set(present.compactMap { $0["AttributeName"]?.stringValue })
    let added = TableSpec.definitions([index.key]).arrayValue ?? []
    return .array(present + added.filter { !names.contains($0["AttributeName"]?.stringValue ?? "") })
  }
}
