import DynamoJournalJSON
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

@Suite("What no test server does: slowness, parts handed back, ambiguity")
struct StoreStubTests {
  private static let spec = TableSpec(name: "things", key: KeySchema(partition: KeyAttribute("id", .string)))
  private static let byOwner = IndexSpec(
    name: "byOwner", key: KeySchema(partition: KeyAttribute("owner", .string)))
  private static let missing = StubAnswer.error("ResourceNotFoundException")

  private static func change(_ id: String) -> Change {
    Change(table: "things", key: Key(["id": .string(id)]), before: nil, after: ["id": .string(id)])
  }

  // MARK: Waiting

  @Test("a table is waited for until it is ACTIVE")
  func creating() async throws {
    let answers: [String: [StubAnswer]] = [
      "CreateTable": [.table(status: "CREATING", wrapped: "TableDescription")],
      "DescribeTable": [Self.missing, .table(status: "CREATING"), .table(status: "CREATING"), .table()],
    ]
    try await withScript(answers) { store, script in
      try await store.create(Self.spec)
      #expect(await script.count("DescribeTable") == 4)
      let body = try #require(await script.bodies("CreateTable").first)
      #expect(body["BillingMode"] == "PAY_PER_REQUEST")
      #expect(body["KeySchema"] == [["AttributeName": "id", "KeyType": "HASH"]])
    }
  }

  @Test("a table that never gets ready ends the patience, not the program")
  func impatient() async throws {
    var patience = DynamoDBStore.Patience()
    patience.table = .seconds(30)
    let answers: [String: [StubAnswer]] = [
      "CreateTable": [.done], "DescribeTable": [.table(status: "CREATING")],
    ]
    try await withScript(answers, patience: patience) { store, _ in
      let error = await #expect(throws: StoreError.self) { try await store.create(Self.spec) }
      #expect(error?.code == "NotReady" && error?.kind == .unavailable)
    }
  }

  @Test("an index is waited for until it is filled, and one under way before it")
  func backfilling() async throws {
    let filling = StubAnswer.table(
      status: "UPDATING", indexes: [StubAnswer.index("CREATING", backfilling: true)])
    let answers: [String: [StubAnswer]] = [
      "DescribeTable": [
        .table(status: "UPDATING"), .table(), filling, filling,
        .table(indexes: [StubAnswer.index("CREATING", backfilling: false)]),
        .table(indexes: [StubAnswer.index("ACTIVE", backfilling: false)]),
      ],
      "UpdateTable": [.done],
    ]
    try await withScript(answers) { store, script in
      try await store.createIndex(Self.byOwner, on: "things")
      #expect(await script.count("DescribeTable") == 6)
      #expect(await script.count("UpdateTable") == 1)
    }
  }

  @Test("an index is waited for until it is gone")
  func removingIndex() async throws {
    let there = StubAnswer.table(indexes: [StubAnswer.index("ACTIVE", backfilling: false)])
    let going = StubAnswer.table(
      status: "UPDATING", indexes: [StubAnswer.index("DELETING", backfilling: false)])
    let answers: [String: [StubAnswer]] = [
      "DescribeTable": [there, going, going, .table()], "UpdateTable": [.done],
    ]
    try await withScript(answers) { store, script in
      try await store.deleteIndex("byOwner", on: "things")
      #expect(await script.count("DescribeTable") == 4)
    }
  }

  @Test("a table is waited for until it is gone")
  func deleting() async throws {
    let answers: [String: [StubAnswer]] = [
      "DeleteTable": [.done],
      "DescribeTable": [.table(status: "DELETING"), .table(status: "DELETING"), Self.missing],
    ]
    try await withScript(answers) { store, script in
      try await store.delete("things")
      #expect(await script.count("DescribeTable") == 3)
    }
  }

  private static func backup(_ status: String) -> StubAnswer {
    StubAnswer([
      "BackupDescription": [
        "BackupDetails": [
          "BackupArn": "arn:b", "BackupName": "name", "BackupStatus": .string(status),
          "BackupCreationDateTime": .number("1795422675.125"), "BackupSizeBytes": 77, "BackupType": "USER",
        ],
        "SourceTableDetails": ["TableName": "things", "ItemCount": 3],
      ]
    ])
  }

