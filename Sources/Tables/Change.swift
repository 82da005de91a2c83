/// One intended change of one item: what it is before, and what it shall be after.
///
/// `before == nil` creates, `after == nil` deletes; both images are then the whole item. With both there, it is an
/// update, and the images hold only the attributes that it touches: one that is in `before` alone is removed, one
/// that is in `after` alone is added. Key attributes are in no image of an update.
public struct Change: Hashable, Sendable {
  /// The table's name.
  public let table: String
  /// The item's key.
  public let key: Key
  /// The item before, or the touched attributes.
  public let before: Item?
  /// The item after, or the touched attributes.
  public let after: Item?

  /// A change.
  public init(table: String, key: Key, before: Item?, after: Item?) {
    self.table = table
    self.key = key
    self.before = before
    self.after = after
  }

  /// What a change does to its item.
  public enum Kind: String, Sendable, CaseIterable {
    /// There was no such item.
    case create
    /// The item stays, some of its attributes change.
    case update
    /// The item goes.
    case delete
  }

  /// Whether the change creates, updates or deletes.
  public var kind: Kind { before == nil ? .create : after == nil ? .delete : .update }

  /// The change that takes this one back.
  public var inverse: Change { Change(table: table, key: key, before: after, after: before) }

  /// The names of the attributes that an update touches, sorted.
  public var touched: [Text] { Set((before?.names ?? []) + (after?.names ?? [])).sorted() }

  /// Whether `item`, as found in the table (nil: no such item), is what `image` says of it.
  ///
  /// An update looks at the attributes it touches; a create or a delete looks at all.
  public func matches(_ item: Item?, image: Item?) -> Bool {
    guard kind == .update else { return item == image }
    guard let item, let image else { return false }
    return touched.allSatisfy { item[$0] == image[$0] }
  }
}

extension Change {
  /// The change from one whole image of an item to another; nil when they are the same.
  package static func between(_ spec: TableSpec, _ key: Key, _ before: Item?, _ after: Item?) -> Change? {
    guard before != after else { return nil }
    guard let before, let after else {
      return Change(table: spec.name, key: key, before: before, after: after)
    }
    let names = Set(before.names + after.names).filter { before[$0] != after[$0] }.sorted()
    return Change(
      table: spec.name, key: key, before: before.filtered(to: names), after: after.filtered(to: names))
  }
}

/// An intended change of a table: nil → spec creates it, spec → nil deletes it, spec → spec adds or removes indexes.
public struct TableChange: Hashable, Sendable {
  /// The table before.
  public let before: TableSpec?
  /// The table after.
  public let after: TableSpec?

  /// A table change; one of the two images must be there.
  public init(before: TableSpec?, after: TableSpec?) {
    precondition(before != nil || after != nil, "a table change needs an image")
    self.before = before
    self.after = after
  }

  /// The table's name.
  public var table: String { after?.name ?? before?.name ?? "" }

  /// The change that takes this one back.
  public var inverse: TableChange { TableChange(before: after, after: before) }
}
