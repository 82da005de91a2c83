/// How many changes of a plan touch an attribute: of the items that are updated, and of those that move to another key.
package struct AttributeTally: Codable, Hashable, Sendable {
  /// The attribute's name; nil for all the names for which there was no more room.
  package var name: String?
  /// Items that get it.
  package var added: Int
  /// Items in which it gets another value.
  package var changed: Int
  /// Items that lose it.
  package var removed: Int

  /// A tally.
  package init(name: String?, added: Int = 0, changed: Int = 0, removed: Int = 0) {
    self.name = name
    self.added = added
    self.changed = changed
    self.removed = removed
  }
}
