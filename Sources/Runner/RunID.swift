import DynamoJournalEvents

/// Ids of runs: short, sortable by time, typable.
enum RunID {
  /// No vowels and nothing that looks like something else, so that no id spells a word or is misread.
  private static let letters = Array("23456789bcdfghjkmnpqrstvwxz")

  /// For example `06-20261123-051402-k3f9`: the migration's number (or its first word), the time in UTC, four letters.
  static func make(for migration: String, at time: Int64) -> String {
    let head = migration.prefix { $0 != "_" && $0 != "-" }
    var generator = SystemRandomNumberGenerator()
    let tail = (0..<4).map { _ in letters[Int.random(in: letters.indices, using: &generator)] }
    return "\(head)-\(Timestamp.compact(time))-\(String(tail))"
  }
}
