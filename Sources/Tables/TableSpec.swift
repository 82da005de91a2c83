/// A global secondary index that projects all attributes.
public struct IndexSpec: Hashable, Sendable {
  /// The index's name.
  public let name: String
  /// The index's key.
  public let key: KeySchema

  /// An index.
  public init(name: String, key: KeySchema) {
    self.name = name
    self.key = key
  }
}

extension IndexSpec {
  /// Why an item can't be in the index although it has the key's attributes, as a clause; nil where there is no such reason.
  ///
  /// DynamoDB makes an index all the same and leaves such an item out, but from then on refuses each write that leaves the
  /// attribute as it is.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.ViolationDetection.html
  public func problem(with item: Item) -> String? { Validation.problem(with: item, in: self) }
}

/// What a table is made from: the image of a table in a table change.
public struct TableSpec: Hashable, Sendable {
  /// The table's name, 3 to 255 characters of `a-z A-Z 0-9 _ - .`
  public let name: String
  /// The table's key.
  public let key: KeySchema
  /// Its indexes, sorted by name.
  public let indexes: [IndexSpec]

  /// A table's specification.
  public init(name: String, key: KeySchema, indexes: [IndexSpec] = []) {
    self.name = name
    self.key = key
    self.indexes = indexes.sorted { $0.name < $1.name }
  }
}

/// A table as it stands.
public struct TableDescription: Hashable, Sendable {
  /// DynamoDB's table states that matter to us.
  public enum Status: String, Sendable {
    /// Being made.
    case creating = "CREATING"
    /// Being changed, an index being filled included.
    case updating = "UPDATING"
    /// Being removed.
    case deleting = "DELETING"
    /// Ready.
    case active = "ACTIVE"
  }

  /// Key and indexes.
  public let spec: TableSpec
  /// The state.
  public let status: Status
  /// Number of items. DynamoDB refreshes it about every six hours, so it is never exact there.
  public let itemCount: Int
  /// Size of the items in bytes, as fresh as `itemCount`.
  public let sizeBytes: Int

  /// A table's description.
  public init(spec: TableSpec, status: Status, itemCount: Int, sizeBytes: Int) {
    self.spec = spec
    self.status = status
    self.itemCount = itemCount
    self.sizeBytes = sizeBytes
  }
}
