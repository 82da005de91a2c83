import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables

/// Migrations of a table of toys, named by what they do.
struct Toy: Migration {
  let name: String
  var version = 1
  let summary = "a migration for tests"
  let code = MigrationCode("sha256:toys", files: "Toys.swift")
  let variables: [String] = []
  let testLimit = 3
  var looks: @Sendable (Int, Inspection) async throws -> Void = { _, _ in }
  let plans: @Sendable (Planner) async throws -> Void

  func check(_ settings: Settings, _ tables: TableReader) async throws {
    _ = try await tables.require("toys", variable: "TOYS")
  }

  func plan(_ planner: Planner) async throws { try await plans(planner) }

  func inspect(stage: Int, _ inspection: Inspection) async throws { try await looks(stage, inspection) }
}

extension Toy {
  static let toys = TableSpec(name: "toys", key: KeySchema(partition: KeyAttribute("id", .string)))
  static let boxes = TableSpec(name: "boxes", key: KeySchema(partition: KeyAttribute("id", .string)))

  static func key(_ number: Int) -> Key { Key(["id": .string(id(number))]) }

  static func id(_ number: Int) -> String { "toy-" + String(10_000 + number) }

  static func item(_ number: Int) -> Item { ["id": .string(id(number)), "number": .number(Int64(number))] }

  /// The sample's tables: so many toys, and perhaps an empty table of boxes.
  static func fill(_ store: any TableStore, _ count: Int, withBoxes: Bool = true) async throws {
    try await store.create(toys)
    if withBoxes { try await store.create(boxes) }
    for start in stride(from: 0, to: count, by: 500) {
      try await store.put((start..<min(count, start + 500)).map(item), into: "toys")
    }
  }

  private static func each(
    _ planner: Planner, _ name: String, _ body: (PlanStep, Item, Key) async throws -> Void
  ) async throws {
    let table = try await planner.tables.require("toys", variable: "TOYS")
    try await planner.forEachItem(of: table, step: name) { step, item in
      guard let key = toys.key.key(of: item) else { return }
      try await body(step, item, key)
    }
  }

  // MARK: Plans

  /// Gives every toy a colour.
  static let addsAttribute = Toy(name: "01_adds_attribute") { planner in
    try await each(planner, "toys") { step, item, key in
      step.count("toys seen")
      if item["colour"] != nil { return }
      step.plan([Change(table: "toys", key: key, before: [:], after: ["colour": .string("red")])])
    }
  }

  /// Moves every toy into the table of boxes: two changes a unit.
  static let movesItems = Toy(name: "02_moves_items") { planner in
    try await each(planner, "toys") { step, item, key in
      step.plan([
        Change(table: "boxes", key: key, before: nil, after: item),
        Change(table: "toys", key: key, before: item, after: nil),
      ])
    }
  }

  /// Creates the table of boxes, then fills it.
  static let createsTableThenItems = Toy(name: "03_creates_table") { planner in
    try await planner.prepare("table") { step in
      step.plan(table: TableChange(before: nil, after: boxes))
      try step.note(.warning, "tableMissing", "there is no table of boxes, so it is created")
      step.count("tables missing")
    }
    try await each(planner, "toys") { step, item, key in
      step.plan([Change(table: "boxes", key: key, before: nil, after: item)])
    }
  }

  /// Plans nothing.
  static let plansNothing = Toy(name: "04_plans_nothing") { planner in
    try await each(planner, "toys") { step, _, _ in step.count("toys seen") }
  }

  /// Plans, and refuses to have it applied.
  static let refusesItsPlan = Toy(name: "05_refuses") { planner in
    try await addsAttribute.plan(planner)
    planner.refuse("too much would be changed")
  }

  /// Adds, changes and changes again one attribute, a stage each.
  static let changesItemsInThreeStages = Toy(name: "06_three_stages") { planner in
    let states: [Item] = [[:], ["state": .string("a")], ["state": .string("b")], ["state": .string("c")]]
    for stage in 1...3 {
      try await each(planner, "stage \(stage)") { step, _, key in
        step.plan(
          [Change(table: "toys", key: key, before: states[stage - 1], after: states[stage])], stage: stage)
      }
    }
  }

  /// Counts one attribute of three toys up, step by step, in one stage.
  static func countsUp(_ steps: Int) -> Toy {
    Toy(name: "13_counts_up") { planner in
      try await planner.prepare("all") { step in
        for round in 0..<steps {
          for number in 0..<3 {
            let before: Item = round == 0 ? [:] : ["step": .number(Int64(round))]
            let after: Item = ["step": .number(Int64(round + 1))]
            step.plan([Change(table: "toys", key: key(number), before: before, after: after)])
          }
        }
      }
    }
  }

  /// The same, with something to look at after each stage.
  static func inspects(_ looks: @escaping @Sendable (Int, Inspection) async throws -> Void) -> Toy {
    Toy(name: "07_inspects", looks: looks, plans: changesItemsInThreeStages.plans)
  }

  /// Throws after so many toys.
  static func failsWhilePlanning(after count: Int, _ error: any Error) -> Toy {
    Toy(name: "08_fails") { planner in
      var seen = 0
      try await each(planner, "toys") { step, _, key in
        if seen == count { throw error }
        seen += 1
        step.plan([Change(table: "toys", key: key, before: [:], after: ["colour": .string("red")])])
      }
    }
  }
}
