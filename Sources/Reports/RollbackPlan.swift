import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalTables

/// What undoing a run, or redoing it, would meet in the tables, as the runner found it.
package struct RollbackPlanFacts: Sendable {
  /// An item that is not what the run left.
  package struct Conflict: Sendable {
    /// The change that can't be undone, or redone, as it is.
    package let change: PlannedChange
    /// What was looked for; nil for no item.
    package let expected: AttributeMap?
    /// The item as found; nil when it is gone.
    package let found: Item?
    /// Of a table: what stands in the way.
    package let obstacle: String?

    /// A conflict.
    package init(
      change: PlannedChange, expected: AttributeMap?, found: Item?, obstacle: String? = nil
    ) {
      self.change = change
      self.expected = expected
      self.found = found
      self.obstacle = obstacle
    }
  }

  /// Whether a rollback is taken back, rather than the run.
  package var isRedo = false
  /// The changes that are made, by table and kind: in undoing, what was created is deleted, and so on.
  package var tally: [PlanTally] = []
  /// Changes that are made.
  package var changeCount = 0
  /// Items that are as they shall be already.
  package var alreadySo = 0
  /// Changes in doubt that were not made, as the tables show.
  package var neverMade = 0
  /// Changes that somebody else had made before the run.
  package var foreign = 0
  /// Units that can't be undone, since a value of theirs was erased.
  package var erasedUnits = 0
  /// Conflicts, as many as are listed.
  package var conflicts: [Conflict] = []
  /// All conflicts.
  package var conflictCount = 0

  /// Nothing to undo.
  package init() {}
}

/// What undoing a run would do, and what restoring its backups would do instead; or what redoing it would do.
package struct RollbackPlan: Sendable {
  let run: RunReport
  let facts: RollbackPlanFacts
  let showValues: Bool
  /// The options that narrow the rollback, as they are typed: ` --table T --key K`; empty for all of the run.
  let selection: String
  /// What the decision is made by; nil for a plan without one.
  package var undo: UndoFacts?
  /// What was changed since, by attribute and by whom; nil where nobody asked for it.
  package var changedSince: ChangedSince?

  /// A plan.
  ///
  /// - Parameters:
  ///   - selection: the options that narrow it, as `rollback` takes them, each with a space before it.
  ///   - showValues: whether values of items in conflict are shown; else only names of attributes.
  package init(
    _ run: RunReport, _ facts: RollbackPlanFacts, selection: String = "",
    showValues: Bool = false
  ) {
    self.run = run
    self.facts = facts
    self.showValues = showValues
    self.selection = selection
  }

  /// Whether there is nothing that undoing would write.
  package var isNothingToDo: Bool { facts.changeCount == 0 && facts.conflictCount == 0 }

  /// What to type next: what was decided stands first.
  package var next: [NextCommand] {
    decision?.choice == .restore ? restoreCommands + undoCommands : undoCommands
  }

  /// The commands that undo, or redo.
  var undoCommands: [NextCommand] {
    let id = run.run
    if isNothingToDo { return [] }
    let (command, verb) = facts.isRedo ? ("redo", "redo") : ("rollback", "undo")
    if facts.conflictCount == 0 { return [.of(command, run: id, selection, for: "\(verb) it")] }
    return [
      .of(
        command, run: id, selection + " --on-conflict skip", for: "\(verb) the rest, leave conflicts alone"),
      .of(
        command, run: id, selection + " --on-conflict force",
        for: "\(verb) all of it, and write over what others have changed since"),
    ]
  }

  // MARK: JSON

  /// The plan as a document.
  package var jsonText: String { json.prettyText() + "\n" }

  /// The plan as an object.
  package var json: JSONValue {
    guard let changedSince else { return always }
    return always.adding([.init(name: "changedSince", value: changedSince.json)])
  }

  private var always: JSONValue {
    [
      "run": .string(run.run),
      "migration": .string(run.fold.started.migration),
      "state": .string(run.state.rawValue),
      "target": .string(run.fold.started.target),
      "changes": .number(facts.changeCount),
      "tally": facts.tally.json,
      "inDoubt": .number(run.counts.inDoubt),
      "neverMade": .number(facts.neverMade),
      facts.isRedo ? "alreadyRedone" : "alreadyUndone": .number(facts.alreadySo),
      "foreign": .number(facts.foreign),
      "erased": .number(facts.erasedUnits),
      "conflictCount": .number(facts.conflictCount),
      "conflicts": .array(facts.conflicts.map(json)),
      "backups": .array(run.fold.backups.map { BackupAdvice.json($0, run: run.run) }),
      "decision": decisionJSON,
      "next": .array(next.map { ["command": .string($0.command), "purpose": .string($0.purpose)] }),
    ]
  }

  private func json(_ conflict: RollbackPlanFacts.Conflict) -> JSONValue {
    guard case .item(let change) = conflict.change.intended else {
      return [
        "change": .number(conflict.change.ordinal), "table": .string(conflict.change.intended.table),
        "key": .null, "obstacle": .text(conflict.obstacle),
      ]
    }
    let found = FoundItem(conflict.found, expected: conflict.expected, of: change)
    let head: JSONValue = [
      "change": .number(conflict.change.ordinal), "table": .string(change.table),
      "key": change.key.attributes.json,
      "exists": .bool(conflict.found != nil),
      "differs": .array(found.differing.map { .string($0.string) }),
    ]
    guard showValues else { return head }
    return head.adding([.init(name: "found", value: conflict.found?.json ?? .null)])
  }
}

extension AttributeMap {
  /// DynamoDB JSON as a value.
  ///
  /// Canonical text is always JSON; should it not be, the text itself is better than nothing.
  fileprivate var json: JSONValue {
    (try? JSONValue(parsing: DynamoDBJSON.bytes(self))) ?? .string(DynamoDBJSON.text(self))
  }
}
