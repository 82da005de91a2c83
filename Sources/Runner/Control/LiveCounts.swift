import DynamoJournalEvents
import DynamoJournalTables

extension RunCounts {
  /// The counts when so many changes of a phase have their outcome, of which so many were not made.
  func after(_ phase: RunStatus.Phase, done: Int, failed: Int) -> RunCounts {
    var counts = self
    counts.failed += failed
    switch phase {
    case .applying:
      counts.applied += done - failed
      counts.pending = max(0, pending + inDoubt - done)
      counts.inDoubt = 0
    case .undoing: counts.compensated += done - failed
    case .redoing: counts.compensated = max(0, compensated - (done - failed))
    default: break
    }
    return counts
  }
}

extension TargetCost {
  /// What was done over the wire.
  init(_ statistics: StoreStatistics) {
    self.init()
    requests = statistics.requests
    retries = statistics.retries
    throttles = statistics.throttles
    throttledMilliseconds = Int(statistics.throttledTime / .milliseconds(1))
    readUnits = statistics.readUnits
    writeUnits = statistics.writeUnits
  }
}
