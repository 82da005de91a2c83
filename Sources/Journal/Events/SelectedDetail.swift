import BitCollections

/// `selected`: which changes the rollback that begins with the next event undoes, and how they were chosen.
///
/// The changes are named by their numbers, so that whoever goes on undoes the same ones, whatever became of the file with
/// the keys, and no value stands here but what a condition says.
package struct SelectedDetail: Codable, Hashable, Sendable {
  /// The numbers of the changes, whole units: `3-7 9 12-20`.
  package var changes: String
  /// How many those are.
  package var count: Int
  /// Only this table; nil for all.
  package var table: String?
  /// How many keys were named; nil where none was.
  package var keys: Int?
  /// Only changes that touch one of these attributes; nil for all.
  package var attributes: [String]?
  /// The condition that items had to meet; nil for none.
  package var condition: String?

  /// The detail of a `selected` event.
  package init(
    _ changes: SelectedChanges, table: String?, keys: Int?, attributes: [String]?, condition: String?
  ) {
    self.changes = changes.text
    count = changes.count
    self.table = table
    self.keys = keys
    self.attributes = attributes
    self.condition = condition
  }
}

/// Changes of a run, by their numbers: one bit each.
package struct SelectedChanges: Hashable, Sendable {
  private var numbers = BitSet()

  /// No change.
  package init() {}

  /// Reads `3-7 9 12-20`.
  ///
  /// - Parameter most: the highest number that there is.
  /// - Returns: nil for a text that says something else: numbers that are no numbers, that fall, or that no change has.
  package init?(_ text: String, most: Int) {
    var last = 0
    for part in text.split(separator: " ") {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let first = ends[0], let end = ends[ends.count - 1],
        first > last, end >= first, end <= most
      else { return nil }
      numbers.formUnion(BitSet(first..<end + 1))
      last = end
    }
  }

  /// The numbers in order, neighbours together: `3-7 9 12-20`.
  package var text: String {
    var parts: [String] = []
    var run: ClosedRange<Int>?
    for number in numbers {
      if let open = run, open.upperBound + 1 == number {
        run = open.lowerBound...number
      } else {
        if let run { parts.append(Self.text(run)) }
        run = number...number
      }
    }
    if let run { parts.append(Self.text(run)) }
    return parts.joined(separator: " ")
  }

  private static func text(_ run: ClosedRange<Int>) -> String {
    run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound)-\(run.upperBound)"
  }

  /// How many.
  package var count: Int { numbers.count }

  /// Takes in a change.
  package mutating func insert(_ change: Int) { numbers.insert(change) }

  /// Whether a change is among them.
  package func contains(_ change: Int) -> Bool { numbers.contains(change) }
}
