import DynamoJournalTables
import Testing

extension StoreSuite {
  static let refusalCases: [Case] = [
    Case("a key must be exactly the table's") { try await $0.refusesKeys() },
    Case("an item to create must have its change's key") { try await $0.refusesItemsWithoutKey() },
    Case("a key attribute can't be updated") { try await $0.refusesKeyUpdates() },
    Case("keys over 2048 and 1024 bytes are refused", needs: [.sizeLimits]) {
      try await $0.refusesLongKeys()
    },
    Case("an item is 400 KB at most, an update included", needs: [.sizeLimits]) {
      try await $0.refusesLargeItems()
    },
    Case("an empty set is refused, wherever it stands") { try await $0.refusesEmptySets() },
    Case("nesting over 32 levels is refused", needs: [.sizeLimits]) { try await $0.refusesDeepNesting() },
    Case("an index's key must have its type and not be empty", needs: [.indexKeyTypes]) {
      try await $0.refusesIndexKeys()
    },
    Case(
      "an item that a later index does not take can't be updated, but mended or deleted",
      needs: [.laterIndexes]
    ) {
      try await $0.refusesWhatALaterIndexDoesNotTake()
    },
    Case("an update of more attributes than its expressions hold is refused") {
      try await $0.refusesManyAttributes()
    },
    Case("a table has 20 indexes at most", needs: [.sizeLimits]) { try await $0.refusesManyIndexes() },
    Case("a unit has 100 changes at most", needs: [.sizeLimits]) { try await $0.refusesLongUnits() },
    Case("a unit of over 4 MB is refused", needs: [.sizeLimits]) { try await $0.refusesLargeUnits() },
    Case("a unit can't hold one item twice") { try await $0.refusesItemTwice() },
    Case("a refused change takes its unit with it") { try await $0.refusalTakesUnit() },
  ]

  private func refuses(
    _ change: Change, _ comment: Comment, _ location: SourceLocation = #_sourceLocation
  ) async throws {
    expectRefused(try await write(change), "ValidationException", comment, location)
  }

  func refusesKeys() async throws {
    let table = try await make("bad-keys", Self.bySlot)
    let bad: [AttributeMap] = [
      ["owner": .string("a")], ["owner": .string(""), "slot": .number(1)],
      ["owner": .string("a"), "slot": .string("1")],
      ["owner": .string("a"), "slot": .number(1), "more": .null], [:],
    ]
    for attributes in bad {
      let key = Key(attributes)
      let comment = Comment(rawValue: DynamoDBJSON.text(attributes))
      await expectError("ValidationException", comment: comment) {
        _ = try await store.items([key], in: table)
      }
      try await refuses(Change(table: table, key: key, before: nil, after: attributes), comment)
      try await refuses(Change(table: table, key: key, before: attributes, after: nil), comment)
      try await refuses(Change(table: table, key: key, before: [:], after: ["x": .null]), comment)
    }
    #expect(try await scan(ScanRequest(table: table)).isEmpty)
  }

  func refusesItemsWithoutKey() async throws {
    let table = try await make("keyless", Self.bySlot)
    let bad: [Item] = [
      ["x": .null], ["owner": .string("a")], ["owner": .string("a"), "slot": .string("1")],
    ]
    for item in bad {
      await expectError("ValidationException") { try await store.put([item], into: table) }
      try await refuses(Change(table: table, key: Self.key("a", 1), before: nil, after: item), "no key")
    }
    #expect(try await scan(ScanRequest(table: table)).isEmpty)
  }

  func refusesKeyUpdates() async throws {
    let table = try await make("key-updates", Self.bySlot)
    let item: Item = ["owner": .string("a"), "slot": .number(1)]
    try await store.put([item], into: table)
    for (before, after): (Item, Item) in [
      (["owner": .string("a")], ["owner": .string("b")]), (["slot": .number(1)], [:]),
      ([:], ["slot": .number(2)]),
    ] {
      let change = Change(table: table, key: Self.key("a", 1), before: before, after: after)
      try await refuses(change, "key attribute")
    }
    #expect(try await scan(ScanRequest(table: table)) == [item])
  }

  func refusesLongKeys() async throws {
    let schema = KeySchema(partition: KeyAttribute("p", .string), sort: KeyAttribute("s", .binary))
    let table = try await make("long-keys", schema)
    let longest: Item = [
      "p": ItemSamples.text(of: 2_048), "s": .binary([UInt8](repeating: 7, count: 1_024)),
    ]
    expectWritten(try await create(longest, in: table, schema))
    #expect(try await scan(ScanRequest(table: table)) == [longest])
    var (long, wide) = (longest, longest)
    long["p"] = ItemSamples.text(of: 2_049)
    wide["s"] = .binary([UInt8](repeating: 7, count: 1_025))
    expectRefused(try await create(long, in: table, schema))
    expectRefused(try await create(wide, in: table, schema))
  }

  func refusesLargeItems() async throws {
    let table = try await make("large")
    // 409,600 bytes less "id", "a", "x".
    let largest = Self.item("a", ["x": ItemSamples.text(of: 409_596)])
    expectWritten(try await create(largest, in: table))
    #expect(try await store.item(Self.key("a"), in: table) == largest)
    expectRefused(try await create(Self.item("b", ["x": ItemSamples.text(of: 409_597)]), in: table))
    await expectError("ValidationException") {
      try await store.put([Self.item("b", ["x": ItemSamples.text(of: 409_597)])], into: table)
    }
    let growing = Change(table: table, key: Self.key("a"), before: [:], after: ["y": .bool(true)])
    try await refuses(growing, "grows over 400 KB")
    #expect(try await store.item(Self.key("a"), in: table) == largest)
    #expect(try await store.item(Self.key("b"), in: table) == nil)
  }

