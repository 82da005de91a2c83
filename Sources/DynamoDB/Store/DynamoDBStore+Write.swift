import DynamoJournalJSON
import DynamoJournalTables

extension DynamoDBStore {
  /// Items of one `BatchWriteItem`.
  private static let itemsPerBatch = 25
  /// DynamoDB knows a token for ten minutes; no attempt of a transaction begins after nine.
  private static let tokenLifetime = Duration.seconds(9 * 60)

  /// Puts whole items, whatever was there; of two with one key the later stays.
  package func put(_ items: [Item], into table: String) async throws {
    guard !items.isEmpty else { return }
    try await confirmTarget([table])
    let latest = try await checked(table) { (spec) throws(StoreError) in
      var latest: [Key: Int] = [:]
      for (position, item) in items.enumerated() {
        try Validation.check(item, in: spec)
        if let key = spec.key.key(of: item) { latest[key] = position }
      }
      return latest
    }
    let positions = latest.values.sorted()
    let batches = stride(from: 0, to: positions.count, by: Self.itemsPerBatch).map {
      positions[$0..<min($0 + Self.itemsPerBatch, positions.count)].map { items[$0] }
    }
    _ = try await Self.concurrently(batches, limit: Self.concurrentBatches) { try await self.put($0, table) }
  }

  /// Puts a batch; one that is refused for its size is cut in halves until an item stands alone, which is then what is refused.
  private func put(_ batch: [Item], _ table: String) async throws {
    let requests = batch.map { item in
      var (put, request) = (RequestBody(), RequestBody())
      put.add("Item", item: item)
      request.add("PutRequest", raw: put.finished)
      return request.finished
    }
    var body = RequestBody()
    body.add(table, elements: requests)
    do {
      try await untilProcessed(.batchWriteItem, body.finished, "UnprocessedItems", on: table) { _ in }
    } catch let error as StoreError where error.isRefusalOfSize && batch.count > 1 {
      let middle = batch.count / 2
      try await put(Array(batch[..<middle]), table)
      try await put(Array(batch[middle...]), table)
    }
  }

  /// Writes units of changes, each unit wholly or not at all, each change only while its item equals `before`.
  ///
  /// DynamoDB has no condition on attributes that one does not name. A delete therefore reads its item first and
  /// compares all of it; an attribute that somebody adds in between goes with the item.
  package func write(_ units: [[Change]]) async throws -> [UnitReply] {
    try await beforeWriting { try await confirmTarget(Set(units.joined().map(\.table))) }
    let limit = min(writeShape.concurrentCalls, client.control?.pace.concurrency ?? .max)
    return try await Self.concurrently(units, limit: limit) { try await self.write($0) }
  }

  private func write(_ unit: [Change]) async throws -> UnitReply {
    let prepared: Prepared
    do {
      prepared = try await beforeWriting { try await prepare(unit) }
    } catch let error as StoreError where error.kind == .refused && !error.isOfTarget {
      return UnitReply(.refused(error))
    }
    let deletes = unit.filter { $0.kind == .delete }
    if !deletes.isEmpty {
      let items = try await beforeWriting { try await self.items(of: deletes) }
      guard zip(deletes, items).allSatisfy({ $0.matches($1, image: $0.before) }) else {
        let found = try await beforeWriting { try await contradictions(in: unit) }
        return UnitReply(.conditionFailed(found))
      }
    }
    return try await send(prepared)
  }

  /// A look before a write: when somebody asks to stop meanwhile, nothing was sent.
  private func beforeWriting<Answer>(_ look: () async throws -> Answer) async throws -> Answer {
    do { return try await look() } catch is CancellationError where client.isInterrupted {
      throw CallStopped(mayHaveHadEffect: false)
    }
  }

  // MARK: Before a write

  /// A unit that DynamoDB has no reason to refuse for its form.
  private struct Prepared {
    let unit: [Change]
    let requests: [WriteRequest]
    let keys: [PaceKey]
  }

  private func prepare(_ unit: [Change]) async throws -> Prepared {
    try Validation.check(unit: unit)
    var requests: [WriteRequest] = []
    var keys: [PaceKey] = []
    var size = 0
    for change in unit {
      let (created, schema) = try await checked(change.table) { (spec) throws(StoreError) in
        (try Validation.check(change, in: spec), spec.key)
      }
      size += created
      requests.append(try WriteRequest(change, key: schema))
      keys.append(PaceKey(change.table, change.key, schema))
    }
    if unit.count > 1 { try Validation.check(unitSize: size) }
    return Prepared(unit: unit, requests: requests, keys: keys)
  }

