/// Where a journal is cut so that whole runs leave it: a pure decision.
struct ArchiveCut: Hashable {
  /// What is known of a run, or of an event of the journal's own.
  struct Part: Hashable {
    /// Its first event.
    let first: Int64
    /// Its last event.
    let last: Int64
    /// Whether it may leave: it has ended, and before the time that was named.
    let mayLeave: Bool
    /// Events of others that are still needed to go on with it: replies that were captured once.
    var needs: [Int64] = []
  }

  /// The last event that leaves; nil where none does.
  let through: Int64?
  /// The first event of the part that keeps all behind it; nil where nothing does.
  let blockedBy: Int64?

  /// Finds the last place at which nothing that stays stands before it, and nothing that leaves is needed behind it.
  ///
  /// - Parameter parts: in the order of their first events.
  static func find(_ parts: [Part]) -> ArchiveCut {
    let blocking = parts.first { !$0.mayLeave }
    let leaving = parts.prefix { $0.first < blocking?.first ?? .max }
    var places: [Int64] = []
    var end: Int64 = 0
    for (index, part) in leaving.enumerated() {
      end = max(end, part.last)
      let next = index + 1 < parts.count ? parts[index + 1].first : Int64.max
      if end < next { places.append(end) }
    }
    let needs = parts.flatMap { part in part.needs.map { (part.first, $0) } }
    let place = places.last { place in !needs.contains { $0.0 > place && $0.1 <= place } }
    return ArchiveCut(through: place, blockedBy: blocking?.first)
  }
}
