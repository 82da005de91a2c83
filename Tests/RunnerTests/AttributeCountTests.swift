import DynamoJournalEvents
import DynamoJournalTables
import Testing

@testable import DynamoJournalRunner

@Suite("Counting the attributes of a plan") struct AttributeCountTests {
  private let key = Key(["id": .string("1")])

  private func tallies(_ count: AttributeCount) -> [AttributeTally] {
    count.adding(to: [PlanTally(table: "t")])[0].attributes ?? []
  }

  /// Values that hold what a scanner trips over: quotation marks, brackets, backslashes, nested containers.
  private let before: Item = [
    "gone": .string(#"a "quoted" \ { ["#), "same": .list([.string("]"), .map(["x": .null])]),
    "other": .number(1), #"na"me\"#: .bool(true),
  ]
  private let after: Item = [
    "same": .list([.string("]"), .map(["x": .null])]), "other": .number(2), #"na"me\"#: .bool(false),
    "new": .map(["deep": .list([.string("}")])]),
  ]

  private let expected = [
    AttributeTally(name: "gone", removed: 1), AttributeTally(name: #"na"me\"#, changed: 1),
    AttributeTally(name: "new", added: 1), AttributeTally(name: "other", changed: 1),
  ]

  @Test("an update counts what is added, changed and removed, by its items and by their bytes alike")
  func updates() throws {
    var count = AttributeCount([])
    count.add([.item(Change(table: "t", key: key, before: before, after: after))])
    #expect(tallies(count) == expected)
    var encoded = AttributeCount([])
    try encoded.add(
      EncodedChange(
        table: "t", key: DynamoDBJSON.bytes(key.attributes), before: DynamoDBJSON.bytes(before),
        after: DynamoDBJSON.bytes(after)))
    #expect(tallies(encoded) == expected)
  }

  @Test("an item that moves counts, one that is only created or deleted does not")
  func moves() {
    var count = AttributeCount([])
    count.add([
      .item(Change(table: "old", key: key, before: before, after: nil)),
      .item(Change(table: "t", key: Key(["address": .string("0x")]), before: nil, after: after)),
    ])
    #expect(tallies(count) == expected)
    count.add([.item(Change(table: "t", key: key, before: nil, after: after))])
    count.add([.item(Change(table: "t", key: key, before: before, after: nil))])
    #expect(tallies(count) == expected)
  }

  @Test("counting goes on from what was counted before an interruption")
  func resumed() {
    var first = AttributeCount([])
    first.add([.item(Change(table: "t", key: key, before: before, after: after))])
    var second = AttributeCount(first.adding(to: [PlanTally(table: "t")]))
    second.add([.item(Change(table: "t", key: key, before: before, after: after))])
    #expect(tallies(second).map(\.removed) == [2, 0, 0, 0])
  }

  @Test("names that are data are counted together from the hundredth on")
  func manyNames() {
    var count = AttributeCount([])
    for number in 0..<150 {
      count.add([.item(Change(table: "t", key: key, before: Item(), after: [Text("n\(number)"): .null]))])
    }
    #expect(tallies(count).count == 101)
    #expect(tallies(count).first { $0.name == nil }?.added == 50)
  }
}
