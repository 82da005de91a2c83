import SpartaJournal

/// Gives every order without a `total` one: price times quantity, in cents.
public struct BackfillTotals: Migration {
  /// As it is typed.
  public let name = "01_backfill_totals"
  /// One line for `list`.
  public let summary = "Sets total on orders that have none"
  /// Raised whenever it would plan something else than before.
  public let version = 1
  /// Where its plan comes from; a test says when the digest has to be set anew.
  public let code = MigrationCode(
    "sha256:46ccecc8878763c48e5557f385c6e071fa09f52e459594a387cd316e364327f5",
    files: "01_backfill_totals.swift")
  /// The settings that the journal keeps.
  public let variables = ["ORDERS_TABLE_NAME"]
  /// The orders.
  public let needs = Needs(tables: [orders])
  /// An option of its own.
  public let options = [zeroes]
  /// Five orders.
  public let testLimit = 5

  /// What a total of zero is treated like.
  public static let zeroes = MigrationOption(
    "recompute-zeroes", help: "treat a total of 0 as if it were missing.")
  static let orders = Needs.Table(
    variables: ["ORDERS_TABLE_NAME"], defaultName: "acme-orders",
    keys: [KeySchema(partition: KeyAttribute("orderId", .string))])

  /// The migration.
  public init() {}

  /// Looks at every order, and plans an update for each that lacks its total.
  public func plan(_ planner: Planner) async throws {
    let table = try await planner.tables.require(Self.orders, planner.settings)
    let recomputes = planner.settings.options.contains(Self.zeroes)
    try await planner.forEachItem(of: table, step: "orders") { step, order in
      step.count("orders")
      guard let key = table.spec.key.key(of: order), order["total"] == nil || recomputes && isZero(order)
      else {
        return step.count("right already")
      }
      guard let price = order["price"]?.integerValue, let quantity = order["quantity"]?.integerValue else {
        return try step.note(
          .data, "orderWithoutPrice", table: table.spec.name, key: key,
          "the order has no price or no quantity, so it gets no total: set both, then run this again")
      }
      // The images hold what is touched: the write is made only while the total is as it was found.
      let before = order.filtered(to: ["total"])
      step.plan([
        Change(table: table.spec.name, key: key, before: before, after: ["total": .number(price * quantity)])
      ])
    }
  }

  private func isZero(_ order: Item) -> Bool { order["total"]?.integerValue == 0 }
}