  func refusesEmptySets() async throws {
    let table = try await make("sets")
    for empty: AttributeValue in [.stringSet([]), .numberSet([]), .binarySet([])] {
      for value in [empty, .list([.map(["a": empty])])] {
        expectRefused(try await create(Self.item("a", ["set": value]), in: table))
      }
    }
    #expect(try await store.item(Self.key("a"), in: table) == nil)
  }

  func refusesDeepNesting() async throws {
    let table = try await make("deep")
    expectRefused(try await create(Self.item("a", ["x": ItemSamples.nested(33)]), in: table))
    expectRefused(try await create(Self.item("a", ["x": ItemSamples.nested(60)]), in: table))
    expectWritten(try await create(Self.item("a", ["x": ItemSamples.nested(31)]), in: table))
  }

  func refusesIndexKeys() async throws {
    let table = try await make("index-keys", indexes: [Self.byOwner])
    for bad: AttributeValue in [.number(1), .string(""), .null] {
      expectRefused(try await create(Self.item("a", ["owner": bad]), in: table))
      await expectError("ValidationException") {
        try await store.put([Self.item("a", ["owner": bad])], into: table)
      }
    }
    expectWritten(try await create(Self.item("a", ["owner": .string("x")]), in: table))
    for bad: AttributeValue in [.number(1), .string("")] {
      let change = Change(
        table: table, key: Self.key("a"), before: ["owner": .string("x")], after: ["owner": bad])
      try await refuses(change, "index key")
    }
    let removing = Change(table: table, key: Self.key("a"), before: ["owner": .string("x")], after: [:])
    expectWritten(try await write(removing))
  }

  func refusesWhatALaterIndexDoesNotTake() async throws {
    let table = try await make("later-index")
    let bad: [AttributeValue] = [.number(1), .string(""), .null, ItemSamples.text(of: 2_049)]
    try await store.put(
      bad.enumerated().map { Self.item("k\($0)", ["owner": $1]) } + [
        Self.item("good", ["owner": .string("x")])
      ],
      into: table)
    try await store.createIndex(Self.byOwner, on: table)
    for (number, value) in bad.enumerated() {
      let key = Self.key("k\(number)")
      let beside = Change(table: table, key: key, before: [:], after: ["more": .bool(true)])
      try await refuses(beside, "the index does not take the item")
      let mending = Change(table: table, key: key, before: ["owner": value], after: ["owner": .string("y")])
      if number == 0 { expectWritten(try await write(mending)) }
      if number == 1 {
        expectWritten(
          try await write(
            Change(table: table, key: key, before: Self.item("k1", ["owner": value]), after: nil)))
      }
    }
    let good = Change(table: table, key: Self.key("good"), before: [:], after: ["more": .bool(true)])
    expectWritten(try await write(good))
  }

  func refusesManyAttributes() async throws {
    let table = try await make("wide-updates")
    try await store.put([Self.item("a")], into: table)
    let wide = { (count: Int) -> Change in
      var after = Item()
      for number in 0..<count { after[Text("attribute\(number)")] = .number(Int64(number)) }
      return Change(table: table, key: Self.key("a"), before: [:], after: after)
    }
    try await refuses(wide(150), "too many operators")
    try await refuses(wide(140), "too long a condition")
    expectWritten(try await write(wide(100)))
  }

  func refusesManyIndexes() async throws {
    let index = { (number: Int) in
      IndexSpec(name: "index-\(number)", key: KeySchema(partition: KeyAttribute(Text("a\(number)"), .string)))
    }
    await expectError("ValidationException") { _ = try await make("indexes", indexes: (0..<21).map(index)) }
    _ = try await make("indexes", indexes: (0..<20).map(index))
  }

  func refusesLongUnits() async throws {
    let table = try await make("long-units")
    let unit = (0..<101).map { number in
      Change(table: table, key: Self.key("k\(number)"), before: nil, after: Self.item("k\(number)"))
    }
    expectRefused(try #require(try await store.write([unit]).first).outcome)
    #expect(try await scan(ScanRequest(table: table)).isEmpty)
  }

  func refusesLargeUnits() async throws {
    let table = try await make("large-units")
    let unit = (0..<11).map { number in
      let item = Self.item("k\(number)", ["x": ItemSamples.text(of: 400_000)])
      return Change(table: table, key: Self.key("k\(number)"), before: nil, after: item)
    }
    expectRefused(try #require(try await store.write([unit]).first).outcome)
    #expect(try await scan(ScanRequest(table: table)).isEmpty)
    #expect(try await store.write([Array(unit.prefix(10))]).map(\.outcome) == [.written])
  }

  func refusesItemTwice() async throws {
    let table = try await make("item-twice")
    try await store.put([Self.item("a")], into: table)
    let update = Change(table: table, key: Self.key("a"), before: [:], after: ["x": .null])
    let delete = Change(table: table, key: Self.key("a"), before: Self.item("a"), after: nil)
    expectRefused(try await write(update, delete))
    #expect(try await store.item(Self.key("a"), in: table) == Self.item("a"))
  }

  func refusalTakesUnit() async throws {
    let table = try await make("refused-unit")
    let good = Change(table: table, key: Self.key("a"), before: nil, after: Self.item("a"))
    let bad = Change(
      table: table, key: Self.key("b"), before: nil, after: Self.item("b", ["set": .stringSet([])]))
    expectRefused(try await write(good, bad))
    #expect(try await store.item(Self.key("a"), in: table) == nil)
  }
}
