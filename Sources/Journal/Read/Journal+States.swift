import BitCollections
import DynamoJournalSQLite

extension Journal {
  /// The states of a run's changes, folded from every change event of the run.
  ///
  /// - Parameter ifItDiedNow: whether what the process at work may have sent counts as in doubt: for whoever looks at a run
  ///   whose process is at work, or has died and nobody has said so yet.
  package func changeStates(of run: Int64, ifItDiedNow: Bool = false) throws -> ChangeStates {
    let fold = try self.run(run)
    var (states, position) = (ChangeStates(), Int64(-1))
    if let plan = fold.plan, let sealedAt = fold.sealedAt {
      // A sealed plan says what is planned: its rows need not be read again.
      states = ChangeStates(planned: plan.changes)
      position = sealedAt
    }
    var marks = try marks(of: fold, ifItDiedNow: ifItDiedNow)[...]
    return try translated {
      let statement = try connection.statement(Queries.changeEvents).bind(1, run).bind(2, position)
      defer { statement.reset() }
      while try statement.step() {
        let seq = statement.integer(0)
        while let mark = marks.first, mark.seq < seq {
          try apply(marks.removeFirst(), to: &states, of: fold.handle)
        }
        guard let kind = kind(statement.text(1), event: seq) else { continue }
        let detail = try statement.bytes(3).map { try outcomeDetail($0, event: seq) }
        states.apply(
          kind, seq: seq, change: try SaneNumber.count(statement.integer(2), event: seq), detail: detail)
      }
      for mark in marks { try apply(mark, to: &states, of: fold.handle) }
      return states
    }
  }

  private func apply(_ mark: ChangeMark, to states: inout ChangeStates, of run: RunHandle) throws {
    switch mark.kind {
    case .doubt, .undoingDoubt, .redoingDoubt:
      states.apply(mark, underWay: try underWay(states.unsettled, of: run, mark))
    case .begin, .retry, .turn, .recovery: states.apply(mark)
    }
  }

  private func marks(of fold: RunFold, ifItDiedNow: Bool) throws -> [ChangeMark] {
    let recoveries = try journalEvents(.recovered).filter { $0.seq > fold.number }
      .filter { try $0.decode(RecoveredDetail.self).firstBad != nil }
      .map { fold.recovery(at: $0.seq) }
    let now = ifItDiedNow ? fold.doubt(at: .max) : nil
    return (fold.marks + recoveries).sorted { $0.seq < $1.seq } + (now.map { [$0] } ?? [])
  }
}
