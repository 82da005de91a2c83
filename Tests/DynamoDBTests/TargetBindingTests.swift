import DynamoJournalJSON
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

/// Gives accounts by access key, as the Security Token Service does, and counts the questions.
private actor Accounts {
  private(set) var questions: [String] = []
  private var answers: [String: Result<String, CallFailure>]

  init(_ answers: [String: Result<String, CallFailure>]) { self.answers = answers }

  func answer(_ key: String) -> Result<String, CallFailure> {
    questions.append(key)
    return answers[key] ?? .failure(.credentials("no such key"))
  }

  func set(_ key: String, _ answer: Result<String, CallFailure>) { answers[key] = answer }

  nonisolated var check: AccountCheck { AccountCheck { await self.answer($0.accessKeyID) } }
}

@Suite("A store is bound to the account of a run")
struct TargetBindingTests {
  private static let change = Change(
    table: "things", key: Key(["id": .string("a")]), before: nil, after: ["id": .string("a")])

  private func withBound(
    _ accounts: Accounts, _ keys: Keys, _ answers: [String: [StubAnswer]] = [:],
    _ body: (DynamoDBStore, Script) async throws -> Void
  ) async throws {
    let usual: [String: [StubAnswer]] = ["DescribeTable": [.table()], "PutItem": [.done]]
    try await withScript(
      usual.merging(answers) { $1 }, credentials: keys, accounts: accounts.check, configuration: .hasty()
    ) { store, script in
      try await store.bind(to: store.identity())
      try await body(store, script)
    }
  }

  @Test("the account is asked once for each key; a key of the same account goes on")
  func sameAccount() async throws {
    let (accounts, keys) = (Accounts(["k1": .success("1"), "k2": .success("1")]), Keys("k1"))
    try await withBound(accounts, keys) { store, script in
      for _ in 0..<3 { _ = try await store.write([[Self.change]]) }
      await keys.change(to: "k2")
      let units = (0..<20).map { number in
        [
          Change(
            table: "things", key: Key(["id": .string("\(number)")]), before: nil,
            after: ["id": .string("\(number)")])
        ]
      }
      let replies = try await store.write(units)
      #expect(replies.allSatisfy { $0.outcome == .written })
      #expect(await accounts.questions == ["k1", "k2"])
      #expect(await script.count("PutItem") == 23)
    }
  }

  @Test("a key of another account signs nothing: neither a write nor a read is sent")
  func otherAccount() async throws {
    let (accounts, keys) = (Accounts(["k1": .success("1"), "k2": .success("2")]), Keys("k1"))
    try await withBound(accounts, keys) { store, script in
      _ = try await store.write([[Self.change]])
      let sent = await script.calls.count
      await keys.change(to: "k2")
      let calls: [() async throws -> Void] = [
        { _ = try await store.write([[Self.change]]) },
        { _ = try await store.scan(ScanRequest(table: "things")) },
        {
          try await store.create(
            TableSpec(name: "more", key: KeySchema(partition: KeyAttribute("id", .string))))
        },
        { try await store.delete("things") }, { try await store.deleteBackup("arn:b") },
        { try await store.restore(backup: "arn:b", to: "restored") },
      ]
      for call in calls {
        let error = await #expect(throws: StoreError.self) { try await call() }
        #expect(error?.code == "TargetChanged" && error?.kind == .refused)
        #expect(error?.message.contains("account 2 instead of 1") == true)
      }
      #expect(await script.calls.count == sent)
    }
  }

  @Test("credentials that change between two attempts of one write are caught, too")
  func changedWhileRetrying() async throws {
    let (accounts, keys) = (Accounts(["k1": .success("1"), "k2": .success("2")]), Keys("k1"))
    let expired = StubAnswer.error("ExpiredTokenException")
    try await withBound(accounts, keys, ["PutItem": [.done, expired, .done]]) { store, script in
      _ = try await store.write([[Self.change]])
      await keys.change(afterNext: "k2")
      let error = await #expect(throws: StoreError.self) { _ = try await store.write([[Self.change]]) }
      #expect(error?.code == "TargetChanged")
      #expect(await script.count("PutItem") == 2)
    }
  }

