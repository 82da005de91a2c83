import FlyingFox
import Foundation
import TestSupport

/// A server that answers as DynamoDB would, as far as the doctor asks, and remembers what it was asked.
actor DoctorStub {
  /// What it does otherwise than a healthy one.
  struct Ways: Sendable {
    /// The calls that are denied.
    var denied: Set<String> = []
    /// By how many seconds its clock is ahead.
    var clockOffset = 0.0
    /// Whether it does what a condition forbids.
    var overlooksConditions = false
    /// What it answers every call with, by AWS's code.
    var refusal: String?
  }

  /// A call as it came.
  struct Call: Sendable {
    let operation: String
    let body: String
  }

  private let ways: Ways
  private(set) var calls: [Call] = []

  init(_ ways: Ways) { self.ways = ways }

  /// Runs `body` with such a server's URL.
  static func use(_ ways: Ways, _ body: (String, DoctorStub) async throws -> Void) async throws {
    let stub = DoctorStub(ways)
    try await withServer({ await stub.answer($0) }) { try await body($0, stub) }
  }

  private func answer(_ request: HTTPRequest) async -> HTTPResponse {
    let body = (try? await request.bodyData).map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard let target = request.headers[HTTPHeader("x-amz-target")] else {
      return request.method == .GET ? reply(200, "healthy") : reply(404, "no STS here")
    }
    let operation = String(target.split(separator: ".").last ?? "")
    calls.append(Call(operation: operation, body: body))
    if let refusal = ways.refusal { return refuse(refusal, "As asked") }
    if ways.denied.contains(operation) {
      let action = operation == "BatchGetItem" ? "kms:Decrypt" : "dynamodb:\(operation)"
      let words = "User: arn:aws:iam::1:user/x is not authorized to perform: \(action) on resource: it"
      // Nobody has a permission of that name: a transaction needs those for what is in it.
      return refuse("AccessDeniedException", operation == "TransactWriteItems" ? "No" : words)
    }
    return answer(operation, body)
  }

  private func answer(_ operation: String, _ body: String) -> HTTPResponse {
    switch operation {
    case "ListTables": return reply(200, #"{"TableNames":[]}"#)
    case "DescribeTable": return describe(body)
    case "DeleteItem", "PutItem", "UpdateItem":
      if ways.overlooksConditions { return reply(200, "{}") }
      return refuse("ConditionalCheckFailedException", "The conditional request failed")
    case "TransactWriteItems":
      let reasons = #","CancellationReasons":[{"Code":"ConditionalCheckFailed","Message":"failed"}]"#
      return refuse("TransactionCanceledException", "cancelled", reasons)
    case "DescribeBackup": return refuse("BackupNotFoundException", "Backup not found")
    default: return reply(200, "{}")
    }
  }

  private func describe(_ body: String) -> HTTPResponse {
    let keys = [source: "discordId", target: "address"]
    guard let (table, key) = keys.first(where: { body.contains("\"\($0.key)\"") }) else {
      return refuse("ResourceNotFoundException", "Requested resource not found")
    }
    return reply(
      200,
      """
      {"Table":{"TableName":"\(table)","TableStatus":"ACTIVE","ItemCount":7,"TableSizeBytes":700,
       "TableArn":"arn:aws:dynamodb:eu-west-2:1:table/\(table)",
       "KeySchema":[{"AttributeName":"\(key)","KeyType":"HASH"}],
       "AttributeDefinitions":[{"AttributeName":"\(key)","AttributeType":"S"}]}}
      """)
  }

  private func refuse(_ code: String, _ message: String, _ more: String = "") -> HTTPResponse {
    reply(400, #"{"__type":"com.amazonaws.dynamodb.v20120810#\#(code)","message":"\#(message)"\#(more)}"#)
  }

  private func reply(_ status: Int, _ body: String) -> HTTPResponse {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    let date = format.string(from: Date().addingTimeInterval(ways.clockOffset))
    return HTTPResponse(
      statusCode: HTTPStatusCode(status, phrase: "As Asked"), headers: [HTTPHeader("Date"): date],
      body: Data(body.utf8))
  }
}
