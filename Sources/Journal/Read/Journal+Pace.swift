import DynamoJournalSQLite

extension Journal {
  /// How fast a run was applied, in changes a second; nil where it was too short to tell.
  ///
  /// Outcomes are committed in groups, a moment each; longer than a minute between two of them the run was not at work.
  package func pace(of fold: RunFold) throws -> Double? {
    try translated {
      let commits = try connection.statement(Queries.appliedTimes).bind(1, fold.number)
        .bind(2, fold.sealedAt ?? fold.number).all { (at: $0.integer(0), changes: $0.integer(1)) }
      return ApplyingPace.changesPerSecond(commits)
    }
  }
}

/// A pure function of its own, for its tests.
package enum ApplyingPace {
  private static let longestPause: Int64 = 60_000_000

  /// - Parameter commits: times in microseconds, ascending, and how many changes were journaled then.
  package static func changesPerSecond(_ commits: [(at: Int64, changes: Int64)]) -> Double? {
    var (time, changes) = (Int64(0), Int64(0))
    for (before, commit) in zip(commits, commits.dropFirst()) where commit.at - before.at <= longestPause {
      time += commit.at - before.at
      changes += commit.changes
    }
    return time > 0 && changes > 0 ? Double(changes) * 1_000_000 / Double(time) : nil
  }
}
