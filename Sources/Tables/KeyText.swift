import DynamoJournalProgram

/// Reads keys as people type them.
package enum KeyText {
  /// Reads `discordId=904664241544495154`, `validatorAddress=0xab,slot=48211` or DynamoDB JSON.
  ///
  /// Types and names come from the table's key. A value may hold commas and equals signs: only the names of the key's
  /// attributes cut the text.
  ///
  /// - Throws: `KeyTextError`.
  package static func key(_ text: String, of schema: KeySchema) throws -> Key {
    let item = try text.hasPrefix("{") ? json(text) : plain(text, schema)
    guard item.count == schema.attributes.count, let key = schema.key(of: item) else {
      throw KeyTextError(text: text, schema: schema)
    }
    return key
  }

  private static func json(_ text: String) throws -> Item {
    try DynamoDBJSON.item(from: Array(text.utf8))
  }

  private static func plain(_ text: String, _ schema: KeySchema) throws -> Item {
    var item = Item()
    var names = schema.attributes
    var rest = Substring(text)
    while !names.isEmpty {
      guard let index = names.firstIndex(where: { rest.hasPrefix($0.name.string + "=") }) else {
        throw KeyTextError(text: text, schema: schema)
      }
      let attribute = names.remove(at: index)
      rest = rest.dropFirst(attribute.name.string.count + 1)
      let end = names.compactMap { rest.firstRange(of: ",\($0.name)=")?.lowerBound }.min() ?? rest.endIndex
      item[attribute.name] = try value(String(rest[..<end]), attribute.type)
      rest = rest[end...].dropFirst()
    }
    return item
  }

  private static func value(_ text: String, _ type: KeyType) throws -> AttributeValue {
    switch type {
    case .string: .string(text)
    case .number: .number(try DecimalNumber(text))
    case .binary: try DynamoDBJSON.value(from: Array(#"{"B":"\#(text)"}"#.utf8))
    }
  }
}

/// A text that is not a key of its table.
package struct KeyTextError: ExplainedError, Hashable, Sendable {
  /// What was typed.
  package let text: String
  /// The table's key.
  package let schema: KeySchema

  package var explanation: Explanation {
    let example = schema.attributes.map { "\($0.name)=…" }.joined(separator: ",")
    return Explanation(
      "'\(text)' is not a key of this table, whose key is \(schema)", "write \(example), or DynamoDB JSON")
  }
  package var errorClass: ErrorClass { .usage }
  package var exitStatus: ExitStatus { .usage }
}
