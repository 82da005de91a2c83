import DynamoJournalTables
import Testing

extension StoreSuite {
  static let tableCases: [Case] = [
    Case("a table is described as it was created") { try await $0.describesWhatWasCreated() },
    Case("a table that is not there is described as nil") { suite in
      let description = try await suite.store.describe(suite.name("missing"))
      #expect(description == nil)
    },
    Case("tables are listed in order of their names") { try await $0.listsTables() },
    Case("a table can't be created twice") { try await $0.refusesSecondTable() },
    Case("a deleted table is gone with its items") { try await $0.deletes() },
    Case("calls on a missing table say so") { try await $0.missingTable() },
    Case("names outside the rules are refused", needs: [.nameRules]) { try await $0.refusesNames() },
    Case("more than 20 indexes are refused") { try await $0.refusesTwentyOneIndexes() },
    Case("a key attribute has one type in a table") { try await $0.refusesTwoTypes() },
    Case("an index comes and goes") { try await $0.addsAndRemovesIndex() },
    Case("an index that exists can't be added, one that doesn't can't be removed") {
      try await $0.refusesIndexes()
    },
    Case("an index may be added over items that don't fit it") { try await $0.indexesUnfitItems() },
  ]

  func describesWhatWasCreated() async throws {
    let spec = TableSpec(
      name: name("described"), key: Self.bySlot,
      indexes: [
        Self.byOwner,
        IndexSpec(
          name: "a.b_c-D1",
          key: KeySchema(partition: KeyAttribute("b", .binary), sort: KeyAttribute("slot", .number))),
      ])
    try await store.create(spec)
    let description = try #require(try await store.describe(spec.name))
    #expect(description.spec == spec)
    #expect(description.status == .active)
    #expect(description.itemCount == 0)
    #expect(description.sizeBytes == 0)
  }

  func listsTables() async throws {
    let names = [try await make("list-b"), try await make("list-a"), try await make("list-C")]
    let listed = try await store.tables()
    #expect(listed == listed.sorted())
    #expect(Set(names).isSubset(of: listed))
  }

  func refusesSecondTable() async throws {
    let table = try await make("twice")
    await expectError("ResourceInUseException") {
      try await store.create(TableSpec(name: table, key: Self.byID))
    }
  }

  func deletes() async throws {
    let table = try await make("deleted")
    try await store.put(Self.numbered(0..<30), into: table)
    try await store.delete(table)
    #expect(try await store.describe(table) == nil)
    #expect(try await !store.tables().contains(table))
    try await store.create(TableSpec(name: table, key: Self.byID))
    #expect(try await store.scan(ScanRequest(table: table)).items.isEmpty)
  }

  func missingTable() async throws {
    let table = name("no-such-table")
    let code = "ResourceNotFoundException"
    await expectError(code) { _ = try await store.items([Self.key("a")], in: table) }
    await expectError(code) { _ = try await store.scan(ScanRequest(table: table)) }
    await expectError(code) { try await store.put([Self.item("a")], into: table) }
    await expectError(code) { try await store.delete(table) }
    await expectError(code) { try await store.createIndex(Self.byOwner, on: table) }
    await expectError(code) { try await store.deleteIndex("byOwner", on: table) }
    expectRefused(try await create(Self.item("a"), in: table), code)
  }

  func refusesNames() async throws {
    for bad in ["", "ab", "a b c", "name/", "é-name", String(repeating: "n", count: 256)] {
      await expectError("ValidationException", comment: "table '\(bad)'") {
        try await store.create(TableSpec(name: bad, key: Self.byID))
      }
      await expectError("ValidationException", comment: "index '\(bad)'") {
        let index = IndexSpec(name: bad, key: Self.byID)
        try await store.create(TableSpec(name: name("names"), key: Self.byID, indexes: [index]))
      }
    }
  }

  func refusesTwentyOneIndexes() async throws {
    let indexes = (0..<21).map { IndexSpec(name: "index\($0)", key: Self.byOwner.key) }
    await expectError("ValidationException", "LimitExceededException") {
      try await store.create(TableSpec(name: name("indexes"), key: Self.byID, indexes: indexes))
    }
    #expect(try await store.describe(name("indexes")) == nil)
  }

  func refusesTwoTypes() async throws {
    let index = IndexSpec(name: "byNumber", key: KeySchema(partition: KeyAttribute("id", .number)))
    await expectError("ValidationException") {
      try await store.create(TableSpec(name: name("types"), key: Self.byID, indexes: [index]))
    }
    let twice = KeySchema(partition: KeyAttribute("id", .string), sort: KeyAttribute("id", .string))
    await expectError("ValidationException") {
      try await store.create(TableSpec(name: name("types"), key: twice))
    }
  }

  func addsAndRemovesIndex() async throws {
    let table = try await make("indexed")
    try await store.put(Self.numbered(0..<3), into: table)
    try await store.createIndex(Self.byOwner, on: table)
    #expect(try await store.describe(table)?.spec.indexes == [Self.byOwner])
    try await store.deleteIndex("byOwner", on: table)
    #expect(try await store.describe(table)?.spec.indexes == [])
    #expect(try await scan(ScanRequest(table: table)).count == 3)
  }

  func refusesIndexes() async throws {
    let table = try await make("reindexed", indexes: [Self.byOwner])
    await expectError("ValidationException") { try await store.createIndex(Self.byOwner, on: table) }
    await expectError("ResourceNotFoundException", "ValidationException") {
      try await store.deleteIndex("another", on: table)
    }
    #expect(try await store.describe(table)?.spec.indexes == [Self.byOwner])
  }

  func indexesUnfitItems() async throws {
    let table = try await make("unfit")
    try await store.put([Self.item("a", ["owner": .number(1)]), Self.item("b")], into: table)
    try await store.createIndex(Self.byOwner, on: table)
    #expect(try await store.item(Self.key("a"), in: table) == Self.item("a", ["owner": .number(1)]))
    #expect(try await scan(ScanRequest(table: table)).count == 2)
  }
}
