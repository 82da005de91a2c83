import SpartaJournal

/// The names of attributes.
enum Attribute {
  static let discordID: Text = "discordId"
  static let discordUsername: Text = "discordUsername"
  static let walletAddress: Text = "walletAddress"
  static let isApproved: Text = "isApproved"
  static let wasSlashed: Text = "wasSlashed"
  static let validators: Text = "validators"
  static let validatorAddress: Text = "validatorAddress"
  static let nodeOperatorID: Text = "nodeOperatorId"
  static let slot: Text = "slot"
  static let status: Text = "status"
  static let timestamp: Text = "timestamp"
  static let createdAt: Text = "createdAt"
  static let updatedAt: Text = "updatedAt"
}

/// Keys and indexes of the Sparta tables, as they are to be.
enum Design {
  static let operators = KeySchema(partition: KeyAttribute(Attribute.discordID, .string))
  /// Operators as 06 leaves them.
  static let operatorsByAddress = KeySchema(partition: KeyAttribute("address", .string))
  static let validators = KeySchema(partition: KeyAttribute(Attribute.validatorAddress, .string))
  static let history = KeySchema(
    partition: KeyAttribute(Attribute.validatorAddress, .string), sort: KeyAttribute(Attribute.slot, .number))

  static let walletIndex = index("WalletAddressIndex", Attribute.walletAddress)
  static let usernameIndex = index("DiscordUsernameIndex", Attribute.discordUsername)
  static let nodeOperatorIndex = index("NodeOperatorIndex", Attribute.nodeOperatorID)

  private static func index(_ name: String, _ attribute: Text) -> IndexSpec {
    IndexSpec(name: name, key: KeySchema(partition: KeyAttribute(attribute, .string)))
  }
}

extension ConfiguredTable {
  /// The table as it stands.
  ///
  /// - Throws: `Refusal` when it is missing or has none of those keys.
  func require(
    _ settings: Settings, _ tables: TableReader, key allowed: KeySchema...
  ) async throws -> TableDescription {
    let found = try await tables.require(name(in: settings), variable: variable)
    try requireKey(found.spec, allowed)
    return found
  }

  func requireKey(_ spec: TableSpec, _ allowed: [KeySchema]) throws {
    if allowed.contains(spec.key) { return }
    let wanted = allowed.map(\.description).joined(separator: " or ")
    throw Refusal(
      "table '\(spec.name)' has the key \(spec.key), and the migration needs \(wanted)",
      remedy: "set \(variable) to the table that is meant")
  }
}

extension TableSpec {
  /// The table with one more index.
  func adding(_ index: IndexSpec) -> TableSpec {
    TableSpec(name: name, key: key, indexes: indexes + [index])
  }

  /// Whether the table lacks that index.
  ///
  /// - Throws: `Refusal` when it has another one of that name.
  func lacks(_ index: IndexSpec) throws -> Bool {
    guard let standing = indexes.first(where: { $0.name == index.name }) else { return true }
    guard standing == index else {
      throw Refusal(
        "index '\(index.name)' of table '\(name)' has the key \(standing.key), and it must be \(index.key)",
        remedy: "delete the index, then run the migration again")
    }
    return false
  }
}

/// Text that is fit to be a partition key of type S, once it is not blank.
///
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys
enum KeyLimits {
  private static let longestPartitionKey = 2_048

  static func isUsable(_ text: String) -> Bool {
    !text.allSatisfy(\.isWhitespace) && text.utf8.count <= longestPartitionKey
  }
}
