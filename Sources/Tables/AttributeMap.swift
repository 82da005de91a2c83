/// Attributes by name, kept in the order of the names' bytes: the canonical order of a journaled image.
///
/// Items have few attributes, so a sorted array beats a hash table, and writing the canonical form needs no sort.
public struct AttributeMap: Hashable, Sendable {
  /// One attribute.
  public struct Entry: Hashable, Sendable {
    /// The attribute's name.
    public let name: Text
    /// The attribute's value.
    public var value: AttributeValue

    /// An attribute of that name and value.
    public init(name: Text, value: AttributeValue) {
      self.name = name
      self.value = value
    }
  }

  /// The attributes, sorted by name, each name once.
  public private(set) var entries: [Entry]

  /// No attributes.
  public init() { entries = [] }

  /// How many attributes there are.
  public var count: Int { entries.count }

  /// Whether there are none.
  public var isEmpty: Bool { entries.isEmpty }

  /// The names, sorted.
  public var names: [Text] { entries.map(\.name) }

  /// The attribute's value; setting nil removes it.
  public subscript(name: Text) -> AttributeValue? {
    get {
      let index = firstIndex(notBefore: name)
      return index < entries.count && entries[index].name == name ? entries[index].value : nil
    }
    set {
      let index = firstIndex(notBefore: name)
      let exists = index < entries.count && entries[index].name == name
      switch (exists, newValue) {
      case (true, let value?): entries[index].value = value
      case (true, nil): entries.remove(at: index)
      case (false, let value?): entries.insert(Entry(name: name, value: value), at: index)
      case (false, nil): break
      }
    }
  }

  /// Adds an attribute whose name is not there yet; false, and nothing added, when it is.
  ///
  /// Names that come in sorted order, as in canonical text, cost one comparison each.
  public mutating func add(_ name: Text, _ value: AttributeValue) -> Bool {
    if entries.last.map({ $0.name < name }) ?? true {
      entries.append(Entry(name: name, value: value))
      return true
    }
    let index = firstIndex(notBefore: name)
    if index < entries.count && entries[index].name == name { return false }
    entries.insert(Entry(name: name, value: value), at: index)
    return true
  }

  /// Only the attributes named.
  public func filtered(to names: some Sequence<Text>) -> AttributeMap {
    var result = AttributeMap()
    for name in names { result[name] = self[name] }
    return result
  }

  private func firstIndex(notBefore name: Text) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension AttributeMap: ExpressibleByDictionaryLiteral {
  /// A map from a literal; the last of two equal names wins.
  public init(dictionaryLiteral elements: (Text, AttributeValue)...) {
    self.init()
    for (name, value) in elements { self[name] = value }
  }
}

/// A whole item of a table, key attributes included.
public typealias Item = AttributeMap