  @Test("a backup is waited for until it is AVAILABLE")
  func backup() async throws {
    let created = StubAnswer(["BackupDetails": ["BackupArn": "arn:b", "BackupStatus": "CREATING"]])
    let answers: [String: [StubAnswer]] = [
      "CreateBackup": [.error("ContinuousBackupsUnavailableException"), created],
      "DescribeBackup": [Self.backup("CREATING"), Self.backup("CREATING"), Self.backup("AVAILABLE")],
    ]
    try await withScript(answers) { store, script in
      let backup = try await store.backUp("things", as: "name")
      #expect(
        backup
          == Backup(
            arn: "arn:b", name: "name", table: "things", createdAt: 1_795_422_675_125_000, sizeBytes: 77,
            itemCount: 3))
      #expect(await script.count("DescribeBackup") == 3)
    }
  }

  @Test("a backup that somebody else asked for is waited for as well")
  func listedBackup() async throws {
    let answers = ["DescribeBackup": [Self.backup("CREATING"), Self.backup("AVAILABLE")]]
    try await withScript(answers) { store, script in
      let listed = Backup(
        arn: "arn:b", name: "name", table: "things", createdAt: 0, sizeBytes: 0, itemCount: nil)
      let backup = try await store.finished(listed)
      #expect(backup.sizeBytes == 77)
      #expect(await script.count("DescribeBackup") == 2)
    }
  }

  @Test("a restored table is waited for until it is ACTIVE, and a lost answer begins no second one")
  func restore() async throws {
    let answers: [String: [StubAnswer]] = [
      "RestoreTableFromBackup": [
        .error("InternalServerError", status: 500), .error("TableAlreadyExistsException"),
      ],
      "DescribeTable": [
        StubAnswer([
          "Table": [
            "TableName": "copy", "TableStatus": "CREATING", "RestoreSummary": ["SourceBackupArn": "arn:b"],
            "KeySchema": [["AttributeName": "id", "KeyType": "HASH"]],
            "AttributeDefinitions": [["AttributeName": "id", "AttributeType": "S"]],
          ]
        ]), .table(named: "copy"),
      ],
    ]
    try await withScript(answers) { store, _ in try await store.restore(backup: "arn:b", to: "copy") }
    var refused = answers
    refused["RestoreTableFromBackup"] = [.error("TableAlreadyExistsException")]
    try await withScript(refused) { store, _ in
      let error = await #expect(throws: StoreError.self) {
        try await store.restore(backup: "arn:b", to: "copy")
      }
      #expect(error?.code == "TableAlreadyExistsException")
    }
  }

  @Test("a table that our own lost request made is no other's, unless it is of another form")
  func createdBefore() async throws {
    let answers: [String: [StubAnswer]] = [
      "CreateTable": [.error("InternalServerError", status: 500), .error("ResourceInUseException")],
      "DescribeTable": [.table()],
    ]
    try await withScript(answers) { store, _ in try await store.create(Self.spec) }
    try await withScript(answers) { store, _ in
      let other = TableSpec(name: "things", key: KeySchema(partition: KeyAttribute("owner", .string)))
      let error = await #expect(throws: StoreError.self) { try await store.create(other) }
      #expect(error?.code == "ResourceInUseException")
    }
  }

  // MARK: Parts handed back

  @Test("items that were not processed are sent again, and nothing else")
  func unprocessedItems() async throws {
    let put: JSONValue = ["PutRequest": ["Item": ["id": ["S": "k7"]]]]
    let answers: [String: [StubAnswer]] = [
      "DescribeTable": [.table()],
      "BatchWriteItem": [
        StubAnswer(["UnprocessedItems": ["things": [put, put]]]),
        StubAnswer(["UnprocessedItems": ["things": [put]]]),
        StubAnswer(["UnprocessedItems": [:]]),
      ],
    ]
    try await withScript(answers) { store, script in
      try await store.put((0..<20).map { ["id": .string("k\($0)")] }, into: "things")
      let sent = await script.bodies("BatchWriteItem").map {
        $0["RequestItems"]?["things"]?.arrayValue?.count
      }
      #expect(sent == [20, 2, 1])
      #expect(await script.bodies("BatchWriteItem").last?["RequestItems"]?["things"] == [put])
      let statistics = await store.client.statistics
      #expect(statistics.throttles == ["Unprocessed": 2] && statistics.throttledTime > .zero)
    }
  }

  @Test("keys that were not processed are asked for again")
  func unprocessedKeys() async throws {
    let left: JSONValue = ["things": ["Keys": [["id": ["S": "b"]]], "ConsistentRead": true]]
    let answers: [String: [StubAnswer]] = [
      "DescribeTable": [.table()],
      "BatchGetItem": [
        StubAnswer(["Responses": ["things": [["id": ["S": "a"]]]], "UnprocessedKeys": left]),
        StubAnswer(["Responses": ["things": [["id": ["S": "b"]]]], "UnprocessedKeys": [:]]),
      ],
    ]
    try await withScript(answers) { store, script in
      let items = try await store.items(["b", "a", "c"].map { Key(["id": .string($0)]) }, in: "things")
      #expect(items == [["id": .string("b")], ["id": .string("a")], nil])
      #expect(await script.bodies("BatchGetItem").last?["RequestItems"] == left)
    }
  }

  @Test("a batch that is handed back again and again ends as unavailable")
  func neverProcessed() async throws {
    let put: JSONValue = ["PutRequest": ["Item": ["id": ["S": "a"]]]]
    let answers: [String: [StubAnswer]] = [
      "DescribeTable": [.table()], "BatchWriteItem": [StubAnswer(["UnprocessedItems": ["things": [put]]])],
    ]
    try await withScript(answers) { store, _ in
      let error = await #expect(throws: StoreError.self) {
        try await store.put([["id": .string("a")]], into: "things")
      }
      #expect(error?.kind == .unavailable)
    }
  }

  @Test("a batch that ends at 16 MB is not a throttle")
  func fullBatch() async throws {
    let text = JSONValue.string(String(repeating: "x", count: 16 << 20))
    let left: JSONValue = ["things": ["Keys": [["id": ["S": "b"]]], "ConsistentRead": true]]
    let answers: [String: [StubAnswer]] = [
      "DescribeTable": [.table()],
      "BatchGetItem": [
        StubAnswer([
          "Responses": ["things": [["id": ["S": "a"], "x": ["S": text]]]], "UnprocessedKeys": left,
        ]),
        StubAnswer(["Responses": ["things": [["id": ["S": "b"]]]]]),
      ],
    ]
    try await withScript(answers) { store, _ in
      let items = try await store.items(["a", "b"].map { Key(["id": .string($0)]) }, in: "things")
      #expect(items.map { $0?.count } == [2, 1])
      #expect(await store.client.statistics.throttles.isEmpty)
    }
  }

  @Test("what is known of a table is looked at again before a change is refused by it")
  func staleSpec() async throws {
    let indexed = StubAnswer.table(indexes: [StubAnswer.index("ACTIVE", backfilling: false)])
    let answers: [String: [StubAnswer]] = ["DescribeTable": [indexed, .table()], "PutItem": [.done]]
    try await withScript(answers) { store, script in
      _ = try await store.write([[Self.change("a")]])
      // The index on `owner` as a string is gone by now.
      let item: Item = ["id": .string("b"), "owner": .number(1)]
      let change = Change(table: "things", key: Key(["id": .string("b")]), before: nil, after: item)
      let replies = try await store.write([[change]])
      #expect(replies == [UnitReply(.written)])
      #expect(await script.count("DescribeTable") == 2)
    }
  }

  // MARK: Ambiguity

  private func single(
    _ answers: [StubAnswer], _ change: Change = change("a")
  ) async throws -> UnitReply {
    var replies: [UnitReply] = []
    try await withScript(["DescribeTable": [.table()], "PutItem": answers]) { store, _ in
      replies = try await store.write([[change]])
    }
    return try #require(replies.first)
  }

  @Test("a condition that fails at the first send is somebody else's doing")
  func firstSend() async throws {
    let failed = StubAnswer.error("ConditionalCheckFailedException", ["Item": ["id": ["S": "a"]]])
    let expected = UnitReply.Outcome.conditionFailed([Found(["id": .string("a")])])
    #expect(try await single([failed]) == UnitReply(expected))
    let throttled = [StubAnswer.error("ThrottlingException"), failed]
    #expect(try await single(throttled) == UnitReply(expected))
    #expect(
      try await single([.error("InternalServerError", status: 500), failed])
        == UnitReply(expected, maybeSentBefore: true))
    #expect(
      try await single([StubAnswer(bytes: Array("{\"Consumed".utf8)), failed])
        == UnitReply(expected, maybeSentBefore: true))
  }

  @Test("a refusal is told as one, unless an earlier send may have been written")
  func refusals() async throws {
    let refused = StubAnswer.error("AccessDeniedException")
    guard case .refused(let error) = try await single([refused]).outcome else {
      Issue.record("not refused")
      return
    }
    #expect(error.code == "AccessDeniedException")
    let thrown = await #expect(throws: StoreError.self) {
      _ = try await single([.error("InternalServerError", status: 500), refused])
    }
    #expect(thrown?.kind == .unavailable)
  }

  private static func cancelled(_ reasons: [JSONValue]) -> StubAnswer {
    .error("TransactionCanceledException", ["CancellationReasons": .array(reasons)])
  }

  private func unitReply(_ answers: [StubAnswer]) async throws -> (UnitReply, [JSONValue]) {
    var result: (UnitReply, [JSONValue])?
    let unit = [Self.change("a"), Self.change("b")]
    let more = ["DescribeTable": [StubAnswer.table()], "TransactWriteItems": answers]
    try await withScript(more) { store, script in
      let reply = try #require(try await store.write([unit]).first)
      result = (reply, await script.bodies("TransactWriteItems"))
    }
    return try #require(result)
  }

  @Test("the reasons of a cancelled unit tell what was found", arguments: ["", "Exception"])
  func cancelledUnit(_ ending: String) async throws {
    let found: JSONValue = ["id": ["S": "b"], "x": ["N": "1"]]
    let failed: JSONValue = ["Code": .string("ConditionalCheckFailed\(ending)"), "Item": found]
    let (reply, bodies) = try await unitReply([Self.cancelled([["Code": "None"], failed])])
    #expect(
      reply == UnitReply(.conditionFailed([nil, Found(["id": .string("b"), "x": .number(1)])])))
    #expect(bodies.count == 1)
  }

  @Test("a unit in another's way is sent again, with the same token")
  func conflictingUnit() async throws {
    let conflict = Self.cancelled([["Code": "TransactionConflict"], ["Code": "None"]])
    let lost = StubAnswer.error("InternalServerError", status: 500)
    let (reply, bodies) = try await unitReply([conflict, lost, .done])
    #expect(reply == UnitReply(.written, maybeSentBefore: true))
    #expect(bodies.count == 3)
    #expect(Set(bodies).count == 1)
    let (_, others) = try await unitReply([.done])
    #expect(others[0]["ClientRequestToken"] != bodies[0]["ClientRequestToken"])
  }

  @Test("a unit with a reason that lasts is refused under that reason's name")
  func refusedUnit() async throws {
    let reasons: [JSONValue] = [["Code": "None"], ["Code": "ValidationError", "Message": "too large"]]
    let (reply, _) = try await unitReply([Self.cancelled(reasons)])
    guard case .refused(let error) = reply.outcome else {
      Issue.record("not refused: \(reply)")
      return
    }
    #expect(error.code == "ValidationException" && error.message.contains("too large"))
  }

  // MARK: What a restore loses

  @Test("settings that a restore loses are told, and what could not be read")
  func settings() async throws {
    let answers: [String: [StubAnswer]] = [
      "DescribeTable": [.table()],
      "DescribeTimeToLive": [
        StubAnswer(["TimeToLiveDescription": ["TimeToLiveStatus": "ENABLED", "AttributeName": "expiresAt"]])
      ],
      "ListTagsOfResource": [
        StubAnswer(["Tags": [["Key": "team", "Value": "red"]], "NextToken": "more"]),
        StubAnswer(["Tags": [["Key": "cost", "Value": ""]]]),
      ],
    ]
    try await withScript(answers) { store, _ in
      let settings = try await store.settings(of: "things")
      let expected = [
        "timeToLive": "expiresAt", "tag.team": "red", "tag.cost": "",
        "unread": "DescribeContinuousBackups",
      ]
      #expect(settings == expected)
    }
  }

  @Test("what a table made from its specification lacks is told for a table that has all of it")
  func settingsBeyondSpec() async throws {
    let units: JSONValue = ["ReadCapacityUnits": 5, "WriteCapacityUnits": 6]
    let table: JSONValue = [
      "TableName": "things", "TableStatus": "ACTIVE",
      "KeySchema": [
        ["AttributeName": "id", "KeyType": "HASH"], ["AttributeName": "at", "KeyType": "RANGE"],
      ],
      "AttributeDefinitions": [
        ["AttributeName": "id", "AttributeType": "S"], ["AttributeName": "at", "AttributeType": "N"],
        ["AttributeName": "owner", "AttributeType": "S"],
      ],
      "ProvisionedThroughput": units,
      "GlobalSecondaryIndexes": [
        [
          "IndexName": "byOwner", "IndexStatus": "ACTIVE",
          "KeySchema": [["AttributeName": "owner", "KeyType": "HASH"]],
          "Projection": ["ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "b"]],
          "ProvisionedThroughput": units,
        ]
      ],
      "LocalSecondaryIndexes": [
        [
          "IndexName": "byTime",
          "KeySchema": [
            ["AttributeName": "id", "KeyType": "HASH"], ["AttributeName": "at", "KeyType": "RANGE"],
          ],
        ]
      ],
      "SSEDescription": ["SSEType": "KMS", "KMSMasterKeyArn": "arn:aws:kms:eu-west-2:1:key/k"],
    ]
    try await withScript(["DescribeTable": [StubAnswer(["Table": table])]]) { store, _ in
      let expected = [
        "provisionedThroughput": "ReadCapacityUnits=5,WriteCapacityUnits=6",
        "provisionedThroughput.byOwner": "ReadCapacityUnits=5,WriteCapacityUnits=6",
        "projection.byOwner": "INCLUDE,a,b", "localIndex.byTime": "id,at",
        "encryption": "arn:aws:kms:eu-west-2:1:key/k",
      ]
      let settings = try await store.settingsBeyondSpec(of: "things")
      #expect(settings == expected)
    }
    try await withScript(["DescribeTable": [.table()]]) { store, _ in
      let settings = try await store.settingsBeyondSpec(of: "things")
      #expect(settings == [:])
    }
  }
}
