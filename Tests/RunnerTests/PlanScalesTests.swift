import DynamoJournalEvents
import DynamoJournalTables
import Testing

@testable import DynamoJournalRunner

@Suite("What a plan weighs")
struct PlanScalesTests {
  private static let key = KeySchema(partition: KeyAttribute("id", .string))
  private static let index = IndexSpec(
    name: "ByWallet", key: KeySchema(partition: KeyAttribute("wallet", .string)))

  private func weigh(
    _ units: [[IntendedChange]], indexes: [IndexSpec] = [index]
  ) async throws -> TableWeight? {
    let spec = TableSpec(name: "t", key: Self.key, indexes: indexes)
    var scales = PlanScales([]) { _ in
      TableDescription(spec: spec, status: .active, itemCount: 10, sizeBytes: 5_000)
    }
    for unit in units { scales.add(unit) }
    try await scales.weigh()
    return scales.adding(to: [PlanTally(table: "t")])[0].weight
  }

  private func change(_ before: Item?, _ after: Item?) -> IntendedChange {
    .item(Change(table: "t", key: Key(["id": .string("1")]), before: before, after: after))
  }

  private func text(_ length: Int) -> AttributeValue { .string(Text(String(repeating: "x", count: length))) }

  @Test(
    "a created or deleted item counts by its size in steps of 1 KB; a delete is read first, in steps of 4 KB")
  func wholeItems() async throws {
    let item: Item = ["id": .string("1"), "a": text(5_000)]
    let weight = try #require(await weigh([[change(nil, item)], [change(item, nil)]]))
    #expect(weight.alone.wholeUnits == 5 + 5)
    #expect(weight.readUnits == 2)
    #expect(weight.indexUnits == 0)
    #expect(weight.inTransactions == WriteWeight())
    #expect(weight.items == 10)
    #expect(weight.bytes == 5_000)
  }

  @Test("changes of one unit are a transaction")
  func transactions() async throws {
    let item: Item = ["id": .string("1"), "wallet": .string("w")]
    let weight = try #require(await weigh([[change(nil, item), change(["a": .null], ["a": .bool(true)])]]))
    #expect(weight.inTransactions.wholeUnits == 1)
    #expect(weight.inTransactions.updates == 1)
    #expect(weight.inTransactions.updateUnits == 1)
    #expect(weight.alone == WriteWeight())
    #expect(weight.indexUnits == 1)
    // An index holds the whole item, so that any change of it is written there.
    #expect(weight.updatedEntries == 1)
  }

  @Test("an item that gets another key in an index is written there twice; one that comes or goes, once")
  func indexKeys() async throws {
    let cases: [(Item, Item, Int)] = [
      (["wallet": .string("a")], ["wallet": .string("b")], 2),
      ([:], ["wallet": .string("b")], 1), (["wallet": .string("a")], [:], 1),
    ]
    for (before, after, entries) in cases {
      #expect(try await weigh([[change(before, after)]])?.updatedEntries == entries)
    }
    #expect(try await weigh([[change([:], ["wallet": .string("b")])]], indexes: [])?.updatedEntries == 0)
  }

  @Test("the indexes of a table that the plan makes are those that it makes it with")
  func plannedTables() async throws {
    let spec = TableSpec(name: "t", key: Self.key, indexes: [Self.index])
    var scales = PlanScales([]) { _ in nil }
    scales.add([.table(TableChange(before: nil, after: spec))])
    scales.add([change(nil, ["id": .string("1"), "wallet": .string("w")])])
    try await scales.weigh()
    let weight = try #require(scales.adding(to: [PlanTally(table: "t")])[0].weight)
    #expect(weight.indexUnits == 1)
    #expect(weight.items == nil)
  }

  @Test("images that are written already weigh the same, and weighing goes on from a checkpoint")
  func goesOn() async throws {
    let item: Item = ["id": .string("1"), "a": text(1_500)]
    let encoded = EncodedChange(
      table: "t", key: DynamoDBJSON.bytes(["id": .string("1")]), before: nil, after: DynamoDBJSON.bytes(item))
    var tally = PlanTally(table: "t")
    tally.weight = try await weigh([[change(nil, item)]])
    var scales = PlanScales([tally]) { _ in nil }
    scales.add([encoded])
    try await scales.weigh()
    #expect(scales.adding(to: [tally])[0].weight?.alone.wholeUnits == 4)
  }
}
