import DynamoJournalJSON
import DynamoJournalTables

extension DynamoDBStore {
  /// What a restore from a backup does not bring back, as text by name: `timeToLive`, `stream`, `pointInTimeRecovery`,
  /// `deletionProtection`, `tableClass`, and a `tag.NAME` for each tag.
  ///
  /// Auto scaling, alarms and policies are lost too and live in other services. What a server does not know or the
  /// caller may not see is left out; `unread` then names the calls.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
  /// - Throws: `StoreError`.
  package func settings(of table: String) async throws -> [String: String] {
    guard let facts = try await facts(of: table) else { throw await noTable(table) }
    var settings = Self.described(facts.json)
    var unread: [String] = []
    let table = RequestBody(table: table)
    if let fields = try await optional(.describeTimeToLive, table, &unread) {
      settings["timeToLive"] = Self.timeToLive(try Self.read(.describeTimeToLive) { try fields.all() })
    }
    if let fields = try await optional(.describeContinuousBackups, table, &unread) {
      let reply = try Self.read(.describeContinuousBackups) { try fields.all() }
      settings["pointInTimeRecovery"] = Self.recovery(reply)
    }
    for (name, value) in try await tags(of: facts.arn, &unread) { settings["tag.\(name)"] = value }
    if !unread.isEmpty { settings["unread"] = unread.joined(separator: ",") }
    return settings
  }

  /// What `create` does not make: `provisionedThroughput` and `provisionedThroughput.INDEX` (tables are made to be billed by
  /// request), `projection.INDEX` where it is not ALL, `localIndex.NAME`, and `encryption` by a key of one's own.
  ///
  /// - Throws: `StoreError`.
  package func settingsBeyondSpec(of table: String) async throws -> [String: String] {
    guard let facts = try await facts(of: table) else { throw await noTable(table) }
    var settings: [String: String] = [:]
    let isProvisioned = facts.provisionedThroughput != nil
    if isProvisioned { settings["provisionedThroughput"] = Self.throughput(facts.json) }
    for index in facts.json["GlobalSecondaryIndexes"]?.arrayValue ?? [] {
      let name = index["IndexName"]?.stringValue ?? ""
      settings["projection.\(name)"] = Self.projection(index)
      if isProvisioned { settings["provisionedThroughput.\(name)"] = Self.throughput(index) }
    }
    for index in facts.json["LocalSecondaryIndexes"]?.arrayValue ?? [] {
      let key = (index["KeySchema"]?.arrayValue ?? []).compactMap { $0["AttributeName"]?.stringValue }
      settings["localIndex.\(index["IndexName"]?.stringValue ?? "")"] = key.joined(separator: ",")
    }
    settings["encryption"] = facts.json["SSEDescription"]?["KMSMasterKeyArn"]?.stringValue
    return settings
  }

  /// As the AWS CLI takes it: `ReadCapacityUnits=5,WriteCapacityUnits=5`.
  private static func throughput(_ json: JSONValue) -> String? {
    guard let read = json["ProvisionedThroughput"]?["ReadCapacityUnits"]?.integerValue,
      let write = json["ProvisionedThroughput"]?["WriteCapacityUnits"]?.integerValue
    else { return nil }
    return "ReadCapacityUnits=\(read),WriteCapacityUnits=\(write)"
  }

  private static func projection(_ index: JSONValue) -> String? {
    guard let type = index["Projection"]?["ProjectionType"]?.stringValue, type != "ALL" else { return nil }
    let attributes = index["Projection"]?["NonKeyAttributes"]?.arrayValue?.compactMap(\.stringValue) ?? []
    return ([type] + attributes).joined(separator: ",")
  }

  private func tags(of arn: String, _ unread: inout [String]) async throws -> [String: String] {
    var tags: [String: String] = [:]
    var next: JSONValue?
    var watch = ListWatch(.listTagsOfResource)
    repeat {
      var body = RequestBody()
      body.add("ResourceArn", .string(arn))
      if let next { body.add("NextToken", next) }
      guard let fields = try await optional(.listTagsOfResource, body, &unread) else { return tags }
      let reply = try Self.read(.listTagsOfResource) { try fields.all() }
      for tag in reply["Tags"]?.arrayValue ?? [] {
        if let name = tag["Key"]?.stringValue { tags[name] = tag["Value"]?.stringValue ?? "" }
      }
      next = try watch.check(reply["NextToken"])
    } while next != nil
    return tags
  }

  /// A reply, or nil and a name in `unread` when the server refuses.
  private func optional(
    _ operation: Operation, _ body: RequestBody, _ unread: inout [String]
  ) async throws -> JSONFields? {
    do {
      return try await call(operation, body, on: nil)
    } catch let error as StoreError where error.kind == .refused {
      unread.append(operation.name)
      return nil
    }
  }

  private static func described(_ table: JSONValue) -> [String: String] {
    var settings: [String: String] = [:]
    if table["StreamSpecification"]?["StreamEnabled"]?.boolValue == true {
      settings["stream"] = table["StreamSpecification"]?["StreamViewType"]?.stringValue ?? "on"
    }
    if table["DeletionProtectionEnabled"]?.boolValue == true { settings["deletionProtection"] = "on" }
    settings["tableClass"] = table["TableClassSummary"]?["TableClass"]?.stringValue
    return settings
  }

  private static func timeToLive(_ reply: JSONValue) -> String? {
    let description = reply["TimeToLiveDescription"]
    guard ["ENABLED", "ENABLING"].contains(description?["TimeToLiveStatus"]?.stringValue) else { return nil }
    return description?["AttributeName"]?.stringValue
  }

  private static func recovery(_ reply: JSONValue) -> String? {
    let recovery = reply["ContinuousBackupsDescription"]?["PointInTimeRecoveryDescription"]
    guard recovery?["PointInTimeRecoveryStatus"]?.stringValue == "ENABLED" else { return nil }
    return recovery?["RecoveryPeriodInDays"]?.numberText.map { "\($0) days" } ?? "on"
  }
}
