import DynamoJournalJSON
import DynamoJournalRunner
import DynamoJournalTables

/// Tables, items and replies as the Sparta system has them.
package enum Sparta {
  /// The source's name.
  package static let old = "operators"
  /// The target's name.
  package static let new = "operators-by-address"

  /// Node operators before 06.
  package static func oldTable(_ name: String = old) -> TableSpec {
    TableSpec(
      name: name, key: byDiscord,
      indexes: [
        IndexSpec(
          name: "WalletAddressIndex", key: KeySchema(partition: KeyAttribute("walletAddress", .string)))
      ])
  }

  /// Node operators after 06.
  package static func newTable(_ name: String = new) -> TableSpec {
    TableSpec(
      name: name, key: KeySchema(partition: KeyAttribute("address", .string)),
      indexes: [IndexSpec(name: "DiscordIdIndex", key: byDiscord)])
  }

  private static let byDiscord = KeySchema(partition: KeyAttribute("discordId", .string))

  /// An operator with attributes of every type.
  package static func anOperator(_ id: String, _ more: Item = [:]) -> Item {
    var item: Item = [
      "discordId": .string(id), "walletAddress": .string("0xWallet\(id)"), "isApproved": .bool(true),
      "createdAt": .number(1_748_000_000_123), "slashedBy": .null, "photo": .binary([0, 255, 16]),
      "roles": .stringSet(["operator", "sentinel"]),
      "epochs": .numberSet([DecimalNumber(1), DecimalNumber(2)]),
      "keys": .binarySet([[1], [2, 3]]),
      "socials": .map(["x": .string("zoë"), "langs": .list([.string("el")])]),
    ]
    for entry in more.entries { item[entry.name] = entry.value }
    return item
  }

  /// A whole address from a few hexadecimal digits behind `0x`; anything else is left as it is.
  package static func address(_ short: String) -> String {
    let digits = short.dropFirst(2)
    guard short.hasPrefix("0x"), !digits.isEmpty, digits.allSatisfy(\.isHexDigit) else { return short }
    return "0x" + String(repeating: "0", count: max(0, 40 - digits.count)) + digits
  }

  /// The operator's item in the target.
  package static func moved(_ item: Item, to address: String) -> Item {
    var moved = item
    moved["address"] = .string(Sparta.address(address))
    return moved
  }

  /// A validator as the API has it.
  package static func validator(_ address: String, _ operatorID: String?, slot: JSONValue? = 1) -> JSONValue {
    var members = [
      JSONValue.Member(name: "address", value: .string(Sparta.address(address))),
      JSONValue.Member(name: "operatorId", value: operatorID.map { .string($0) } ?? .null),
      JSONValue.Member(name: "hasAttested24h", value: true),
    ]
    if let slot { members.append(JSONValue.Member(name: "lastAttestationSlot", value: slot)) }
    return .object(members)
  }

  /// The reply of `/api/validator/validators`.
  package static func reply(_ validators: [JSONValue]) -> String {
    let reply: JSONValue = [
      "success": true,
      "data": ["validators": .array(validators), "stats": ["totalValidators": .number(validators.count)]],
    ]
    return reply.text()
  }

  /// The settings of a run on the sample tables.
  package static func settings(
    _ more: [String: String] = [:], options: Set<MigrationOption> = [], testMode: Bool = false,
    limit: Int? = nil
  ) -> Settings {
    let variables = [
      "NODE_OPERATORS_TABLE_NAME": old, "NEW_NODE_OPERATORS_TABLE_NAME": new, "API_URL": "file:///api",
      "VALIDATORS_TABLE_NAME": validators,
    ]
    return Settings(
      variables: variables.merging(more) { $1 }, options: options, testMode: testMode, limit: limit)
  }

  // MARK: 00 to 05

  /// The validators table's name.
  package static let validators = "validators"

  /// The validators table, with its index unless that is left out.
  package static func validatorsTable(_ name: String = validators, withIndex: Bool = true) -> TableSpec {
    let index = IndexSpec(
      name: "NodeOperatorIndex", key: KeySchema(partition: KeyAttribute("nodeOperatorId", .string)))
    return TableSpec(
      name: name, key: KeySchema(partition: KeyAttribute("validatorAddress", .string)),
      indexes: withIndex ? [index] : [])
  }

  /// A validator of the table, with attributes that no migration knows.
  package static func validatorItem(_ address: String, _ operatorID: String?, _ more: Item = [:]) -> Item {
    var item: Item = [
      "validatorAddress": .string(address), "createdAt": .number(1_748_000_000_123),
      "updatedAt": .number(1_748_000_000_124), "seenIn": .numberSet([DecimalNumber(7)]),
    ]
    if let operatorID { item["nodeOperatorId"] = .string(operatorID) }
    return item.with(more)
  }

  /// The reply of `/api/operator/validators`.
  package static func onChain(_ addresses: [String]) -> String {
    let known: JSONValue = ["validators": []]
    let set: JSONValue = ["validators": .array(addresses.map { .string($0) })]
    let reply: JSONValue = [
      "data": ["knownValidators": known, "blockchainValidators": set], "success": true,
    ]
    return reply.text()
  }

  /// A page of `/api/operator/operators`: operators by id and wallet.
  package static func operators(_ pairs: [(id: String, wallet: String)], next: String? = nil) -> String {
    let entries = pairs.map {
      ["discordId": .string($0.id), "walletAddress": .string($0.wallet)] as JSONValue
    }
    let reply: JSONValue = [
      "operators": .array(entries), "nextPageToken": next.map { .string($0) } ?? .null,
    ]
    return reply.text()
  }
}
