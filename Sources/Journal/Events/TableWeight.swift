/// Sizes of what a plan writes to one table, by the rules that DynamoDB charges by, and what is known of the table: what a
/// forecast is made from.
package struct TableWeight: Codable, Hashable, Sendable {
  /// What is written item by item.
  package var alone = WriteWeight()
  /// What is written in transactions.
  package var inTransactions = WriteWeight()
  /// Write units of the entries in indexes of items that are created or deleted.
  package var indexUnits = 0
  /// Entries in indexes that are written for items that are updated.
  package var updatedEntries = 0
  /// Read units of the look that is taken at each item before it is deleted.
  package var readUnits = 0
  /// Items of the table when the plan was sealed, as far as the target knew; nil where there was no table.
  package var items: Int?
  /// Bytes of those items.
  package var bytes: Int?

  /// Nothing written so far.
  package init() {}
}

/// Sizes of items that are written.
package struct WriteWeight: Codable, Hashable, Sendable {
  /// Write units of items that are created or deleted, each by its size.
  package var wholeUnits = 0
  /// Items that are updated: of them the plan has only what changes.
  package var updates = 0
  /// Write units of those by what the plan has of them: they cost so much at least.
  package var updateUnits = 0

  /// Nothing written so far.
  package init() {}
}