  /// The changes' items as they stand, in the order of the changes.
  private func items(of changes: [Change]) async throws -> [Item?] {
    var items = [Item?](repeating: nil, count: changes.count)
    for table in Set(changes.map(\.table)) {
      let positions = changes.indices.filter { changes[$0].table == table }
      let found = try await self.items(positions.map { changes[$0].key }, in: table)
      for (position, item) in zip(positions, found) { items[position] = item }
    }
    return items
  }

  /// What was found for each change whose item is not as it was before; nil for the others.
  private func contradictions(in unit: [Change]) async throws -> [Found?] {
    zip(unit, try await items(of: unit)).map { change, item in
      change.matches(item, image: change.before) ? nil : Found(item)
    }
  }

  // MARK: The write

  private func send(_ prepared: Prepared) async throws -> UnitReply {
    let tables = Set(prepared.unit.map(\.table))
    let call: Call
    if prepared.requests.count == 1 {
      let (operation, body) = prepared.requests[0].single
      call = Call(operation: operation, body: body, table: tables.first, keys: prepared.keys)
    } else {
      let body = WriteRequest.transaction(prepared.requests, series: await series.next())
      let table = tables.count == 1 ? tables.first : nil
      call = Call(operation: .transactWriteItems, body: body, table: table, keys: prepared.keys)
    }
    let result = await client.perform(call, budget: Self.tokenLifetime)
    switch result.result {
    case .success: return UnitReply(.written, maybeSentBefore: result.maybeSentBefore)
    case .failure(.service(let error)):
      return try await judge(error, prepared.unit, call, maybeSentBefore: result.maybeSentBefore)
    case .failure(.cancelled) where client.isInterrupted:
      throw CallStopped(mayHaveHadEffect: result.maybeSentBefore)
    case .failure(.held): throw WriteHeld(mayHaveHadEffect: result.maybeSentBefore)
    case .failure(let failure): throw failure.thrown(call.operation, on: call.table)
    }
  }

  private func judge(
    _ error: ServiceError, _ unit: [Change], _ call: Call, maybeSentBefore: Bool
  ) async throws -> UnitReply {
    do {
      if let found = try await found(error, unit) {
        return UnitReply(.conditionFailed(found), maybeSentBefore: maybeSentBefore)
      }
    } catch is CancellationError where client.isInterrupted {
      throw CallStopped(mayHaveHadEffect: maybeSentBefore)
    } catch is WriteHeld {
      throw WriteHeld(mayHaveHadEffect: maybeSentBefore)
    }
    for table in Set(unit.map(\.table)) { await specs.forget(table) }
    let thrown = error.refusal(call)
    guard thrown.kind == .refused else { throw thrown }
    guard !maybeSentBefore else {
      // An attempt before this one may have been written, so nobody can say that nothing was.
      throw StoreError(.unavailable, code: thrown.code, thrown.message)
    }
    return UnitReply(.refused(thrown))
  }

  /// What was found where a condition failed; nil when no condition did.
  private func found(_ error: ServiceError, _ unit: [Change]) async throws -> [Found?]? {
    if error.code == "ConditionalCheckFailedException" {
      if let item = error.found { return [Found(item)] }
      // No item there, or a server that never shows it.
      return try await items(of: unit).map { Found($0) }
    }
    let reasons = error.cancellationReasons
    guard reasons.count == unit.count, error.failedReasons.contains("ConditionalCheckFailed") else {
      return nil
    }
    let isToldAll = reasons.allSatisfy {
      $0.code == "None" || ($0.code == "ConditionalCheckFailed" && $0.found != nil)
    }
    if isToldAll { return reasons.map { $0.found.map { Found($0) } } }
    let seen = try await contradictions(in: unit)
    return zip(reasons, seen).map { reason, seen in reason.found.map { Found($0) } ?? seen }
  }
}

extension ServiceError {
  /// The error of a write; that of a cancelled transaction is its first reason's.
  fileprivate func refusal(_ call: Call) -> StoreError {
    guard code == "TransactionCanceledException", remedy == .none,
      let reason = cancellationReasons.first(where: { $0.code != "None" })
    else { return storeError(call.operation, on: call.table) }
    let code = reason.code == "ValidationError" ? "ValidationException" : reason.code
    return ServiceError(code: code, message: reason.message, status: status)
      .storeError(call.operation, on: call.table)
  }
}
