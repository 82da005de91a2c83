import DynamoJournalEvents
import DynamoJournalTables

/// Which changes of a run are undone: all, or those that meet every criterion. A unit is undone as a whole, when one of its
/// changes meets them.
package struct RollbackSelection: Sendable {
  /// An item, by its key.
  package struct Item: Hashable, Sendable {
    /// The table; nil for whichever has that key.
    package let table: String?
    /// The key, as canonical DynamoDB JSON.
    package let key: String

    /// An item.
    package init(table: String?, key: String) {
      self.table = table
      self.key = key
    }
  }

  /// A condition on items.
  package struct Condition: Sendable {
    /// As it was typed.
    package let text: String
    /// Whether an item meets it.
    package let holds: @Sendable (DynamoJournalTables.Item) throws -> Bool

    /// A condition.
    package init(_ text: String, holds: @escaping @Sendable (DynamoJournalTables.Item) throws -> Bool) {
      self.text = text
      self.holds = holds
    }
  }

  /// Only this table.
  package var table: String?
  /// Only these items; empty for all. Each has to be there.
  package var items: Set<Item> = []
  /// Only changes that touch one of these attributes; empty for all.
  package var attributes: [String] = []
  /// Only changes of items that meet this, by the image that `image(of:)` gives.
  package var condition: Condition?

  /// Whether it is a part of the run.
  package var isPartial: Bool {
    table != nil || !items.isEmpty || !attributes.isEmpty || condition != nil
  }

  /// A selection by table, by key or by both.
  ///
  /// - Parameter key: canonical DynamoDB JSON.
  package init(table: String? = nil, key: String? = nil) {
    self.table = table
    if let key { items = [Item(table: nil, key: key)] }
  }

  /// What a condition is asked about: the item as the run left it, as far as the journal has it.
  ///
  /// Of an item that was created that is all of it; of one that was updated the key and what the run wrote; of one that was
  /// deleted, which left nothing, the item as it was.
  package static func image(of change: Change) -> DynamoJournalTables.Item {
    var image = change.after ?? change.before ?? DynamoJournalTables.Item()
    for name in change.key.attributes.names { image[name] = change.key.attributes[name] }
    return image
  }

  /// The detail that journals what was chosen; nil for all of the run.
  func detail(_ chosen: SelectedChanges) -> SelectedDetail? {
    guard isPartial else { return nil }
    return SelectedDetail(
      chosen, table: table, keys: items.isEmpty ? nil : items.count,
      attributes: attributes.isEmpty ? nil : attributes, condition: condition?.text)
  }

  /// The key of a selection of one item alone.
  var onlyKey: String? { items.count == 1 ? items.first?.key : nil }
}

/// Chooses units in one pass over a plan, and finds out which items were named in vain.
struct SelectionPass {
  /// The numbers of the changes that were chosen, whole units.
  private(set) var chosen = SelectedChanges()
  /// The items that were named and not met yet.
  private(set) var unmet: Set<RollbackSelection.Item>
  private let selection: RollbackSelection

  init(_ selection: RollbackSelection) {
    self.selection = selection
    unmet = selection.items
  }

  /// Whether the unit is undone.
  ///
  /// - Throws: what the condition throws.
  mutating func take(_ unit: PlannedUnit) throws -> Bool {
    guard selection.isPartial else { return true }
    var isChosen = false
    // All of them are looked at, so that each item that was named is found.
    for planned in unit.whole where try meets(planned.intended) { isChosen = true }
    if isChosen { for planned in unit.whole { chosen.insert(planned.ordinal) } }
    return isChosen
  }

  private mutating func meets(_ intended: IntendedChange) throws -> Bool {
    if let table = selection.table, table != intended.table { return false }
    guard case .item(let change) = intended else {
      return selection.items.isEmpty && selection.attributes.isEmpty && selection.condition == nil
    }
    let named = names(of: change)
    if !selection.items.isEmpty && named.isEmpty { return false }
    guard touches(change) else { return false }
    if let condition = selection.condition, try !condition.holds(RollbackSelection.image(of: change)) {
      return false
    }
    unmet.subtract(named)
    return true
  }

  private func names(of change: Change) -> [RollbackSelection.Item] {
    if selection.items.isEmpty { return [] }
    let key = DynamoDBJSON.text(change.key.attributes)
    return [RollbackSelection.Item(table: change.table, key: key), .init(table: nil, key: key)]
      .filter(selection.items.contains)
  }

  private func touches(_ change: Change) -> Bool {
    guard !selection.attributes.isEmpty else { return true }
    return selection.attributes.contains { name in
      change.touched.contains(Text(name)) || change.key.attributes[Text(name)] != nil
    }
  }
}

extension RunEnvironment {
  /// What a rollback that was begun undoes; nil for all of the run.
  ///
  /// Programs that journaled the terms alone chose by table and key.
  func chosen(of fold: RunFold, _ plan: PlanReader, _ states: ChangeStates) async throws -> SelectedChanges? {
    if let selection = fold.selection { return selection }
    guard let terms = fold.rollback, terms.isPartial else { return nil }
    var pass = SelectionPass(RollbackSelection(table: terms.table, key: terms.key))
    var stream = UnitStream(plan, .backward, isWanted: states.isToUndo)
    while let unit = try await stream.next() { _ = try pass.take(unit) }
    return pass.chosen
  }
}
