import DynamoJournalTables
import Testing

extension StoreSuite {
  static let writeCases: [Case] = [
    Case("a create needs absence", needs: [.allOldOnFailedCondition]) { try await $0.createNeedsAbsence() },
    Case("a delete needs every attribute as it was", needs: [.allOldOnFailedCondition]) {
      try await $0.deleteNeedsAll()
    },
    Case("an update looks only at what it touches") { try await $0.updateTouches() },
    Case("an update needs the touched attributes as they were", needs: [.allOldOnFailedCondition]) {
      try await $0.updateNeedsBefore()
    },
    Case("an update never brings an item back") { try await $0.updateNeedsItem() },
    Case("an update may grow and shrink nested values and every type", needs: [.exactValues]) {
      try await $0.updatesEveryType()
    },
    Case("every change and its inverse give back the start") { try await $0.inverses() },
    Case("a unit is written wholly, over tables") { try await $0.writesUnits() },
    Case("a unit with one failed condition leaves no trace", needs: [.allOldOnFailedCondition]) {
      try await $0.unitLeavesNoTrace()
    },
    Case("replies stand in the order of the units, each on its own") { try await $0.repliesInOrder() },
    Case("no units, no replies") { suite in
      let replies = try await suite.store.write([])
      #expect(replies.isEmpty)
    },
  ]

  func createNeedsAbsence() async throws {
    let table = try await make("creates")
    let item = Self.item("a", ["x": .number(1)])
    expectWritten(try await create(item, in: table))
    #expect(try await create(Self.item("a"), in: table) == .conditionFailed([Found(item)]))
    #expect(try await store.item(Self.key("a"), in: table) == item)
  }

  func deleteNeedsAll() async throws {
    let table = try await make("deletes")
    let item = Self.item("a", ["x": .number(1), "y": .stringSet(["b", "a"])])
    try await store.put([item], into: table)
    let less = Self.item("a", ["x": .number(1)])
    let other = Self.item("a", ["x": .number(2), "y": .stringSet(["b", "a"])])
    for wrong in [less, other] {
      let change = Change(table: table, key: Self.key("a"), before: wrong, after: nil)
      #expect(try await write(change) == .conditionFailed([Found(item)]))
    }
    let change = Change(table: table, key: Self.key("a"), before: item, after: nil)
    expectWritten(try await write(change))
    #expect(try await store.item(Self.key("a"), in: table) == nil)
    #expect(try await write(change) == .conditionFailed([Found(nil)]))
  }

  func updateTouches() async throws {
    let table = try await make("updates")
    try await store.put(
      [Self.item("a", ["x": .number(1), "gone": .null, "stays": .bool(true)])], into: table)
    let change = Change(
      table: table, key: Self.key("a"), before: ["x": .number(1), "gone": .null],
      after: ["x": .string("one"), "new": .list([])])
    expectWritten(try await write(change))
    let after = Self.item("a", ["x": .string("one"), "new": .list([]), "stays": .bool(true)])
    #expect(try await store.item(Self.key("a"), in: table) == after)
  }

  func updateNeedsBefore() async throws {
    let table = try await make("conditions")
    let item = Self.item("a", ["x": .number(1), "y": .null])
    try await store.put([item], into: table)
    let wrong: [(Item, Item)] = [
      (["x": .number(2)], ["x": .number(3)]), (["z": .number(1)], ["z": .number(2)]),
      ([:], ["x": .number(3)]), (["x": .number(1), "y": .bool(true)], ["x": .number(3)]),
      (["x": .string("1")], [:]),
    ]
    for (before, after) in wrong {
      let change = Change(table: table, key: Self.key("a"), before: before, after: after)
      #expect(try await write(change) == .conditionFailed([Found(item)]))
    }
    #expect(try await store.item(Self.key("a"), in: table) == item)
  }

  func updateNeedsItem() async throws {
    let table = try await make("no-upsert")
    let images: [Item] = [["x": .number(1)], [:]]
    for before in images {
      let change = Change(table: table, key: Self.key("a"), before: before, after: ["y": .number(1)])
      guard case .conditionFailed = try await write(change) else {
        Issue.record("an update of no item was written")
        return
      }
    }
    #expect(try await store.item(Self.key("a"), in: table) == nil)
  }

