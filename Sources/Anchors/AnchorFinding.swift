/// How a journal whose chain holds relates to what was known about it earlier.
package enum AnchorFinding: String, Hashable, Codable, Sendable {
  /// The journal is what it was.
  case same
  /// The journal has grown since: the anchor is a beginning of it.
  case earlier
  /// The anchor is not in this journal: it was rewritten or forked, or is another one.
  case absent
  /// The anchor knows more events than the journal has: its end was cut off, or it is an older copy.
  case longer

  /// Compares a checkpoint with a journal.
  ///
  /// - Parameters:
  ///   - journalID: the journal's own id.
  ///   - size: how many events the journal has.
  ///   - hash: the journal's hash at the checkpoint's size, computed and not just read; nil where it has no such event.
  package static func judge(
    _ checkpoint: LogCheckpoint, journalID: String, size: Int64, hash: [UInt8]?
  ) -> AnchorFinding {
    guard checkpoint.journalID == journalID else { return .absent }
    if checkpoint.size > size { return .longer }
    guard checkpoint.head == hash else { return .absent }
    return checkpoint.size == size ? .same : .earlier
  }

  /// Compares a head that was kept without its size, by which a journal that was cut can't be told from another one.
  ///
  /// - Parameters:
  ///   - place: the number of the event with this hash, or nil where there is none.
  ///   - size: how many events the journal has.
  package static func judge(headAt place: Int64?, size: Int64) -> AnchorFinding {
    guard let place else { return .absent }
    return place == size ? .same : .earlier
  }

  /// Whether the journal still has everything that the anchor knows.
  package var isKept: Bool { self == .same || self == .earlier }
}

extension AnchorFinding: CustomStringConvertible {
  /// What was found, and what to do.
  package var description: String {
    switch self {
    case .same: "the journal is what it was when the anchor was made"
    case .earlier: "the anchor is a beginning of this journal, which has grown since"
    case .absent:
      "the anchor is not in this journal: it was rewritten or forked since, or it is another journal; keep the file as it is, and compare it with a copy"
    case .longer:
      "this journal is shorter than the anchor: its end was cut off, or it is an older copy; look for the newer file before you change any table"
    }
  }
}
