import DynamoJournalProgram
import DynamoJournalClient
import DynamoJournalJSON
import DynamoJournalTables

/// A harmless request that shows whether an action is permitted.
///
/// AWS decides on permission before it looks at an item, so a write whose condition can't hold is answered either by
/// `AccessDeniedException` or by the failed condition, and nothing is written either way: no item has its partition key and has
/// it not. The key is made up besides, so that a server that overlooks the condition of the first one, a delete, finds
/// nothing to delete.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
struct Trial: Sendable {
  /// The call's name.
  let operation: String
  /// The action that it shows, as IAM names it, such as `dynamodb:PutItem`.
  let action: String
  /// The request.
  let body: JSONValue
  /// Whether it would write if its condition held.
  let isWrite: Bool

  private init(_ operation: String, shows action: String? = nil, isWrite: Bool = false, by body: JSONValue) {
    self.operation = operation
    self.action = "dynamodb:" + (action ?? operation)
    self.body = body
    self.isWrite = isWrite
  }

  /// What a run does with a table, reading first; of the writes the delete comes first.
  ///
  /// - Parameters:
  ///   - seed: makes up the key; another one each time.
  ///   - account: in a backup's made-up ARN.
  static func all(
    _ table: TableSpec, isWritten: Bool, seed: UInt32, region: String, account: String
  ) -> [Trial] {
    let key = made(table.key, seed)
    let name = JSONValue.string(table.name)
    let names: JSONValue = ["#k": .string(table.key.partition.name.string)]
    let reads = [
      Trial("DescribeTable", by: ["TableName": name]),
      Trial("Scan", by: ["TableName": name, "Limit": 1, "Select": "COUNT"]),
      Trial(
        "GetItem",
        by: ["TableName": name, "Key": key, "ProjectionExpression": "#k", "ExpressionAttributeNames": names]),
      Trial(
        "BatchGetItem",
        by: [
          "RequestItems": .object([
            .init(
              name: table.name,
              value: ["Keys": [key], "ProjectionExpression": "#k", "ExpressionAttributeNames": names])
          ])
        ]),
    ]
    return reads + (isWritten ? writes(name, key, names) : []) + backups(table.name, region, account)
  }

  private static func writes(_ table: JSONValue, _ key: JSONValue, _ names: JSONValue) -> [Trial] {
    let condition: JSONValue = [
      "TableName": table, "ConditionExpression": "attribute_exists(#k) AND attribute_not_exists(#k)",
      "ExpressionAttributeNames": names,
    ]
    let keyed = condition.with("Key", key)
    return [
      Trial("DeleteItem", isWrite: true, by: keyed),
      Trial("PutItem", isWrite: true, by: condition.with("Item", key)),
      Trial("UpdateItem", isWrite: true, by: keyed),
      Trial(
        "TransactWriteItems", shows: "DeleteItem", isWrite: true, by: ["TransactItems": [["Delete": keyed]]]),
    ]
  }

  private static func backups(_ table: String, _ region: String, _ account: String) -> [Trial] {
    let arn = "arn:aws:dynamodb:\(region):\(account):table/\(table)/backup/01489602797149-73d8d5bc"
    return [
      Trial("ListBackups", by: ["TableName": .string(table), "Limit": 1]),
      Trial("DescribeBackup", by: ["BackupArn": .string(arn)]),
    ]
  }

  /// A key that nobody has.
  private static func made(_ schema: KeySchema, _ seed: UInt32) -> JSONValue {
    .object(
      schema.attributes.map { attribute in
        let value: JSONValue =
          switch attribute.type {
          case .string: .string("\(Program.name)-doctor-\(seed)")
          case .number: .string("-9\(seed).5")
          // Bytes of ours that no real key has.
          case .binary: "c3BhcnRhLWpvdXJuYWwtZG9jdG9y"
          }
        return .init(
          name: attribute.name.string, value: .object([.init(name: attribute.type.rawValue, value: value)]))
      })
  }
}

extension JSONValue {
  fileprivate func with(_ name: String, _ value: JSONValue) -> JSONValue {
    .object((objectValue ?? []) + [.init(name: name, value: value)])
  }
}

// MARK: Answers

extension Trial {
  /// What an answer shows.
  enum Answer: Hashable, Sendable {
    /// It is permitted.
    case allowed
    /// It is not; the service's words.
    case denied(String)
    /// A stand-in that lacks the call.
    case unknownToServer
    /// It was done although its condition can't hold.
    case wrote
    /// Neither yes nor no.
    case unclear(String)
  }

  private static let denials: Set<String> = [
    "AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorizedException",
  ]
  private static let misses: Set<String> = [
    "ConditionalCheckFailedException", "BackupNotFoundException", "ResourceNotFoundException",
  ]
  private static let longestWords = 300

  /// The action that a denial is about: the one that its words name, such as `kms:Decrypt`, else the trial's own.
  func action(deniedBy words: String) -> String {
    words.firstMatch(of: /to perform: ([a-z0-9-]+:[A-Za-z]+)/).map { String($0.1) } ?? action
  }

  /// What a success shows.
  var answerOfSuccess: Answer { isWrite ? .wrote : .allowed }

  /// What a failure shows.
  static func answer(of failure: CallFailure) -> Answer {
    guard case .service(let error) = failure else { return .unclear("\(failure)") }
    if denials.contains(error.code) { return .denied(String(error.message.prefix(longestWords))) }
    if error.status == 501 || error.code == "UnknownOperationException" { return .unknownToServer }
    if misses.contains(error.code) { return .allowed }
    let reasons = error.cancellationReasons.map(\.code)
    if error.code == "TransactionCanceledException" && reasons.contains("ConditionalCheckFailed") {
      return .allowed
    }
    return .unclear(String("\(failure)".prefix(longestWords)))
  }
}
