import DynamoJournalExpressions
import DynamoJournalHTTP
import DynamoJournalJSON
import DynamoJournalTables
import TestSupport

/// Calls of a server that speaks like DynamoDB and checks no signatures.
struct Server: Sendable {
  /// A refusal with its code and message.
  struct Refusal: Error, CustomStringConvertible {
    let code: String
    let message: String

    var description: String { "\(code): \(message)" }
  }

  static let table = "expressions"
  let kind: Emulator.Kind
  let url: String
  let http: HTTPClient

  private static let authorization =
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"

  /// Makes a call.
  func call(_ operation: String, _ body: JSONValue) async throws -> JSONValue {
    let headers = [
      (name: "Content-Type", value: "application/x-amz-json-1.0"),
      (name: "X-Amz-Target", value: "DynamoDB_20120810." + operation),
      (name: "Authorization", value: Self.authorization),
    ]
    let reply = try await http.send(
      HTTPRequest(
        "POST", url + "/", headers: headers, body: body.bytes(), connectTimeout: .seconds(600),
        totalTimeout: .seconds(600), stallTimeout: nil))
    let answer = try JSONValue(parsing: reply.body)
    guard reply.status == 200 else {
      let message = answer["message"]?.stringValue ?? answer["Message"]?.stringValue ?? ""
      throw Refusal(code: answer["__type"]?.stringValue ?? "\(reply.status)", message: message)
    }
    return answer
  }

  /// Makes the table, whose key is the string `id`.
  func createTable() async throws {
    _ = try await call(
      "CreateTable",
      [
        "TableName": .string(Self.table), "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [["AttributeName": "id", "KeyType": "HASH"]],
        "AttributeDefinitions": [["AttributeName": "id", "AttributeType": "S"]],
      ])
  }

  /// Puts up to 25 items.
  func put(_ items: [Item]) async throws {
    let puts: [JSONValue] = try items.map { ["PutRequest": ["Item": try Self.json($0)]] }
    _ = try await call("BatchWriteItem", ["RequestItems": ["expressions": .array(puts)]])
  }

  /// The keys of the items that a filter lets through.
  func keys(matching form: RequestForm) async throws -> Set<String> {
    var body: [JSONValue.Member] = [.init(name: "TableName", value: .string(Self.table))]
    body.append(.init(name: "FilterExpression", value: .string(form.expression)))
    body += try Self.placeholders(form)
    let answer = try await call("Scan", .object(body))
    return Set((answer["Items"]?.arrayValue ?? []).compactMap { $0["id"]?["S"]?.stringValue })
  }

  /// The item after an update.
  func update(_ id: String, _ form: RequestForm) async throws -> Item {
    var body: [JSONValue.Member] = [.init(name: "TableName", value: .string(Self.table))]
    body.append(.init(name: "Key", value: ["id": ["S": .string(id)]]))
    body.append(.init(name: "UpdateExpression", value: .string(form.expression)))
    body.append(.init(name: "ReturnValues", value: "ALL_NEW"))
    body += try Self.placeholders(form)
    let answer = try await call("UpdateItem", .object(body))
    return try DynamoDBJSON.item(from: (answer["Attributes"] ?? .null).bytes())
  }

  private static func placeholders(_ form: RequestForm) throws -> [JSONValue.Member] {
    let names = form.names.map { JSONValue.Member(name: $0.placeholder, value: .string($0.name.string)) }
    var members = [JSONValue.Member(name: "ExpressionAttributeNames", value: .object(names))]
    guard !form.values.isEmpty else { return members }
    let values = try form.values.map {
      JSONValue.Member(name: $0.placeholder, value: try JSONValue(parsing: DynamoDBJSON.bytes($0.value)))
    }
    members.append(.init(name: "ExpressionAttributeValues", value: .object(values)))
    return members
  }

  private static func json(_ item: Item) throws -> JSONValue {
    try JSONValue(parsing: DynamoDBJSON.bytes(item))
  }
}

/// Starts a server with an empty table, lends it, and ends it.
func withServer(_ kind: Emulator.Kind, _ body: (Server) async throws -> Void) async throws {
  try await withTemporaryFolder { folder in
    let emulator = try await Emulator.start(kind, in: folder)
    let http = try HTTPClient(configuration: HTTPClient.Configuration(environment: [:]))
    let result: Result<Void, any Error>
    do {
      let server = Server(kind: kind, url: emulator.url, http: http)
      try await server.createTable()
      result = .success(try await body(server))
    } catch { result = .failure(error) }
    await http.shutdown()
    await emulator.kill()
    try result.get()
  }
}
