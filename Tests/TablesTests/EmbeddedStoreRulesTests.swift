import TestSupport
import Testing

@testable import DynamoJournalTables

/// What the embedded store promises beyond what AWS documents.
@Suite("The embedded store's own promises")
struct EmbeddedStoreRulesTests {
  private static let key = KeySchema(partition: KeyAttribute("id", .string))

  private func item(_ id: String, _ bytes: Int = 0) -> Item {
    ["id": .string(id), "x": ItemSamples.text(of: bytes)]
  }

  private func create(_ item: Item) -> Change {
    Change(table: "items", key: Key(item.filtered(to: ["id"])), before: nil, after: item)
  }

  private func withStore(_ body: (EmbeddedStore) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let store = try EmbeddedStore(path: "\(folder)/tables.sqlite")
      try await store.create(TableSpec(name: "items", key: Self.key))
      try await body(store)
    }
  }

  private func expectCounts(_ store: EmbeddedStore, _ location: SourceLocation = #_sourceLocation)
    async throws
  {
    let items = try await store.scan(ScanRequest(table: "items")).items
    let description = try await store.describe("items")
    #expect(description?.itemCount == items.count, sourceLocation: location)
    #expect(description?.sizeBytes == items.reduce(0) { $0 + $1.sizeInBytes }, sourceLocation: location)
  }

  @Test("count and size are exact after every kind of write")
  func countsExactly() async throws {
    try await withStore { store in
      try await store.put([item("a", 10), item("b", 20), item("a", 30)], into: "items")
      try await expectCounts(store)
      _ = try await store.write([[create(item("c", 5))], [create(item("a"))], [create(item(""))]])
      try await expectCounts(store)
      let update = Change(
        table: "items", key: Key(["id": .string("b")]), before: ["x": ItemSamples.text(of: 20)],
        after: ["y": .number(12)])
      _ = try await store.write([[update], [create(item("c", 5)).inverse]])
      try await expectCounts(store)
      #expect(try await store.describe("items")?.itemCount == 2)
      let backup = try await store.backUp("items", as: "backup")
      #expect(backup.itemCount == 2)
      #expect(backup.sizeBytes == (try await store.describe("items")?.sizeBytes))
    }
  }

  @Test("refused and failed units between good ones leave nothing and disturb nobody")
  func unitsStandAlone() async throws {
    try await withStore { store in
      let units = [
        [create(item("a"))], [create(item("b")), create(item("a"))], [create(item("c")), create(item(""))],
        [create(item("d")), create(item("e", 409_600))], [create(item("f")), create(item("g"))],
        [Change(table: "other", key: Key(["id": .string("h")]), before: nil, after: item("h"))],
      ]
      let outcomes = try await store.write(units).map(\.outcome)
      #expect(outcomes[0] == .written)
      #expect(outcomes[1] == .conditionFailed([nil, Found(item("a"))]))
      for refused in [2, 3, 5] {
        guard case .refused = outcomes[refused] else {
          Issue.record("unit \(refused): \(outcomes[refused])")
          continue
        }
      }
      #expect(outcomes[4] == .written)
      let found = try await store.scan(ScanRequest(table: "items")).items
      #expect(Set(found) == [item("a"), item("f"), item("g")])
      try await expectCounts(store)
    }
  }

  @Test("a page is never over 1 MB, and a limit reached gives a last key even at the end")
  func cutsPages() async throws {
    try await withStore { store in
      try await store.put((0..<20).map { item("k\($0)", 100_000) }, into: "items")
      let page = try await store.scan(ScanRequest(table: "items"))
      #expect(page.items.reduce(0) { $0 + $1.sizeInBytes } <= 1_048_576)
      #expect(page.items.count == 10)
      let tenth = try #require(page.lastKey)
      let rest = try await store.scan(ScanRequest(table: "items", after: tenth, limit: 10))
      #expect(rest.items.count == 10)
      let last = try #require(rest.lastKey)
      let end = try await store.scan(ScanRequest(table: "items", after: last, limit: 10))
      #expect(end.items.isEmpty && end.lastKey == nil)
    }
  }

  @Test("a position of another segment is refused")
  func refusesOtherSegments() async throws {
    try await withStore { store in
      try await store.put([item("a")], into: "items")
      let key = Key(["id": .string("a")])
      var refused = 0
      for segment in 0..<4 {
        let request = ScanRequest(table: "items", segment: segment, totalSegments: 4, after: key)
        do { _ = try await store.scan(request) } catch let error as StoreError {
          #expect(error.code == "ValidationException")
          refused += 1
        }
      }
      #expect(refused == 3)
    }
  }

  @Test(
    "segments are cut without gap or overlap, from the least hash to the greatest",
    arguments: [1, 2, 3, 7, 16, 1_000_000])
  func cutsSegments(total: Int) {
    #expect(ItemLocation.segment(0, of: total).lowerBound == .min)
    #expect(ItemLocation.segment(total - 1, of: total).upperBound == .max)
    for segment in 1..<max(2, min(total, 1_000)) where segment < total {
      let before = ItemLocation.segment(segment - 1, of: total)
      #expect(before.upperBound + 1 == ItemLocation.segment(segment, of: total).lowerBound)
    }
  }

  @Test("a location is part of the file format, so it never changes")
  func pinsLocations() throws {
    let schema = KeySchema(partition: KeyAttribute("p", .string), sort: KeyAttribute("s", .number))
    let location = ItemLocation(Key(["p": .string("ab"), "s": .number(try DecimalNumber("-12.5"))]), schema)
    #expect(location.key == [0, 2, 0x61, 0x62, 0x00, 0x7c, 0xce, 0xcd, 0xca, 0xff])
    #expect(ItemLocation.hash([]) == 0xefd01f60ba992926)
    #expect(ItemLocation.hash([0, 2, 0x61, 0x62]) == 0xa2d3484d25f0c00a)
    #expect(location.hash == Int64(bitPattern: ItemLocation.hash([0, 2, 0x61, 0x62]) ^ (1 << 63)))
  }

  @Test("sort keys stand in DynamoDB's order by their bytes", arguments: [1, 2, 3])
  func ordersNumbers(seed: UInt64) throws {
    var state = seed
    func next(_ limit: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % limit
    }
    let numbers = try (0..<300).map { _ in
      let digits = (0...next(6)).map { _ in String(next(10)) }.joined()
      return try DecimalNumber("\(next(2) == 0 ? "-" : "")\(digits)E\(Int(next(40)) - 20)")
    }
    func bytes(_ number: DecimalNumber) -> [UInt8] {
      var bytes: [UInt8] = []
      SortableNumber(number).append(to: &bytes)
      return bytes
    }
    for (left, right) in zip(numbers, numbers.turnedBySeven) {
      let order = bytes(left).lexicographicallyPrecedes(bytes(right))
      #expect(order == (left < right), "seed \(seed): \(left) and \(right)")
      #expect((bytes(left) == bytes(right)) == (left == right), "seed \(seed): \(left) and \(right)")
    }
  }
}

extension Array {
  /// The same elements, each seven places earlier.
  fileprivate var turnedBySeven: [Element] { Array(dropFirst(7) + prefix(7)) }
}
