/// A run event that says something of many changes at once.
struct ChangeMark: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// A process begins with that, or goes on with it.
    case begin(RunState)
    /// What was under way may have been written.
    case doubt
    /// What was being undone may have been.
    case undoingDoubt
    /// What was being redone may have been.
    case redoingDoubt
    /// Every failed change is to be sent again.
    case retry
    /// What could not be redone is no failure any more, and nothing that could not be undone is where that is redone.
    case turn(RunState)
    /// The end of the journal was put aside here, and outcomes may have gone with it.
    case recovery
  }

  let seq: Int64
  let kind: Kind
  /// The changes that a doubt is about, where they are known.
  var only: [Int]?
  /// What was being undone.
  var terms: RollbackStartedDetail?
  /// Which changes, where they were chosen one by one.
  var selection: SelectedChanges?
  /// Of a recovery: whether the run had begun to write by then.
  var hasBegunToWrite = false
}
