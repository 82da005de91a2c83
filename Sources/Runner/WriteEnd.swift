import DynamoJournalTables

/// What came of writing a stream of units.
enum WriteEnd: Sendable {
  /// Every unit has its outcome.
  case finished
  /// Somebody asked to stop; everything that was sent has its outcome, but for these changes, by their numbers in the plan.
  case stopped(unanswered: [Int] = [])
  /// More changes failed than were allowed.
  case tooManyFailures
  /// A change of a table failed, and what comes after would need it.
  case tableChangeFailed
  /// The migration looked at what a stage had left and found it wrong.
  case inspectionFailed(String)
  /// The target refuses whatever is sent: nothing more was, and what was has its outcome or was not written, but for
  /// these changes, by their numbers in the plan.
  case refusedForAll(StoreError, unanswered: [Int] = [])
  /// The target was lost: some of what was sent may have been written.
  case targetLost(StoreError)
  /// The journal, or what it says, can't be relied on any more: nothing more was sent, and what was sent has its outcome.
  case flawed(any Error)
}

extension WriteEnd {
  /// Whether nobody knows what became of some of what was sent.
  var isLoss: Bool { if case .targetLost = self { true } else { false } }

  /// The same, with what was sent and has no answer, where that is told.
  func with(unanswered: [Int]) -> WriteEnd {
    switch self {
    case .stopped: .stopped(unanswered: unanswered)
    case .refusedForAll(let error, _): .refusedForAll(error, unanswered: unanswered)
    default: self
    }
  }
}
