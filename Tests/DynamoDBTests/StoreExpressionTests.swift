import DynamoJournalJSON
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

@Suite("The expressions of a change")
struct StoreExpressionTests {
  private static let byID = KeySchema(partition: KeyAttribute("id", .string))
  private static let bySlot = KeySchema(
    partition: KeyAttribute("owner", .string), sort: KeyAttribute("slot", .number))

  private func members(_ change: Change, _ key: KeySchema = byID) throws -> JSONValue {
    try JSONValue(parsing: try WriteRequest(change, key: key).single.body)
  }

  private func change(_ before: Item?, _ after: Item?) -> Change {
    Change(table: "t", key: Key(["id": .string("a")]), before: before, after: after)
  }

  @Test("a create asks for absence")
  func create() throws {
    let item: Item = ["id": .string("a"), "x": .number(1)]
    let body = try members(change(nil, item))
    #expect(body["ConditionExpression"] == "attribute_not_exists(#n0)")
    #expect(body["ExpressionAttributeNames"] == ["#n0": "id"])
    #expect(body["ExpressionAttributeValues"] == nil)
    #expect(body["Item"] == ["id": ["S": "a"], "x": ["N": "1"]])
    #expect(body["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD")
    #expect(body["ReturnConsumedCapacity"] == "TOTAL")
  }

  @Test("an update asks for the item and for each attribute it touches, and sets only what differs")
  func update() throws {
    let body = try members(
      change(
        ["changed": .number(1), "gone": .null, "same": .bool(true)],
        ["changed": .number(2), "new": .string("x"), "same": .bool(true)]))
    #expect(
      body["ConditionExpression"]
        == "attribute_exists(#n0) AND #n1 = :v0 AND #n2 = :v2 AND attribute_not_exists(#n3) AND #n4 = :v4")
    #expect(body["UpdateExpression"] == "SET #n1 = :v1, #n3 = :v3 REMOVE #n2")
    #expect(
      body["ExpressionAttributeNames"]
        == ["#n0": "id", "#n1": "changed", "#n2": "gone", "#n3": "new", "#n4": "same"])
    #expect(
      body["ExpressionAttributeValues"]
        == [
          ":v0": ["N": "1"], ":v1": ["N": "2"], ":v2": ["NULL": true], ":v3": ["S": "x"],
          ":v4": ["BOOL": true],
        ])
  }

  @Test("an update that changes nothing is a call without an update, and a check in a unit")
  func emptyUpdate() throws {
    let change = change(["x": .number(1)], ["x": .number(1)])
    let request = try WriteRequest(change, key: Self.byID)
    #expect(request.single.operation == .updateItem)
    #expect(try members(change)["UpdateExpression"] == nil)
    #expect(try JSONValue(parsing: request.element)["ConditionCheck"]?["Key"] == ["id": ["S": "a"]])
  }

  @Test("a delete asks for every attribute but the key's")
  func delete() throws {
    let before: Item = ["owner": .string("a"), "slot": .number(1), "x": .stringSet(["b", "a"])]
    let key = Key(["owner": .string("a"), "slot": .number(1)])
    let body = try members(Change(table: "t", key: key, before: before, after: nil), Self.bySlot)
    #expect(body["ConditionExpression"] == "attribute_exists(#n0) AND #n1 = :v0")
    #expect(body["ExpressionAttributeNames"] == ["#n0": "owner", "#n1": "x"])
    #expect(body["ExpressionAttributeValues"] == [":v0": ["SS": ["a", "b"]]])
  }

  @Test("a delete of a wide item compares as many attributes as an expression holds, the first by name")
  func wideDelete() throws {
    var before: Item = ["id": .string("a")]
    for number in 1_000..<1_400 { before[Text("x\(number)")] = .number(1) }
    let expression = WriteExpression(change(before, nil), key: Self.byID)
    #expect(!expression.isWhole)
    #expect(expression.condition.utf8.count <= WriteExpression.maximumSize)
    let body = try members(change(before, nil))
    let names = try #require(body["ExpressionAttributeNames"]?.objectValue)
    #expect(names.count == WriteExpression.maximumComparisons)
    #expect(names[1].value == "x1000")
    #expect(body["ExpressionAttributeValues"]?.objectValue?.count == names.count - 1)
  }

  @Test("an update wider than an expression is refused, not cut")
  func wideUpdate() throws {
    var after: Item = [:]
    for number in 0..<400 { after[Text("x\(number)")] = .number(1) }
    let error = #expect(throws: StoreError.self) {
      _ = try WriteRequest(change([:], after), key: Self.byID)
    }
    #expect(error?.code == "ValidationException" && error?.kind == .refused)
  }

  @Test("the same change makes the same bytes, and a unit's token depends on content and series")
  func tokens() throws {
    let unit = [change(nil, ["id": .string("a")]), change(["x": .null], ["y": .null])]
    let requests = try unit.map { try WriteRequest($0, key: Self.byID) }
    func token(_ requests: [WriteRequest], _ series: [UInt8]) throws -> String {
      let body = try JSONValue(parsing: WriteRequest.transaction(requests, series: series))
      return try #require(body["ClientRequestToken"]?.stringValue)
    }
    let first = try token(requests, [1])
    #expect(try token(unit.map { try WriteRequest($0, key: Self.byID) }, [1]) == first)
    #expect(try token(requests, [2]) != first)
    #expect(try token(requests.reversed(), [1]) != first)
    #expect((1...36).contains(first.utf8.count))
  }
}
