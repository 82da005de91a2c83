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
        try watch.check(Self.page(steps % length), of: "things")
      }
    }
    #expect(steps < 100)
    var straight = ScanWatch()
    for step in 0..<100 { try straight.check(Self.page(step), of: "things") }
  }

  private static func page(_ number: Int, scanned: Int = 1) -> ScanPage {
    ScanPage(items: [], lastKey: Key(["id": .string(Text("\(number)"))]), scannedCount: scanned)
  }

  @Test("ever new pages with nothing on them end, those that a filter emptied do not")
  func emptyPages() throws {
    var watch = ScanWatch()
    for number in 0..<5_000 { try watch.check(Self.page(number), of: "things") }
    for number in 0..<900 { try watch.check(Self.page(-number - 1, scanned: 0), of: "things") }
    try watch.check(Self.page(5_001), of: "things")
    let error = #expect(throws: StoreError.self) {
      for number in 0..<1_001 { try watch.check(Self.page(10_000 + number, scanned: 0), of: "things") }
    }
    #expect(error?.message.contains("1000 pages in a row without an item") == true)
  }

  @Test("lists that lead back, or never end, end with an error")
  func endlessLists() async throws {
    let tables: JSONValue = ["TableNames": ["things"], "LastEvaluatedTableName": "things"]
    try await expectMisleading(["ListTables": [StubAnswer(tables)]], "never ends") {
      _ = try await $0.tables()
    }
    let backups: JSONValue = ["BackupSummaries": [], "LastEvaluatedBackupArn": "arn:1"]
    try await expectMisleading(["ListBackups": [StubAnswer(backups)]], "never ends") {
      _ = try await $0.backups(of: nil)
    }
    var watch = ListWatch(.listTables)
    #expect(throws: StoreError.self) {
      for number in 0..<10_000 { _ = try watch.check(.string("t\(number)")) }
    }
    var other = ListWatch(.listTables)
    for (token, next) in [(.null, nil), (nil, nil), ("t", "t")] as [(JSONValue?, JSONValue?)] {
      #expect(try other.check(token) == next)
    }
  }

  @Test("what is to be sent again is of the table that was asked about")
  func unprocessed() async throws {
    let reply: JSONValue = [
      "Responses": ["things": []], "UnprocessedKeys": ["others": ["Keys": [["id": ["S": "a"]]]]],
    ]
    try await expectMisleading(["BatchGetItem": [StubAnswer(reply)]], "another table") {
      _ = try await $0.items([Self.key, Key(["id": .string("b")])], in: "things")
    }
  }

  @Test(
    "a reply that could be read in two ways, or not at all, is no answer",
    arguments: [
      #"{"Items":[],"Items":[{"id":{"S":"a"}}]}"#, #"{"Items":[{"id":{"S":"a"},"id":{"S":"b"}}]}"#,
      #"{"Items":[{"id":{"S":"a","N":"1"}}]}"#,
      #"{"Items":[{"id":{"S":"a"},"n":{"N":"\#(String(repeating: "9", count: 1_000_000))"}}]}"#,
      #"{"Items":[{"id":{"S":"a"},"x":\#(String(repeating: #"{"L":["#, count: 100_000))"#,
      #"{"Items":\#(String(repeating: "[", count: 100_000))"#,
      "{\"Items\":[{\"id\":{\"S\":\"a\0\"}}]}", #"{"Items":[{"id":{"S":"\ud800"}}]}"#, "[]", "", "null",
      #"{"Items":[]} {"Items":[]}"#, "\u{FEFF}{\"Items\":[]}",
    ])
  func unreadable(_ body: String) async throws {
    try await expectUnreadable(Array(body.utf8))
  }

  @Test("a reply that is not UTF-8 is no answer")
  func notUTF8() async throws {
    for bytes: [UInt8] in [
      [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
    ] {
      let body = Array(#"{"Items":[{"id":{"S":""#.utf8) + bytes + Array(#""}}]}"#.utf8)
      try await expectUnreadable(body)
    }
  }

  private func expectUnreadable(_ body: [UInt8]) async throws {
    let answers = ["DescribeTable": [StubAnswer.table()], "Scan": [StubAnswer(bytes: body)]]
    try await withScript(answers) { store, _ in
      let error = await #expect(throws: StoreError.self) {
        _ = try await store.scan(ScanRequest(table: "things"))
      }
      #expect(error?.kind == .unavailable, "\(String(decoding: body.prefix(60), as: UTF8.self))")
      #expect((error?.message.utf8.count ?? 0) < 500)
    }
  }

  @Test("units that can't be don't hold up what follows", arguments: ["1e999", "-1e999", "-5", "1e30"])
  func strangeUnits(_ units: String) async throws {
    let scan = #"{"Items":[],"ConsumedCapacity":{"TableName":"things","CapacityUnits":\#(units)}}"#
    let answers = ["DescribeTable": [StubAnswer.table()], "Scan": [StubAnswer(bytes: Array(scan.utf8))]]
    try await withScript(answers) { store, _ in
      for _ in 0..<3 {
        #expect(try await store.scan(ScanRequest(table: "things")).items.isEmpty)
      }
      let used = try #require(await store.statistics?.readUnits)
      #expect(used.isFinite && used >= 0)
    }
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
