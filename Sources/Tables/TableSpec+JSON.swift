import DynamoJournalJSON

extension TableSpec {
  /// The canonical text: names sorted, partition key first, indexes sorted by name, no white space.
  ///
  /// `{"indexes":[{"key":[{"name":"discordId","type":"S"}],"name":"ByDiscord"}],"key":[…],"name":"t"}`
  package var jsonText: String { json.text(sorted: true) }

  /// The specification as JSON, as in `jsonText`.
  package var json: JSONValue {
    [
      "indexes": .array(indexes.map { ["key": $0.key.json, "name": .string($0.name)] }),
      "key": key.json,
      "name": .string(name),
    ]
  }

  /// Reads what `jsonText` writes, in any order and with white space.
  ///
  /// - Throws: `JSONError` when it is not JSON, else `TableSpecJSONError`.
  package init(jsonText: String) throws { try self.init(json: JSONValue(parsing: jsonText)) }

  /// Reads what `json` gives.
  package init(json: JSONValue) throws(TableSpecJSONError) {
    let table = try SpecObject(json, at: "", members: ["indexes", "key", "name"])
    let indexes = try table.array("indexes")
    var specs: [IndexSpec] = []
    for (position, index) in indexes.enumerated() {
      let object = try SpecObject(index, at: "indexes[\(position)]", members: ["key", "name"])
      let spec = IndexSpec(name: try object.string("name"), key: try object.keySchema("key"))
      if specs.contains(where: { $0.name == spec.name }) {
        throw TableSpecJSONError(.repeated, at: object.path("name"))
      }
      specs.append(spec)
    }
    self.init(name: try table.string("name"), key: try table.keySchema("key"), indexes: specs)
  }
}

extension KeySchema {
  fileprivate var json: JSONValue {
    .array(attributes.map { ["name": .string($0.name.string), "type": .string($0.type.rawValue)] })
  }
}

/// Why JSON is no table specification, and where.
package struct TableSpecJSONError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// There is no such member, or it has another type.
    case missing = "is missing or of the wrong type"
    /// A member that this version does not know, and would lose.
    case unknown = "is not known to this version"
    /// A key of no attribute, or of more than two.
    case keySize = "must hold one attribute or two"
    /// A key's type other than S, N and B.
    case keyType = "must be S, N or B"
    /// The same name twice.
    case repeated = "is used twice"
    /// A name of no characters.
    case empty = "is empty"
  }

  /// What is wrong.
  package let kind: Kind
  /// Where, such as `indexes[0].key`; empty for the whole.
  package let path: String

  init(_ kind: Kind, at path: String) {
    self.kind = kind
    self.path = path
  }
}

extension TableSpecJSONError: CustomStringConvertible {
  /// One sentence.
  package var description: String {
    "\(path.isEmpty ? "the table specification" : "'\(path)' of the table specification") \(kind.rawValue); "
      + "write it as {\"indexes\":[],\"key\":[{\"name\":\"id\",\"type\":\"S\"}],\"name\":\"table\"}"
  }
}

/// An object within a specification, and where it stands.
private struct SpecObject {
  let json: JSONValue
  let place: String

  init(_ json: JSONValue, at place: String, members: Set<String>) throws(TableSpecJSONError) {
    self.json = json
    self.place = place
    guard let found = json.objectValue else { throw TableSpecJSONError(.missing, at: place) }
    if let unknown = found.first(where: { !members.contains($0.name) }) {
      throw TableSpecJSONError(.unknown, at: path(unknown.name))
    }
  }

  func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

  func string(_ name: String) throws(TableSpecJSONError) -> String {
    guard let text = json[name]?.stringValue else { throw TableSpecJSONError(.missing, at: path(name)) }
    if text.isEmpty { throw TableSpecJSONError(.empty, at: path(name)) }
    return text
  }

  func array(_ name: String) throws(TableSpecJSONError) -> [JSONValue] {
    guard let elements = json[name]?.arrayValue else { throw TableSpecJSONError(.missing, at: path(name)) }
    return elements
  }

  func keySchema(_ name: String) throws(TableSpecJSONError) -> KeySchema {
    var attributes: [KeyAttribute] = []
    for (position, element) in try array(name).enumerated() {
      let object = try SpecObject(element, at: "\(path(name))[\(position)]", members: ["name", "type"])
      guard let type = KeyType(rawValue: try object.string("type")) else {
        throw TableSpecJSONError(.keyType, at: object.path("type"))
      }
      attributes.append(KeyAttribute(Text(try object.string("name")), type))
    }
    guard let partition = attributes.first, attributes.count <= 2 else {
      throw TableSpecJSONError(.keySize, at: path(name))
    }
    if attributes.count == 2 && attributes[1].name == partition.name {
      throw TableSpecJSONError(.repeated, at: path(name))
    }
    return KeySchema(partition: partition, sort: attributes.dropFirst().first)
  }
}
