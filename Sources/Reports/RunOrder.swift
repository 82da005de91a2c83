/// Whether a migration is about to run in the order of the numbers on one target.
///
/// Only the journal is asked: what was done by other means, or journaled elsewhere, is not seen.
package struct RunOrder: Sendable {
  /// Migrations with lower numbers that are not applied; those that were rolled back are among them.
  package let missing: [String]
  /// Migrations with higher numbers whose changes are in the tables.
  package let later: [String]
  private let migration: String
  private let target: String

  /// - Parameters:
  ///   - migration: the one that is about to run; without a number it has no place in the order.
  ///   - target: the target as the journal names it.
  package init(of migration: String, in listing: MigrationListing, target: String) {
    self.migration = migration
    self.target = target
    let number = Self.number(of: migration)
    let others = listing.statuses.compactMap { status in
      Self.number(of: status.entry.name).map { (number: $0, status: status) }
    }
    missing = others.filter { other in number.map { other.number < $0 } ?? false && !other.status.isApplied }
      .map(\.status.entry.name)
    later = others.filter { other in number.map { other.number > $0 } ?? false && other.status.hasLeftChanges
    }
    .map(\.status.entry.name)
  }

  /// The two digits that a name begins with; nil for a migration without a place in the order.
  static func number(of name: String) -> Int? {
    guard name.contains(/^\d\d_/) else { return nil }
    return Int(name.prefix(2))
  }

  /// What is out of order, in one sentence; nil when nothing is.
  package var problem: String? {
    let parts = [
      Self.part(missing, "not applied"), Self.part(later, "applied already"),
    ].compactMap { $0 }
    guard !parts.isEmpty else { return nil }
    return
      "\(migration) is out of order on \(Printable.text(target)): by this journal, \(parts.joined(separator: ", and "))"
  }

  /// One or two are named in full; more would not fit into a line, and their numbers say enough.
  private static func part(_ names: [String], _ state: String) -> String? {
    guard let last = names.last else { return nil }
    guard names.count > 1 else { return "\(last) is \(state)" }
    let shown = names.count == 2 ? names : names.map { String($0.prefix(2)) }
    return "\(shown.dropLast().joined(separator: ", ")) and \(shown[shown.count - 1]) are \(state)"
  }
}
