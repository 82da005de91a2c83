import DynamoJournalTables

/// A change of an item whose key and images are canonical DynamoDB JSON, as the journal keeps them: see `Change`.
package struct EncodedChange: Sendable {
  /// The table's name.
  package let table: String
  /// The item's key.
  package let key: [UInt8]
  /// The item before, or the touched attributes.
  package let before: [UInt8]?
  /// The item after, or the touched attributes.
  package let after: [UInt8]?

  /// A change.
  package init(table: String, key: [UInt8], before: [UInt8]?, after: [UInt8]?) {
    (self.table, self.key, self.before, self.after) = (table, key, before, after)
  }

  var kind: Change.Kind { before == nil ? .create : after == nil ? .delete : .update }
}
