import Crypto
import DynamoJournalJSON
import DynamoJournalTables

/// One change as DynamoDB is told of it, alone or as an action of a transaction.
struct WriteRequest {
  /// An action's name in a transaction.
  enum Action: String {
    case put = "Put"
    case update = "Update"
    case delete = "Delete"
    /// An update that changes nothing still needs its condition, and a transaction takes no empty update.
    case check = "ConditionCheck"
  }

  let action: Action
  private let body: RequestBody

  /// The request for a change.
  ///
  /// - Throws: `StoreError` when an update touches more than one expression can hold.
  init(_ change: Change, key: KeySchema) throws(StoreError) {
    let expression = WriteExpression(change, key: key)
    var body = RequestBody(table: change.table)
    switch change.kind {
    case .create:
      action = .put
      body.add("Item", item: change.after ?? Item())
    case .update:
      guard expression.isWhole else {
        throw Validation.tooManyAttributes(change)
      }
      action = expression.update == nil ? .check : .update
      body.add("Key", item: change.key.attributes)
    case .delete:
      action = .delete
      body.add("Key", item: change.key.attributes)
    }
    expression.add(to: &body)
    body.add("ReturnValuesOnConditionCheckFailure", "ALL_OLD")
    self.body = body
  }

  /// The change on its own.
  var single: (operation: Operation, body: [UInt8]) {
    var body = body
    body.add("ReturnConsumedCapacity", "TOTAL")
    let operation: Operation =
      switch action {
      case .put: .putItem
      case .update, .check: .updateItem
      case .delete: .deleteItem
      }
    return (operation, body.finished)
  }

  /// The change as an element of `TransactItems`.
  var element: [UInt8] {
    var element = RequestBody()
    element.add(action.rawValue, raw: body.finished)
    return element.finished
  }

  /// The body of a transaction.
  ///
  /// The token makes DynamoDB answer a repetition without doing it again, for 10 minutes. It depends on what is written
  /// and on the series of attempts: the same unit, sent once more after it was undone, must not be taken for a repetition.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
  static func transaction(_ requests: [WriteRequest], series: [UInt8]) -> [UInt8] {
    let elements = requests.map(\.element)
    var hash = SHA256()
    hash.update(data: series)
    for element in elements { hash.update(data: element) }
    var body = RequestBody()
    body.add("TransactItems", elements: elements)
    body.add("ClientRequestToken", .string(String(SigV4.hexadecimal(hash.finalize()).prefix(36))))
    body.add("ReturnConsumedCapacity", "TOTAL")
    return body.finished
  }
}
