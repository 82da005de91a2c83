import DynamoJournalProgram

/// Where a store's tables are, as far as that can be mistaken for another place.
package struct StorePlace: Hashable, Sendable {
  /// Such as `in account 123456789012, region eu-west-2, profile 'ops'`, or `at http://127.0.0.1:8000`.
  package let words: String
  /// Whether it is Amazon's DynamoDB, where a missing table more likely stands in another account or region than nowhere.
  package let isAWS: Bool

  /// A place.
  package init(_ words: String, isAWS: Bool) {
    self.words = words
    self.isAWS = isAWS
  }
}

/// That a table is not there: where it was looked for, and what stands there under a name like its.
package struct MissingTable: Hashable, Sendable {
  /// What is wrong.
  package let problem: String
  private let near: [String]
  private let isAWS: Bool

  /// - Parameter names: of the tables that are there; nil where nobody could ask.
  package init(_ table: String, place: StorePlace?, names: [String]?) {
    let looked = place.map { " \($0.words)" } ?? ""
    let isEmpty = names?.isEmpty == true && place != nil
    problem = "there is no table '\(table)'\(looked)" + (isEmpty ? ", and no table at all" : "")
    near = Self.near(to: table, among: names ?? [])
    isAWS = place?.isAWS ?? false
  }

  /// What to do about it: `remedy` where nothing is mistaken, and to create the table only where it can't be elsewhere.
  ///
  /// - Parameter creation: another way, which makes the table.
  package func remedy(_ remedy: String, orCreate creation: String? = nil) -> String {
    let names = near.map { "'\($0)'" }.joined(separator: " or ")
    let meant = near.isEmpty ? "" : "did you mean \(names)? If not, "
    let place = isAWS ? "check that account, region and profile are the ones that are meant, or " : ""
    let made = isAWS ? nil : creation.map { ", or \($0)" }
    return meant + place + remedy + (made ?? "")
  }

  private static let mostNames = 3

  /// A third of the letters wrong is another word, not a slip.
  private static func near(to table: String, among names: [String]) -> [String] {
    let wanted = table.lowercased()
    let ranked = names.map { (name: $0, distance: EditDistance.between(wanted, $0.lowercased())) }
      .filter { $0.name != table && $0.distance <= max(1, min(wanted.count, $0.name.count) / 3) }
    return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(mostNames).map(\.name)
  }
}

extension TableStore {
  /// Nowhere else that could have been meant.
  package var place: StorePlace? { nil }

  /// What is to be said of a table that is not there.
  package func missing(_ table: String) async -> MissingTable {
    // Whoever may not list tables still learns where this one is not.
    MissingTable(table, place: place, names: try? await tables())
  }
}
