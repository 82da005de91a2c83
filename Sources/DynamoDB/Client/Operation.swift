import DynamoJournalTables

/// A call by its name in the API.
///
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
struct Operation: Hashable, Sendable {
  /// What a call uses of a table's capacity.
  enum Lane: Hashable, Sendable, CaseIterable {
    case read, write
  }

  /// The name in `X-Amz-Target`.
  let name: String
  /// Nil for calls of the control plane, which use no capacity.
  let lane: Lane?

  init(_ name: String, _ lane: Lane? = nil) {
    self.name = name
    self.lane = lane
  }

  static let getItem = Operation("GetItem", .read)
  static let batchGetItem = Operation("BatchGetItem", .read)
  static let scan = Operation("Scan", .read)

  static let putItem = Operation("PutItem", .write)
  static let updateItem = Operation("UpdateItem", .write)
  static let deleteItem = Operation("DeleteItem", .write)
  static let batchWriteItem = Operation("BatchWriteItem", .write)
  static let transactWriteItems = Operation("TransactWriteItems", .write)

  static let listTables = Operation("ListTables")
  static let describeTable = Operation("DescribeTable")
  static let createTable = Operation("CreateTable")
  static let updateTable = Operation("UpdateTable")
  static let deleteTable = Operation("DeleteTable")

  static let createBackup = Operation("CreateBackup")
  static let describeBackup = Operation("DescribeBackup")
  static let listBackups = Operation("ListBackups")
  static let deleteBackup = Operation("DeleteBackup")
  static let restoreTableFromBackup = Operation("RestoreTableFromBackup")

  static let describeTimeToLive = Operation("DescribeTimeToLive")
  static let listTagsOfResource = Operation("ListTagsOfResource")
  static let describeContinuousBackups = Operation("DescribeContinuousBackups")
}

/// A partition key of a table: what DynamoDB holds back when it is hot.
struct PaceKey: Hashable, Sendable {
  let table: String
  /// The partition key's value.
  let partition: AttributeValue
}

/// One request, before it is signed.
struct Call: Sendable {
  let operation: Operation
  let body: [UInt8]
  /// For the log and for errors.
  var table: String?
  /// What is written or read, where that is known.
  var keys: [PaceKey] = []
}
