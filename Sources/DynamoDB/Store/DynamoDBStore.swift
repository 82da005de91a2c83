import DynamoJournalTables

/// Tables in DynamoDB, or in a server that speaks like it.
///
/// What DynamoDB would refuse for its form is refused here first, with the same names, so that stand-ins that are less
/// strict behave alike.
package final class DynamoDBStore: TableStore {
  /// What a store keeps to.
  package struct Configuration: Sendable {
    /// The most units under way at once.
    package var concurrency = 128
    /// How long a table, an index or a backup may take until it is ready.
    package var patience = Patience()
    /// The name of the table of guards.
    package var guardTable = TableGuards.defaultName
    /// What people are told of where the tables are.
    package var place: StorePlace?

    /// The defaults.
    package init() {}
  }

  /// How long the store waits for what DynamoDB does in its own time.
  package struct Patience: Sendable {
    /// For a table to be made or gone.
    package var table: Duration = .seconds(15 * 60)
    /// For an index to be filled or gone, and a backup restored: hours for large tables.
    package var index: Duration = .seconds(24 * 3_600)
    /// For a backup.
    package var backup: Duration = .seconds(3_600)

    /// The defaults.
    package init() {}
  }

  /// The client that makes the calls.
  package let client: DynamoDBClient
  let configuration: Configuration
  let specs = SpecCache()
  let series = SeriesCounter()
  let binding: TargetBinding

  /// A store.
  package convenience init(client: DynamoDBClient, configuration: Configuration = Configuration()) {
    self.init(client: client, configuration: configuration, binding: TargetBinding())
  }

  init(client: DynamoDBClient, configuration: Configuration, binding: TargetBinding) {
    self.client = client
    self.configuration = configuration
    self.binding = binding
  }

  /// Where the tables are.
  package var place: StorePlace? { configuration.place }

  /// What was done so far.
  package var statistics: StoreStatistics? {
    get async { await client.statistics }
  }

  /// A unit is a call of its own.
  package var writeShape: WriteShape {
    WriteShape(unitsPerCall: 1, concurrentCalls: max(1, configuration.concurrency))
  }
}

/// The tables' keys and indexes, so that not every call must ask for them.
actor SpecCache {
  private var specs: [String: TableSpec] = [:]

  /// What is known of a table.
  func spec(_ table: String) -> TableSpec? { specs[table] }

  /// Keeps it.
  func keep(_ spec: TableSpec) { specs[spec.name] = spec }

  /// Forgets a table that was changed or is gone.
  func forget(_ table: String) { specs[table] = nil }

  /// Forgets all tables.
  func forgetAll() { specs = [:] }
}

/// Gives each series of attempts of a transaction a name of its own.
actor SeriesCounter {
  private let origin = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
  private var count: UInt64 = 0

  /// A name that no series had before, in this process or another.
  func next() -> [UInt8] {
    count += 1
    return origin + (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
  }
}

// MARK: Calls

extension DynamoDBStore {
  /// Makes a call that needs no care.
  func call(_ operation: Operation, _ body: RequestBody, on table: String?) async throws -> JSONFields {
    let call = Call(operation: operation, body: body.finished, table: table)
    return try await reply(to: call).fields
  }

  func reply(to call: Call) async throws -> ServiceReply {
    let result = await client.perform(call)
    do {
      return try result.result.get()
    } catch {
      if error.code == "ResourceNotFoundException", let table = call.table { await specs.forget(table) }
      throw error.thrown(call.operation, on: call.table)
    }
  }

  /// A reply that is JSON but not what was asked for.
  static func misshapen(_ operation: Operation) -> StoreError {
    StoreError(
      .unavailable, code: "UnreadableReply",
      "the reply to \(operation.name) lacks what it must hold: check what stands at the endpoint")
  }

  /// Reads a part of a reply.
  static func read<Part>(_ operation: Operation, _ body: () throws -> Part?) throws(StoreError) -> Part {
    do {
      if let part = try body() { return part }
    } catch {
      throw misshapen(operation)
    }
    throw misshapen(operation)
  }

  /// Asks until `isDone` says so, less and less often.
  ///
  /// - Throws: `StoreError` of kind `unavailable` when patience is at its end, else what `isDone` throws.
  func wait(
    _ patience: Duration, for what: @autoclosure () -> String, until isDone: () async throws -> Bool
  ) async throws {
    let timing = client.configuration.timing
    let start = timing.elapsed()
    var delay = Duration.milliseconds(100)
    while try await !isDone() {
      guard timing.elapsed() - start + delay <= patience else {
        throw StoreError(
          .unavailable, code: "NotReady",
          "\(what()) is not done after \(patience); it goes on by itself, so look again later")
      }
      try await timing.sleep(delay)
      delay = min(.seconds(5), delay * 3 / 2)
    }
  }

  /// Runs `body` on each element, so many at once, and gives the results in the elements' order.
  static func concurrently<Element: Sendable, Result: Sendable>(
    _ elements: [Element], limit: Int, _ body: @escaping @Sendable (Element) async throws -> Result
  ) async throws -> [Result] {
    guard elements.count > 1 else {
      var results: [Result] = []
      for element in elements { results.append(try await body(element)) }
      return results
    }
    return try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      var results = [Result?](repeating: nil, count: elements.count)
      var started = 0
      while started < elements.count || !group.isEmpty {
        if started < elements.count && started < limit {
          let index = started
          group.addTask { (index, try await body(elements[index])) }
          started += 1
          continue
        }
        guard let (index, result) = try await group.next() else { break }
        results[index] = result
        if started < elements.count {
          let index = started
          group.addTask { (index, try await body(elements[index])) }
          started += 1
        }
      }
      return results.compactMap { $0 }
    }
  }
}
