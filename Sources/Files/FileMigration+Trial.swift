import DynamoJournalExpressions
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables

extension FileMigration {
  /// What a look at the first items of a table shows.
  package struct Trial: Sendable {
    /// How many items were looked at.
    package let items: Int
    /// How many of them would be changed.
    package let changed: Int
    /// How many would be left as they are, since they can't be changed.
    package let left: Int
  }

  private static let mostItems = 1_000

  /// Works out what becomes of the first items of its table, and writes nothing.
  ///
  /// - Throws: `Refusal` that names the item which a plan would be refused for.
  package func trial(_ tables: TableReader, now: Int64 = Timestamp.now()) async throws -> Trial {
    let (rules, table) = try await rules(tables)
    let items = ItemRules(rules: rules, bindings: bindings(now: now / 1_000, run: "doctor"))
    let page = try await tables.page(ScanRequest(table: table.spec.name, limit: Self.mostItems))
    var (changed, left) = (0, 0)
    for item in page.items {
      switch try items.result(for: item) {
      case .changed: changed += 1
      case .left: left += 1
      case .right, .unmatched: break
      }
    }
    return Trial(items: page.items.count, changed: changed, left: left)
  }
}
