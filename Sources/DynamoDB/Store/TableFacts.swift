import DynamoJournalJSON
import DynamoJournalTables

/// A table as `DescribeTable` gives it.
///
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
struct TableFacts {
  let name: String
  let arn: String
  let status: String
  let spec: TableSpec
  /// The state of each index by its name, such as `CREATING`.
  let indexStates: [String: String]
  /// The whole description.
  let json: JSONValue

  /// Reads a description; nil when something that must be there isn't.
  init?(_ json: JSONValue) {
    guard let name = json["TableName"]?.stringValue, let status = json["TableStatus"]?.stringValue
    else { return nil }
    var types: [String: KeyType] = [:]
    for definition in json["AttributeDefinitions"]?.arrayValue ?? [] {
      guard let attribute = definition["AttributeName"]?.stringValue else { return nil }
      types[attribute] = definition["AttributeType"]?.stringValue.flatMap(KeyType.init)
    }
    guard let key = Self.key(json["KeySchema"], types) else { return nil }
    var indexes: [IndexSpec] = []
    var states: [String: String] = [:]
    for index in json["GlobalSecondaryIndexes"]?.arrayValue ?? [] {
      guard let indexName = index["IndexName"]?.stringValue, let key = Self.key(index["KeySchema"], types)
      else { return nil }
      let state = index["IndexStatus"]?.stringValue ?? "ACTIVE"
      states[indexName] = state
      if state != "DELETING" { indexes.append(IndexSpec(name: indexName, key: key)) }
    }
    self.name = name
    self.arn = json["TableArn"]?.stringValue ?? ""
    self.status = status
    self.spec = TableSpec(name: name, key: key, indexes: indexes)
    self.indexStates = states
    self.json = json
  }

  private static func key(_ schema: JSONValue?, _ types: [String: KeyType]) -> KeySchema? {
    var attributes: [String: KeyAttribute] = [:]
    for element in schema?.arrayValue ?? [] {
      guard let name = element["AttributeName"]?.stringValue, let role = element["KeyType"]?.stringValue,
        let type = types[name]
      else { return nil }
      attributes[role] = KeyAttribute(Text(name), type)
    }
    return attributes["HASH"].map { KeySchema(partition: $0, sort: attributes["RANGE"]) }
  }

  /// Whether table and indexes may be read and written.
  var isReady: Bool { status == "ACTIVE" && indexStates.values.allSatisfy { $0 == "ACTIVE" } }

  /// The description as all stores give it; nil for a state in which the table is of no use, such as `ARCHIVED`.
  var description: TableDescription? {
    guard var status = TableDescription.Status(rawValue: status) else { return nil }
    if status == .active && !isReady { status = .updating }
    return TableDescription(
      spec: spec, status: status, itemCount: Int(json["ItemCount"]?.integerValue ?? 0),
      sizeBytes: Int(json["TableSizeBytes"]?.integerValue ?? 0))
  }

  /// What an index must be given on a table that is not billed by request.
  var provisionedThroughput: JSONValue? {
    if json["BillingModeSummary"]?["BillingMode"]?.stringValue == "PAY_PER_REQUEST" { return nil }
    guard let read = json["ProvisionedThroughput"]?["ReadCapacityUnits"]?.integerValue,
      let write = json["ProvisionedThroughput"]?["WriteCapacityUnits"]?.integerValue, read > 0, write > 0
    else { return nil }
    return ["ReadCapacityUnits": .number(read), "WriteCapacityUnits": .number(write)]
  }
}

extension TableSpec {
  /// The body of `CreateTable`.
  var creation: [UInt8] {
    var body = RequestBody(table: name)
    body.add("AttributeDefinitions", TableSpec.definitions([key] + indexes.map(\.key)))
    body.add("KeySchema", key.json)
    if !indexes.isEmpty { body.add("GlobalSecondaryIndexes", .array(indexes.map { $0.creation() })) }
    body.add("BillingMode", "PAY_PER_REQUEST")
    return body.finished
  }

  /// Each key attribute once, in the order of the names.
  static func definitions(_ keys: [KeySchema]) -> JSONValue {
    let attributes = Set(keys.flatMap(\.attributes)).sorted { $0.name < $1.name }
    return .array(
      attributes.map {
        ["AttributeName": .string($0.name.string), "AttributeType": .string($0.type.rawValue)]
      })
  }
}

extension IndexSpec {
  /// The index in a request.
  func creation(throughput: JSONValue? = nil) -> JSONValue {
    var members = [
      JSONValue.Member(name: "IndexName", value: .string(name)),
      JSONValue.Member(name: "KeySchema", value: key.json),
      JSONValue.Member(name: "Projection", value: ["ProjectionType": "ALL"]),
    ]
    if let throughput {
      members.append(JSONValue.Member(name: "ProvisionedThroughput", value: throughput))
    }
    return .object(members)
  }
}

extension KeySchema {
  fileprivate var json: JSONValue {
    let roles = zip(attributes, ["HASH", "RANGE"])
    return .array(roles.map { ["AttributeName": .string($0.name.string), "KeyType": .string($1)] })
  }
}
