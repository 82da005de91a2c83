/// The types that a key attribute may have.
public enum KeyType: String, Hashable, Sendable, CaseIterable {
  /// A string of 1 byte or more.
  case string = "S"
  /// A number.
  case number = "N"
  /// Binary of 1 byte or more.
  case binary = "B"
}

/// A key attribute: its name and type.
public struct KeyAttribute: Hashable, Sendable {
  /// The attribute's name.
  public let name: Text
  /// The attribute's type.
  public let type: KeyType

  /// A key attribute.
  public init(_ name: Text, _ type: KeyType) {
    self.name = name
    self.type = type
  }
}

/// The key of a table or index: a partition key and perhaps a sort key.
public struct KeySchema: Hashable, Sendable {
  /// The partition (hash) key.
  public let partition: KeyAttribute
  /// The sort (range) key.
  public let sort: KeyAttribute?

  /// A key schema.
  public init(partition: KeyAttribute, sort: KeyAttribute? = nil) {
    self.partition = partition
    self.sort = sort
  }

  /// Partition key, then sort key where there is one.
  public var attributes: [KeyAttribute] { [partition] + (sort.map { [$0] } ?? []) }

  /// The key of an item, or nil when the item lacks a key attribute or has it in another type.
  public func key(of item: Item) -> Key? {
    var key = AttributeMap()
    for attribute in attributes {
      guard let value = item[attribute.name], value.typeName == attribute.type.rawValue else { return nil }
      key[attribute.name] = value
    }
    return Key(key)
  }
}

extension KeySchema: CustomStringConvertible {
  /// For example `discordId:S` or `validatorAddress:S,slot:N`.
  public var description: String {
    attributes.map { "\($0.name):\($0.type.rawValue)" }.joined(separator: ",")
  }
}

/// The key attributes of one item.
public struct Key: Hashable, Sendable {
  /// One attribute or two.
  public let attributes: AttributeMap

  /// A key made of these attributes.
  public init(_ attributes: AttributeMap) { self.attributes = attributes }
}

extension Key: CustomStringConvertible {
  /// As a person types it on the command line: `validatorAddress=0xab,slot=48211`.
  public var description: String {
    attributes.entries.map { "\($0.name)=\(Key.plain($0.value))" }.joined(separator: ",")
  }

  private static func plain(_ value: AttributeValue) -> String {
    switch value {
    case .string(let text): text.string
    case .number(let number): number.text
    default: DynamoDBJSON.text(value)
    }
  }
}
