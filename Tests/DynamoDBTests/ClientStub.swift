import DynamoJournalJSON
import DynamoJournalTables

@testable import DynamoJournalClient

/// What the stub received.
struct StubCall: Sendable {
  let operation: String
  let headers: [String: String]
  let body: JSONValue

  init(target: String, headers: [String: String], bytes: [UInt8]) throws {
    operation = String(target.split(separator: ".").last ?? "")
    self.headers = headers
    body = try JSONValue(parsing: bytes)
  }
}

/// What the stub answers.
struct StubAnswer: Sendable {
  var status = 200
  var headers: [String: String] = [:]
  var body: [UInt8]
  /// Whether nothing is ever said.
  var isSilent = false

  init(_ body: JSONValue, status: Int = 200, headers: [String: String] = [:]) {
    self.init(bytes: body.bytes(), status: status, headers: headers)
  }

  init(bytes: [UInt8], status: Int = 200, headers: [String: String] = [:]) {
    (self.body, self.status, self.headers) = (bytes, status, headers)
  }

  /// An error as DynamoDB writes it.
  static func error(
    _ code: String, status: Int = 400, namespace: Bool = true, _ more: [String: JSONValue] = [:],
    headers: [String: String] = [:]
  ) -> StubAnswer {
    let type = namespace ? "com.amazonaws.dynamodb.v20120810#\(code)" : code
    let members: [(String, JSONValue)] = [("__type", .string(type)), ("message", "as asked")]
    let all = members + more.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return StubAnswer(
      .object(all.map { JSONValue.Member(name: $0.0, value: $0.1) }), status: status, headers: headers)
  }

  /// Nothing to say.
  static let done = StubAnswer([:])

  /// A description of the table `things` with the key `id:S`.
  static func table(
    status: String = "ACTIVE", indexes: [JSONValue] = [], wrapped name: String = "Table",
    arn: String = "arn:aws:dynamodb:us-east-1:1:table/things", named table: String = "things"
  ) -> StubAnswer {
    let description: JSONValue = [
      "TableName": .string(table), "TableStatus": .string(status),
      "TableArn": .string(arn),
      "KeySchema": [["AttributeName": "id", "KeyType": "HASH"]],
      "AttributeDefinitions": [
        ["AttributeName": "id", "AttributeType": "S"], ["AttributeName": "owner", "AttributeType": "S"],
      ],
      "BillingModeSummary": ["BillingMode": "PAY_PER_REQUEST"], "GlobalSecondaryIndexes": .array(indexes),
      "ItemCount": 3, "TableSizeBytes": 99,
    ]
    return StubAnswer(.object([JSONValue.Member(name: name, value: description)]))
  }

  /// An index of that description.
  static func index(_ status: String, backfilling: Bool) -> JSONValue {
    [
      "IndexName": "byOwner", "IndexStatus": .string(status), "Backfilling": .bool(backfilling),
      "KeySchema": [["AttributeName": "owner", "KeyType": "HASH"]],
    ]
  }
}

/// Answers calls by operation, each with its next answer; the last one stays.
actor Script {
  /// Told of every call before it is answered.
  private var onCall: @Sendable (StubCall) -> Void = { _ in }

  /// Does this at every call.
  func whenCalled(_ action: @escaping @Sendable (StubCall) -> Void) { onCall = action }

  private var answers: [String: [StubAnswer]]
  private(set) var calls: [StubCall] = []

  init(_ answers: [String: [StubAnswer]]) { self.answers = answers }

  func answer(_ call: StubCall) -> StubAnswer {
    calls.append(call)
    onCall(call)
    guard var left = answers[call.operation], let next = left.first else {
      return .error("UnknownOperationException")
    }
    if left.count > 1 {
      left.removeFirst()
      answers[call.operation] = left
    }
    return next
  }

  /// The bodies of all calls of an operation.
  func bodies(_ operation: String) -> [JSONValue] {
    calls.filter { $0.operation == operation }.map(\.body)
  }

  func count(_ operation: String) -> Int { bodies(operation).count }
}