  @Test("an account that can't be asked now is asked again, and nothing is sent until then")
  func unreachable() async throws {
    let lost = CallFailure.service(ServiceError(code: "InternalFailure", message: "", status: 500))
    let (accounts, keys) = (Accounts(["k1": .success("1"), "k2": .failure(lost)]), Keys("k1"))
    try await withBound(accounts, keys) { store, script in
      await keys.change(to: "k2")
      let error = await #expect(throws: StoreError.self) { _ = try await store.write([[Self.change]]) }
      #expect(error?.kind == .unavailable)
      #expect(await script.count("PutItem") == 0)
      await accounts.set("k2", .success("1"))
      let replies = try await store.write([[Self.change]])
      #expect(replies.first?.outcome == .written)
    }
  }

  @Test("a table whose ARN names another account is not a table of the run")
  func foreignTable() async throws {
    let (accounts, keys) = (Accounts(["k1": .success("777")]), Keys("k1"))
    try await withBound(accounts, keys) { store, script in
      let error = await #expect(throws: StoreError.self) { _ = try await store.write([[Self.change]]) }
      #expect(error?.code == "TargetChanged" && error?.message.contains("account 1 instead of 777") == true)
      #expect(await script.count("PutItem") == 0)
    }
  }

  @Test("a server whose tables are those of another region by now is another server")
  func foreignOrigin() async throws {
    let answers: [String: [StubAnswer]] = [
      "ListTables": [StubAnswer(["TableNames": ["things"]])],
      "DescribeTable": [
        .table(), .table(), .table(), .table(arn: "arn:aws:dynamodb:eu-west-1:1:table/things"),
      ],
      "PutItem": [.done, .error("ResourceNotFoundException"), .done],
    ]
    try await withScript(answers, configuration: .hasty()) { store, script in
      let identity = try await store.identity()
      #expect(identity.text.hasSuffix(" us-east-1 1"))
      try await store.bind(to: identity)
      for _ in 0..<2 { _ = try await store.write([[Self.change]]) }
      let error = await #expect(throws: StoreError.self) { _ = try await store.write([[Self.change]]) }
      #expect(error?.code == "TargetChanged" && error?.message.contains("region eu-west-1") == true)
      #expect(await script.count("PutItem") == 2)
    }
  }

  @Test("a server without tables tells no account, and is bound all the same")
  func noTables() async throws {
    let answers = ["ListTables": [StubAnswer(["TableNames": .array([])])]]
    try await withScript(answers) { store, _ in
      let identity = try await store.identity()
      #expect(identity.text.hasSuffix(" us-east-1 -"))
      try await store.bind(to: identity)
    }
  }

  @Test("ARNs")
  func arns() throws {
    let origin = try #require(TargetBinding.Origin("arn:aws-cn:dynamodb:cn-north-1:123:table/a:b/backup/1"))
    #expect(origin.region == "cn-north-1" && origin.account == "123")
    for none in ["", "arn:b", "arn:aws:dynamodb:::table/x", "table/x", "x:aws:dynamodb:r:1:table/x"] {
      #expect(TargetBinding.Origin(none) == nil)
    }
  }

  @Test("AWS by a URL of its own is AWS, and a name that only looks like it is not")
  func amazons() throws {
    for url in [
      "https://dynamodb.eu-west-2.amazonaws.com", "https://dynamodb.cn-north-1.amazonaws.com.cn:443/",
      "https://123.ddb.eu-west-2.api.aws", "https://vpce-1.dynamodb.eu-west-2.vpce.amazonaws.com",
    ] { #expect(try ServiceEndpoint(url, region: "eu-west-2").isAmazons, "\(url)") }
    for url in ["https://amazonaws.com.example", "https://notamazonaws.com", "https://h", "http://localhost"]
    {
      #expect(try !ServiceEndpoint(url, region: "eu-west-2").isAmazons, "\(url)")
    }
    let named = try ServiceEndpoint.aws(region: "eu-west-2").address
    #expect(
      try ServiceEndpoint("https://DynamoDB.eu-west-2.amazonaws.com:443/", region: "r").address == named)
  }
}