  func updatesEveryType() async throws {
    let table = try await make("update-types")
    let samples = try ItemSamples.everyType()
    try await store.put([Self.item("a")], into: table)
    let key = Self.key("a")
    expectWritten(try await write(Change(table: table, key: key, before: [:], after: samples)))
    var full = samples
    full["id"] = .string("a")
    #expect(try await store.item(key, in: table) == full)
    // Every type now as a condition.
    expectWritten(try await write(Change(table: table, key: key, before: samples, after: [:])))
    #expect(try await store.item(key, in: table) == Self.item("a"))
  }

  func inverses() async throws {
    let table = try await make("inverses")
    let start = Self.item("a", ["x": .number(1), "y": .null])
    try await store.put([start], into: table)
    let changes = [
      Change(
        table: table, key: Self.key("a"), before: ["x": .number(1), "y": .null],
        after: ["x": .number(2), "z": .map([:])]),
      Change(table: table, key: Self.key("b"), before: nil, after: Self.item("b")),
      Change(table: table, key: Self.key("c"), before: Self.item("c"), after: nil),
    ]
    try await store.put([Self.item("c")], into: table)
    for change in changes { expectWritten(try await write(change)) }
    for change in changes.reversed() { expectWritten(try await write(change.inverse)) }
    let items = try await store.items([Self.key("a"), Self.key("b"), Self.key("c")], in: table)
    #expect(items == [start, nil, Self.item("c")])
  }

  func writesUnits() async throws {
    let (one, two) = (try await make("unit-1"), try await make("unit-2"))
    try await store.put([Self.item("old"), Self.item("changed")], into: one)
    let unit = [
      Change(table: one, key: Self.key("old"), before: Self.item("old"), after: nil),
      Change(table: two, key: Self.key("old"), before: nil, after: Self.item("old")),
      Change(table: one, key: Self.key("changed"), before: [:], after: ["x": .number(1)]),
    ]
    #expect(try await store.write([unit]).map(\.outcome) == [.written])
    #expect(try await store.item(Self.key("old"), in: one) == nil)
    #expect(try await store.item(Self.key("old"), in: two) == Self.item("old"))
    #expect(try await store.item(Self.key("changed"), in: one) == Self.item("changed", ["x": .number(1)]))
    let hundred = (0..<100).map { number in
      Change(table: two, key: Self.key("h\(number)"), before: nil, after: Self.item("h\(number)"))
    }
    #expect(try await store.write([hundred]).map(\.outcome) == [.written])
    #expect(try await scan(ScanRequest(table: two)).count == 101)
  }

  func unitLeavesNoTrace() async throws {
    let table = try await make("atomic")
    let there = Self.item("there", ["x": .number(1)])
    try await store.put([there], into: table)
    let outcome = try await write(
      Change(table: table, key: Self.key("new"), before: nil, after: Self.item("new")),
      Change(table: table, key: Self.key("there"), before: nil, after: Self.item("there")),
      Change(table: table, key: Self.key("gone"), before: Self.item("gone"), after: nil))
    #expect(outcome == .conditionFailed([nil, Found(there), Found(nil)]))
    #expect(try await store.item(Self.key("new"), in: table) == nil)
    #expect(try await store.item(Self.key("there"), in: table) == there)
  }

  func repliesInOrder() async throws {
    let table = try await make("replies")
    try await store.put([Self.item("k3", ["x": .null])], into: table)
    let units = (0..<12).map { number in
      let id = number == 7 ? "" : "k\(number)"
      return [Change(table: table, key: Self.key(id), before: nil, after: Self.item(id))]
    }
    let outcomes = try await store.write(units).map(\.outcome)
    try #require(outcomes.count == 12)
    for (number, outcome) in outcomes.enumerated() {
      switch (number, outcome) {
      case (3, .conditionFailed): break
      case (7, .refused(let error)): #expect(error.code == "ValidationException")
      default: #expect(outcome == .written, "unit \(number)")
      }
    }
    #expect(try await scan(ScanRequest(table: table)).count == 11)
  }
}
