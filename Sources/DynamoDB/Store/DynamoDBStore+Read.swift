import DynamoJournalJSON
import DynamoJournalTables

extension DynamoDBStore {
  /// Keys of one `BatchGetItem`.
  private static let keysPerBatch = 100
  /// Bytes of a reply that was ended by its size: 16 MB of items are never less as JSON, but for white space and rounding.
  private static let fullReply = 15 << 20
  /// Batches under way at once, for one call of `items` or `put`.
  static let concurrentBatches = 8

  /// The items with these keys, in the order of the keys, nil for each that does not exist; a consistent read.
  package func items(_ keys: [Key], in table: String) async throws -> [Item?] {
    guard !keys.isEmpty else { return [] }
    let spec = try await checked(table) { (spec) throws(StoreError) in
      for key in keys { try Validation.check(key, of: spec.key, in: table) }
      return spec
    }
    if keys.count == 1 { return [try await item(of: keys[0], table, spec.key)] }
    let distinct = Array(Set(keys))
    let batches = stride(from: 0, to: distinct.count, by: Self.keysPerBatch).map {
      Array(distinct[$0..<min($0 + Self.keysPerBatch, distinct.count)])
    }
    var found: [Key: Item] = [:]
    for items in try await Self.concurrently(
      batches, limit: Self.concurrentBatches, { try await self.batch($0, table) })
    {
      for item in items { found[try Self.key(of: item, spec.key, .batchGetItem, table)] = item }
    }
    return keys.map { found[$0] }
  }

  private func item(of key: Key, _ table: String, _ schema: KeySchema) async throws -> Item? {
    var body = RequestBody(table: table)
    body.add("Key", item: key.attributes)
    body.add("ConsistentRead", true)
    body.add("ReturnConsumedCapacity", "TOTAL")
    let call = Call(
      operation: .getItem, body: body.finished, table: table, keys: [PaceKey(table, key, schema)])
    let fields = try await reply(to: call).fields
    try Self.checkTable(of: fields, .getItem, table)
    let item = try Self.read(.getItem) { try fields.item("Item") ?? Item() }
    guard !item.isEmpty else { return nil }
    guard schema.key(of: item) == key else {
      throw Self.misleading(.getItem, table, "an item of another key")
    }
    return item
  }

  private func batch(_ keys: [Key], _ table: String) async throws -> [Item] {
    var request = RequestBody()
    request.add("Keys", elements: keys.map { DynamoDBJSON.bytes($0.attributes) })
    request.add("ConsistentRead", true)
    var items = RequestBody()
    items.add(table, raw: request.finished)
    var found: [Item] = []
    try await untilProcessed(.batchGetItem, items.finished, "UnprocessedKeys", on: table) { fields in
      try Self.checkTable(of: fields, .batchGetItem, table)
      found += try Self.read(.batchGetItem) { try fields.object("Responses")?.items(table) ?? [] }
    }
    return found
  }

  /// Makes a call on a batch, and again with the part that comes back unprocessed, as long as that gets smaller or the
  /// budget lasts.
  func untilProcessed(
    _ operation: Operation, _ requestItems: [UInt8], _ unprocessed: String, on table: String,
    _ take: (JSONFields) throws -> Void
  ) async throws {
    let (retry, timing) = (client.configuration.retry, client.configuration.timing)
    var rest = requestItems
    var lastProgress = timing.elapsed()
    var round = 0
    while true {
      var body = RequestBody()
      body.add("RequestItems", raw: rest)
      body.add("ReturnConsumedCapacity", "TOTAL")
      let call = Call(operation: operation, body: body.finished, table: table)
      let fields = try await reply(to: call).fields
      try take(fields)
      guard let left = fields.raw(unprocessed) else { return }
      let part = try Self.read(operation) { try JSONFields(left) }
      guard !part.isEmpty else { return }
      guard part.names == [table] else {
        throw Self.misleading(operation, table, "a part of another table's to be sent again")
      }
      if left.count < rest.count {
        (round, lastProgress) = (0, timing.elapsed())
      } else {
        round += 1
      }
      rest = left
      // A batch of large items ends at 16 MB, which is no throttle.
      if fields.size >= Self.fullReply && round == 0 { continue }
      guard round < retry.maximumAttempts, timing.elapsed() - lastProgress < retry.budget else {
        throw StoreError(
          .unavailable, code: "ProvisionedThroughputExceededException",
          "\(operation.name) on table '\(table)' was handed back again and again; raise the table's capacity")
      }
      do throws(CallFailure) {
        try await client.pauseForUnprocessed(call, round: round)
      } catch { throw error.thrown(operation, on: table) }
    }
  }

