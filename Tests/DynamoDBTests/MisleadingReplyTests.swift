import DynamoJournalJSON
import DynamoJournalTables
import Testing

@testable import DynamoJournalClient

@Suite("Replies that are well formed and can't be the answer") struct MisleadingReplyTests {
  private static let key = Key(["id": .string("a")])

  private func expectMisleading(
    _ answers: [String: [StubAnswer]], _ part: String, _ location: SourceLocation = #_sourceLocation,
    _ ask: (DynamoDBStore) async throws -> Void
  ) async throws {
    let all = answers.merging(["DescribeTable": [.table()]]) { given, _ in given }
    try await withScript(all) { store, _ in
      let error = await #expect(throws: StoreError.self, sourceLocation: location) { try await ask(store) }
      #expect(error?.code == "UnreadableReply" && error?.kind == .unavailable, sourceLocation: location)
      #expect(error?.message.contains(part) == true, "\(error as Any)", sourceLocation: location)
    }
  }

  @Test(
    "an item without its key, or with a key of another type, is an error and never 'nothing to do'",
    arguments: [["x": ["S": "a"]], ["id": ["N": "1"]], ["id": ["B": "YQ=="]], [:]] as [JSONValue])
  func items(_ item: JSONValue) async throws {
    try await expectMisleading(["Scan": [StubAnswer(["Items": [item]])]], "without its key") {
      _ = try await $0.scan(ScanRequest(table: "things"))
    }
    let batch: JSONValue = ["Responses": ["things": [item]]]
    try await expectMisleading(["BatchGetItem": [StubAnswer(batch)]], "without its key") {
      _ = try await $0.items([Self.key, Key(["id": .string("b")])], in: "things")
    }
  }

  @Test("an item of another key is no answer to a question for one")
  func otherKey() async throws {
    try await expectMisleading(["GetItem": [StubAnswer(["Item": ["id": ["S": "b"]]])]], "another key") {
      _ = try await $0.items([Self.key], in: "things")
    }
  }

  @Test("a page that ends where it began, or at no key of the table, ends the scan")
  func pages() async throws {
    let page: JSONValue = ["Items": [], "LastEvaluatedKey": ["id": ["S": "a"]]]
    try await expectMisleading(["Scan": [StubAnswer(page)]], "never end") {
      _ = try await $0.scan(ScanRequest(table: "things", after: Self.key))
    }
    let foreign: JSONValue = ["Items": [], "LastEvaluatedKey": ["other": ["S": "a"]]]
    try await expectMisleading(["Scan": [StubAnswer(foreign)]], "without its key") {
      _ = try await $0.scan(ScanRequest(table: "things"))
    }
    try await expectMisleading(["Scan": [StubAnswer([:])]], "lacks") {
      _ = try await $0.scan(ScanRequest(table: "things"))
    }
  }

  @Test("a circle of pages is found, however long it is", arguments: [1, 2, 3, 7])
  func circles(_ length: Int) throws {
    var watch = ScanWatch()
    var steps = 0
    #expect(throws: StoreError.self) {
      while steps < 100 {
        steps += 1
        try watch.check(Key(["id": .string(Text("\(steps % length)"))]), of: "things")
      }
    }
    #expect(steps < 100)
    var straight = ScanWatch()
    for step in 0..<100 { try straight.check(Key(["id": .string(Text("\(step)"))]), of: "things") }
  }

  @Test("a reply about another table is no answer")
  func otherTable() async throws {
    let consumed: JSONValue = ["Items": [], "ConsumedCapacity": ["TableName": "others", "CapacityUnits": 1]]
    try await expectMisleading(["Scan": [StubAnswer(consumed)]], "another table") {
      _ = try await $0.scan(ScanRequest(table: "things"))
    }
    try await expectMisleading([:], "another table") { _ = try await $0.describe("others") }
  }

  @Test("a table may be named by its ARN")
  func arn() async throws {
    #expect(DynamoDBStore.isSame("arn:aws:dynamodb:us-east-1:1:table/things", as: "things"))
    #expect(!DynamoDBStore.isSame("arn:aws:dynamodb:us-east-1:1:table/things", as: "thing"))
  }
}
