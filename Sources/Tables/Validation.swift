/// DynamoDB's rules for what it is sent, so that every store refuses the same with the same names.
///
/// Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html and
/// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
package enum Validation {
  /// An item's size in bytes, names included.
  package static let maximumItemSize = 409_600
  /// Lists and maps inside each other.
  package static let maximumDepth = 32
  /// Bytes of a partition key.
  package static let maximumPartitionKeySize = 2_048
  /// Bytes of a sort key.
  package static let maximumSortKeySize = 1_024
  /// Global secondary indexes of a table.
  package static let maximumIndexes = 20
  /// Changes of one unit (`TransactWriteItems`).
  package static let maximumChangesPerUnit = 100
  /// Bytes of the items of one unit.
  package static let maximumUnitSize = 4 * 1_024 * 1_024
  /// Bytes of the items of one page of a scan.
  package static let maximumPageSize = 1_024 * 1_024
  /// Segments of a scan.
  package static let maximumSegments = 1_000_000

  /// What a name is the name of.
  package enum Named: String, Sendable {
    /// A table.
    case table
    /// An index.
    case index
    /// A backup.
    case backup
  }

  /// Checks the name of a table, index or backup: 3 to 255 letters, digits, `_`, `-` and `.`, all ASCII.
  package static func check(name: String, of named: Named) throws(StoreError) {
    let allowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard allowed, (3...255).contains(name.utf8.count) else {
      throw .validation(
        "the \(named.rawValue) name '\(name)' must be 3 to 255 characters of a-z, A-Z, 0-9, '_', '-' and '.'")
    }
  }

  /// Checks what a table shall be made from: names, keys, number and names of indexes.
  package static func check(_ spec: TableSpec) throws(StoreError) {
    try check(name: spec.name, of: .table)
    guard spec.indexes.count <= maximumIndexes else {
      throw .validation(
        "table '\(spec.name)' would have \(spec.indexes.count) indexes; DynamoDB allows \(maximumIndexes)")
    }
    try check(spec.key, named: "table '\(spec.name)'")
    var names: Set<String> = []
    for index in spec.indexes {
      try check(name: index.name, of: .index)
      try check(index.key, named: "index '\(index.name)'")
      guard names.insert(index.name).inserted else {
        throw .validation("table '\(spec.name)' would have two indexes named '\(index.name)'")
      }
    }
    try checkTypesAgree(spec)
  }

  private static func check(_ key: KeySchema, named name: String) throws(StoreError) {
    for attribute in key.attributes where !(1...255).contains(attribute.name.byteCount) {
      throw .validation("the key attributes of \(name) must have names of 1 to 255 bytes")
    }
    guard key.partition.name != key.sort?.name else {
      throw .validation("the key of \(name) names '\(key.partition.name)' twice")
    }
  }

  /// An attribute is defined once for a table, so all its keys must agree on its type.
  private static func checkTypesAgree(_ spec: TableSpec) throws(StoreError) {
    var types: [Text: KeyType] = [:]
    for attribute in spec.key.attributes + spec.indexes.flatMap(\.key.attributes) {
      if let type = types.updateValue(attribute.type, forKey: attribute.name), type != attribute.type {
        throw .validation(
          "attribute '\(attribute.name)' of table '\(spec.name)' is a key of type \(type.rawValue) and of type "
            + attribute.type.rawValue)
      }
    }
  }
}

extension ScanRequest {
  /// Checks segment and limit as `Scan` does.
  ///
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
  package func check() throws(StoreError) {
    guard (1...Validation.maximumSegments).contains(totalSegments) else {
      throw .validation("a scan has 1 to \(Validation.maximumSegments) segments, not \(totalSegments)")
    }
    guard (0..<totalSegments).contains(segment) else {
      throw .validation("segment \(segment) is not one of \(totalSegments), which count from 0")
    }
    if let limit, limit < 1 { throw .validation("the limit of a scan must be 1 or more, not \(limit)") }
  }
}
