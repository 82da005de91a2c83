import DynamoJournalEvents

/// How a change of an item stands by the events about it.
package enum ChangeStanding: String, Sendable {
  /// It was planned, and nothing came of it yet.
  case planned
  /// It was made.
  case standing
  /// It was made, and undone.
  case undone
  /// It could not be made.
  case failed

  /// - Parameter kinds: of the events about the change, in order.
  package init(of kinds: [EventKind]) {
    switch kinds.last(where: { [.applied, .compensated, .reapplied].contains($0) }) {
    case .compensated: self = .undone
    case .applied, .reapplied: self = .standing
    default: self = kinds.contains(.failed) ? .failed : .planned
    }
  }
}
