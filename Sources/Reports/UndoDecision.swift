import DynamoJournalEvents

/// Whether a run is better undone change by change, or its tables better restored from its backups: a pure decision.
package struct UndoDecision: Hashable, Sendable {
  /// The two ways back.
  package enum Choice: String, Sendable {
    /// Change by change, in the tables themselves.
    case undo
    /// Whole tables, from the backups, under new names.
    case restore
  }

  /// What is known of undoing and of restoring.
  package struct Facts: Hashable, Sendable {
    /// Changes that undoing would make.
    package var changes = 0
    /// Changes that somebody has changed since.
    package var conflicts = 0
    /// Units that can't be undone, since their values were erased.
    package var erasedUnits = 0
    /// Whether only a part of the run is to be undone.
    package var isPartial = false
    /// Tables with changes to undo and no backup by this run, sorted; those that the run made itself are not among them.
    package var tablesWithoutBackup: [String] = []
    /// Whether the run has a backup at all.
    package var hasBackups = false
    /// Later runs that changed the same tables.
    package var laterRuns = 0
    /// How long undoing would take at the run's own pace, in minutes; nil where that is not known.
    package var minutes: Int?

    /// Nothing to undo.
    package init() {}
  }

  /// Undoing that takes longer than this is weighed against a restore, in minutes.
  package static let long = 12 * 60

  /// What to do.
  package let choice: Choice
  /// Why: sentences without an end.
  package let why: [String]

  /// Decides. Undoing is the rule: it keeps what others wrote since, in the table where it is read. A restore is for what
  /// can't be undone, and for what would take too long when nothing is lost by it as far as anybody knows.
  package static func decide(_ facts: Facts) -> UndoDecision {
    if facts.isPartial {
      return UndoDecision(.undo, "a restore brings a whole table back, and only a part is to be undone")
    }
    if !facts.hasBackups { return UndoDecision(.undo, "the run made no backup that could be restored") }
    if let table = facts.tablesWithoutBackup.first {
      let more = facts.tablesWithoutBackup.count - 1
      return UndoDecision(
        .undo, "the run has no backup of table '\(table)'" + (more > 0 ? " and \(more) more" : ""))
    }
    if facts.erasedUnits > 0 {
      return UndoDecision(
        .restore,
        "\(Printable.count(facts.erasedUnits, "unit")) can't be undone, as values were erased from the journal; the backups have them"
      )
    }
    let isLong = facts.minutes.map { $0 > long } ?? false
    if isLong, facts.conflicts == 0, facts.laterRuns == 0 {
      return UndoDecision(
        .restore,
        "undoing takes longer than \(long / 60) hours at the run's own pace, and nobody is known to have changed these items since"
      )
    }
    return undo(facts)
  }

  private static func undo(_ facts: Facts) -> UndoDecision {
    var why = ["undoing keeps what others have written since, in the tables that are read"]
    if facts.conflicts > 0 {
      why.append(
        "a restore would lose the later \(Printable.count(facts.conflicts, "change")) that \(facts.conflicts == 1 ? "is" : "are") in conflict"
      )
    }
    if facts.laterRuns > 0 {
      why.append("a restore would lose what \(Printable.count(facts.laterRuns, "later run")) wrote")
    }
    return UndoDecision(choice: .undo, why: why)
  }

  private init(_ choice: Choice, _ why: String) { self.init(choice: choice, why: [why]) }

  private init(choice: Choice, why: [String]) {
    self.choice = choice
    self.why = why
  }
}