  /// One page of a consistent scan.
  package func scan(_ request: ScanRequest) async throws -> ScanPage {
    try request.check()
    let schema = try await checked(request.table) { (spec) throws(StoreError) in
      if let after = request.after { try Validation.check(after, of: spec.key, in: request.table) }
      return spec.key
    }
    var body = RequestBody(table: request.table)
    body.add("ConsistentRead", true)
    body.add("ReturnConsumedCapacity", "TOTAL")
    if request.totalSegments > 1 {
      body.add("Segment", .number(request.segment))
      body.add("TotalSegments", .number(request.totalSegments))
    }
    if let limit = request.limit { body.add("Limit", .number(limit)) }
    if let after = request.after { body.add("ExclusiveStartKey", item: after.attributes) }
    if let filter = request.filter { body.add(filter) }
    let fields = try await call(.scan, body, on: request.table)
    try Self.checkTable(of: fields, .scan, request.table)
    let last = try Self.read(.scan) { try fields.item("LastEvaluatedKey") ?? Item() }
    let items = try Self.read(.scan) { fields.raw("Items") == nil ? nil : try fields.items("Items") }
    for item in items { _ = try Self.key(of: item, schema, .scan, request.table) }
    let scanned = try Self.read(.scan) { try fields.json("ScannedCount")?.integerValue ?? 0 }
    // A reply without the count, or with one that can't be, is taken to be without a filter.
    let count = max(items.count, Int(clamping: scanned))
    guard !last.isEmpty else { return ScanPage(items: items, lastKey: nil, scannedCount: count) }
    let lastKey = try Self.key(of: last, schema, .scan, request.table)
    guard lastKey != request.after else {
      throw Self.misleading(
        .scan, request.table, "a page that ends where it began, so that the scan would never end")
    }
    return ScanPage(items: items, lastKey: lastKey, scannedCount: count)
  }
}

// MARK: Replies that do not answer the request

extension DynamoDBStore {
  /// The key of an item that a reply holds.
  ///
  /// - Throws: `StoreError` for an item without its key, or with a key of another type.
  private static func key(
    of item: Item, _ schema: KeySchema, _ operation: Operation, _ table: String
  ) throws(StoreError) -> Key {
    guard let key = schema.key(of: item) else {
      throw misleading(operation, table, "an item without its key, or with a key of another type")
    }
    do throws(StoreError) { try Validation.check(key, of: schema, in: table) } catch {
      throw misleading(operation, table, "an item without its key, or with a key of another type")
    }
    return key
  }

  /// Compares the table that a reply says it is about, where it says so.
  static func checkTable(of fields: JSONFields, _ operation: Operation, _ table: String) throws(StoreError) {
    let consumed = try read(operation) { try fields.json("ConsumedCapacity") ?? .null }
    for part in consumed.arrayValue ?? [consumed] {
      guard let named = part["TableName"]?.stringValue, !isSame(named, as: table) else { continue }
      throw misleading(operation, table, "a reply about another table")
    }
  }

  /// A table may be named by its ARN.
  static func isSame(_ named: String, as table: String) -> Bool {
    let name = { (text: String) in text.hasPrefix("arn:") ? text.split(separator: "/").last ?? "" : text[...]
    }
    return name(named) == name(table)
  }

  /// A reply that is well formed and can't be the answer to what was asked.
  static func misleading(_ operation: Operation, _ table: String, _ what: String) -> StoreError {
    StoreError(
      .unavailable, code: "UnreadableReply",
      "\(operation.name) on table '\(table)' was answered with \(what): check what stands at the endpoint, then go on"
    )
  }
}

extension PaceKey {
  /// The partition of a key.
  init(_ table: String, _ key: Key, _ schema: KeySchema) {
    self.init(table: table, partition: key.attributes[schema.partition.name] ?? .null)
  }
}
