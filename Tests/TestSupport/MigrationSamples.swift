import JSON
import Runner
import Tables

/// Tables, items and replies as the Sparta system has them.
public enum Sparta {
  /// The source's name.
  public static let old = "operators"
  /// The target's name.
  public static let new = "operators-by-address"

  /// Node operators before 06.
  public static func oldTable(_ name: String = old) -> TableSpec {
    TableSpec(
      name: name, key: byDiscord,
      indexes: [
        IndexSpec(
          name: "WalletAddressIndex", key: KeySchema(partition: KeyAttribute("walletAddress", .string)))
      ])
  }

  /// Node operators after 06.
  public static func newTable(_ name: String = new) -> TableSpec {
    TableSpec(
      name: name, key: KeySchema(partition: KeyAttribute("address", .string)),
      indexes: [IndexSpec(name: "DiscordIdIndex", key: byDiscord)])
  }

  private static let byDiscord = KeySchema(partition: KeyAttribute("discordId", .string))

  /// An operator with attributes of every type.
  public static func anOperator(_ id: String, _ more: Item = [:]) -> Item {
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

  /// The operator's item in the target.
  public static func moved(_ item: Item, to address: String) -> Item {
    var moved = item
    moved["address"] = .string(address)
    return moved
  }

  /// A validator as the API has it.
  public static func validator(_ address: String, _ operatorID: String?, slot: JSONValue? = 1) -> JSONValue {
    var members = [
      JSONValue.Member(name: "address", value: .string(address)),
      JSONValue.Member(name: "operatorId", value: operatorID.map { .string($0) } ?? .null),
      JSONValue.Member(name: "hasAttested24h", value: true),
    ]
    if let slot { members.append(JSONValue.Member(name: "lastAttestationSlot", value: slot)) }
    return .object(members)
  }

  /// The reply of `/api/validator/validators`.
  public static func reply(_ validators: [JSONValue]) -> String {
    let reply: JSONValue = [
      "success": true,
      "data": ["validators": .array(validators), "stats": ["totalValidators": .number(validators.count)]],
    ]
    return reply.text()
  }

  /// The settings of 06 on the two sample tables.
  public static func settings(
    _ more: [String: String] = [:], flags: Set<MigrationFlag> = [], testMode: Bool = false, limit: Int? = nil
  ) -> Settings {
    let variables = [
      "NODE_OPERATORS_TABLE_NAME": old, "NEW_NODE_OPERATORS_TABLE_NAME": new, "API_URL": "file:///api",
    ]
    return Settings(
      variables: variables.merging(more) { $1 }, flags: flags, testMode: testMode, limit: limit)
  }
}
