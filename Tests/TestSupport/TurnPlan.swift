import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables

/// A random plan of several stages that changes the same few items again and again.
package struct TurnPlan: Migration {
  package let name = "20_turns"
  package let version = 1
  package let summary = "a migration for tests"
  package let code = MigrationCode("sha256:turns", files: "TurnPlan.swift")
  package let variables: [String] = []
  package let testLimit = 3

  /// The table.
  package static let table = TableSpec(
    name: "turns", key: KeySchema(partition: KeyAttribute("id", .string)))

  /// The items before.
  package private(set) var start: [Item] = []
  private var stages: [[[Change]]] = []

  /// The plan of a seed.
  package init(_ generator: inout SeededGenerator) {
    var items: [String: Item] = [:]
    for number in 0..<Int.random(in: 2...9, using: &generator) where Bool.random(using: &generator) {
      items["t\(number)"] = Self.item("t\(number)", &generator)
    }
    start = items.values.sorted { "\($0)" < "\($1)" }
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      var units: [[Change]] = []
      for _ in 0..<Int.random(in: 1...12, using: &generator) {
        let unit = Self.unit(&items, &generator)
        if !unit.isEmpty { units.append(unit) }
      }
      stages.append(units)
    }
  }

  /// How many changes it has.
  package var count: Int { stages.joined().reduce(0) { $0 + $1.count } }

  package func check(_ settings: Settings, _ tables: TableReader) async throws {}

  package func plan(_ planner: Planner) async throws {
    try await planner.prepare("all") { step in
      for (stage, units) in stages.enumerated() {
        for unit in units { step.plan(unit, stage: stage) }
      }
    }
  }

  package func inspect(stage: Int, _ inspection: Inspection) async throws {}

  // MARK: Random

  private static func item(_ id: String, _ generator: inout SeededGenerator) -> Item {
    // Few values, so that an item becomes what it was before.
    ["id": .string(id), "a": value(&generator), "b": value(&generator)]
  }

  private static func value(_ generator: inout SeededGenerator) -> AttributeValue {
    .number(Int64.random(in: 0...2, using: &generator))
  }

  private static func unit(_ items: inout [String: Item], _ generator: inout SeededGenerator) -> [Change] {
    let ids = (0..<9).map { "t\($0)" }.shuffled(using: &generator)
    return ids.prefix(Int.random(in: 1...3, using: &generator)).compactMap { id in
      let change = change(id, items[id], &generator)
      guard let change else { return nil }
      items[id] = made(change, in: items[id])
      return change
    }
  }

  private static func change(
    _ id: String, _ item: Item?, _ generator: inout SeededGenerator
  ) -> Change? {
    let key = Key(["id": .string(id)])
    guard let item else {
      return Change(table: table.name, key: key, before: nil, after: Self.item(id, &generator))
    }
    if Int.random(in: 0..<4, using: &generator) == 0 {
      return Change(table: table.name, key: key, before: item, after: nil)
    }
    let name: Text = Bool.random(using: &generator) ? "a" : "b"
    let after = Bool.random(using: &generator) ? value(&generator) : nil
    guard after != item[name] else { return nil }
    return Change(
      table: table.name, key: key, before: item[name].map { [name: $0] } ?? [:],
      after: after.map { [name: $0] } ?? [:])
  }

  private static func made(_ change: Change, in item: Item?) -> Item? {
    guard change.kind == .update, var made = item else { return change.after }
    for name in change.touched { made[name] = change.after?[name] }
    return made
  }
}
