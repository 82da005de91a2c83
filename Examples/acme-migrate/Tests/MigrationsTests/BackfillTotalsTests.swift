import Migrations
import SpartaJournal
import SpartaJournalTesting
import Testing

@Suite("01_backfill_totals") struct BackfillTotalsTests {
  let migration = BackfillTotals()
  let table = TableSpec(
    name: "acme-orders", key: KeySchema(partition: KeyAttribute("orderId", .string)))

  private func order(_ id: String, price: Int64?, total: Int64? = nil) -> Item {
    var order: Item = ["orderId": .string(id), "quantity": .number(3)]
    order["price"] = price.map { .number($0) }
    order["total"] = total.map { .number($0) }
    return order
  }

  @Test("an order gets its total, and a rollback takes it away again")
  func cycle() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table, [order("a", price: 250), order("b", price: 1, total: 0)])
      let run = try await harness.cycle(migration, Settings(variables: [:]), planned: 1) {
        try await harness.expect(
          table.name, holds: [order("a", price: 250, total: 750), order("b", price: 1, total: 0)])
      }
      #expect(harness.counters(of: run)["right already"] == 1)
    }
  }

  @Test("--recompute-zeroes sets a total of 0, too")
  func zeroes() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table, [order("b", price: 1, total: 0)])
      let settings = Settings(variables: [:], options: [BackfillTotals.zeroes])
      try await harness.cycle(migration, settings, planned: 1) {
        try await harness.expect(table.name, holds: [order("b", price: 1, total: 3)])
      }
    }
  }

  @Test("an order without a price is reported and stays as it is")
  func withoutPrice() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table, [order("a", price: nil)])
      let run = try await harness.cycle(migration, Settings(variables: [:]), planned: 0) {
        try await harness.expect(table.name, holds: [order("a", price: nil)])
      }
      #expect(try await harness.notes(of: run) == ["data orderWithoutPrice orderId=a"])
    }
  }

  @Test("a table that is missing or keyed otherwise is refused before anything is journaled")
  func refusals() async throws {
    try await MigrationHarness.use { harness in
      let missing = try await harness.refusal(migration, Settings(variables: [:]))
      #expect(missing.contains("there is no table 'acme-orders': set ORDERS_TABLE_NAME"))
      try await harness.seed(
        TableSpec(name: "acme-orders", key: KeySchema(partition: KeyAttribute("id", .string))))
      let other = try await harness.refusal(migration, Settings(variables: [:]))
      #expect(other.contains("has the key id:S"))
    }
  }
}
