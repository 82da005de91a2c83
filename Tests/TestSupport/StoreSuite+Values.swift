import DynamoJournalTables
import Testing

extension StoreSuite {
  static let valueCases: [Case] = [
    Case("every type comes back to the byte", needs: [.exactValues]) { try await $0.keepsEveryType() },
    Case("items come in the order of the keys, nil where there is none") { try await $0.readsInOrder() },
    Case("a put replaces what was there") { try await $0.putReplaces() },
    Case("a put of a bad item puts nothing") { try await $0.putsNothingOfABadList() },
    Case("names in composed and decomposed form are two attributes", needs: [.exactValues]) {
      try await $0.keepsFormsApart()
    },
    Case("keys of every type find their item", needs: [.exactValues]) { try await $0.findsKeysOfEveryType() },
    Case("1 and 1.0 are one key") { try await $0.oneIsOne() },
    Case("two tables with the same keys are kept apart") { try await $0.keepsTablesApart() },
  ]

  func keepsEveryType() async throws {
    let table = try await make("every-type")
    var item = try ItemSamples.everyType()
    item["id"] = .string("ключ/😀")
    expectWritten(try await create(item, in: table))
    let read = try #require(try await store.item(Self.key("ключ/😀"), in: table))
    #expect(read == item)
    #expect(DynamoDBJSON.bytes(read) == DynamoDBJSON.bytes(item))
    #expect(try await store.scan(ScanRequest(table: table)).items == [item])
  }

  func readsInOrder() async throws {
    let table = try await make("ordered")
    try await store.put(Self.numbered(0..<120), into: table)
    let wanted = (0..<120).reversed().map { $0.isMultiple(of: 10) ? "absent\($0)" : "k\($0)" }
    let items = try await store.items(wanted.map { Self.key($0) }, in: table)
    #expect(items.map { $0?["id"]?.stringValue } == wanted.map { $0.hasPrefix("absent") ? nil : $0 })
    #expect(try await store.items([], in: table).isEmpty)
  }

  func putReplaces() async throws {
    let table = try await make("replaced")
    try await store.put([Self.item("a", ["x": .number(1), "y": .number(2)])], into: table)
    try await store.put([Self.item("a", ["x": .number(3)])], into: table)
    #expect(try await store.item(Self.key("a"), in: table) == Self.item("a", ["x": .number(3)]))
    try await store.put([], into: table)
  }

  func putsNothingOfABadList() async throws {
    let table = try await make("bad-put")
    await expectError("ValidationException") {
      try await store.put([Self.item("a"), ["x": .null]], into: table)
    }
    await expectError("ValidationException") {
      try await store.put([Self.item("a"), Self.item("")], into: table)
    }
    #expect(try await store.item(Self.key("a"), in: table) == nil)
  }

  func keepsFormsApart() async throws {
    let table = try await make("forms")
    let item = Self.item("caf\u{e9}", ["\u{e9}": .number(1), "e\u{301}": .number(2)])
    expectWritten(try await create(item, in: table))
    expectWritten(try await create(Self.item("cafe\u{301}"), in: table))
    #expect(try await store.item(Self.key("caf\u{e9}"), in: table) == item)
    #expect(try await store.item(Self.key("cafe\u{301}"), in: table) == Self.item("cafe\u{301}"))
  }

  func findsKeysOfEveryType() async throws {
    let samples: [(KeyType, AttributeValue)] = [
      (.string, .string("a\u{0}b")), (.number, .number(try DecimalNumber("-0.00012"))),
      (.binary, .binary([0, 0xff, 0])),
    ]
    for (partition, first) in samples {
      for (sort, second) in samples {
        let schema = KeySchema(partition: KeyAttribute("p", partition), sort: KeyAttribute("s", sort))
        let table = try await make("keys-\(partition.rawValue)-\(sort.rawValue)", schema)
        let item: Item = ["p": first, "s": second, "v": .string("\(schema)")]
        expectWritten(try await create(item, in: table, schema))
        #expect(try await store.item(Key(["p": first, "s": second]), in: table) == item)
      }
    }
  }

  func oneIsOne() async throws {
    let schema = KeySchema(partition: KeyAttribute("n", .number))
    let table = try await make("one", schema)
    expectWritten(try await create(["n": .number(1)], in: table, schema))
    let key = Key(["n": .number(try DecimalNumber("1.0"))])
    #expect(try await store.item(key, in: table) == ["n": .number(1)])
    let outcome = try await create(["n": .number(try DecimalNumber("10E-1"))], in: table, schema)
    guard case .conditionFailed = outcome else {
      Issue.record("1 and 10E-1 are two items: \(outcome)")
      return
    }
  }

  func keepsTablesApart() async throws {
    let (one, two) = (try await make("apart-1"), try await make("apart-2"))
    try await store.put(Self.numbered(0..<20), into: one)
    try await store.put(Self.numbered(10..<30), into: two)
    let key = Self.key("k15")
    let item = try #require(try await store.item(key, in: one))
    expectWritten(try await write(Change(table: one, key: key, before: item, after: nil)))
    #expect(try await store.item(key, in: two) == item)
    #expect(try await scan(ScanRequest(table: one)).count == 19)
    #expect(try await scan(ScanRequest(table: two)).count == 20)
    try await store.delete(one)
    #expect(try await scan(ScanRequest(table: two)).count == 20)
  }
}
