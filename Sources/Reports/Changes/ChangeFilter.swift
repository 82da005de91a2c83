import DynamoJournalEvents
import DynamoJournalTables

/// Which changes of a plan are shown; nil lets everything through.
package struct ChangeFilter: Hashable, Sendable {
  /// What a change does.
  package enum Kind: String, Sendable, CaseIterable {
    /// An item is created.
    case create
    /// Some attributes of an item change.
    case update
    /// An item is deleted.
    case delete
    /// A table itself is created, changed or deleted.
    case table
  }

  /// The table's name.
  package var table: String?
  /// The item's key, as canonical DynamoDB JSON.
  package var key: [UInt8]?
  /// An attribute that the change adds, changes or removes, or that is in the key.
  package var attribute: String?
  /// What the change does.
  package var kind: Kind?

  /// Lets every change through.
  package init() {}

  /// Whether nothing is asked for.
  package var isEmpty: Bool { self == ChangeFilter() }

  /// Whether a row may be shown, as far as it tells without its images being read.
  package func mayMatch(_ row: PlannedRow) -> Bool {
    if let table, row.table != table { return false }
    if let key, row.key != key { return false }
    if let kind, kind != ChangeFilter.kind(of: row) { return false }
    return true
  }

  /// Whether a row is shown.
  ///
  /// - Throws: `JournalError.damaged` when an image can't be read.
  package func matches(_ row: PlannedRow) throws -> Bool {
    guard mayMatch(row) else { return false }
    guard let attribute else { return true }
    guard !row.isErased, case .item(let change) = try row.change().intended else { return false }
    let name = Text(attribute)
    return change.touched.contains(name) || change.key.attributes[name] != nil
  }

  /// What a row's change does.
  package static func kind(of row: PlannedRow) -> Kind {
    guard row.key != nil else { return .table }
    return row.before == nil ? .create : row.after == nil ? .delete : .update
  }
}
