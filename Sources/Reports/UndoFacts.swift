import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalProgram

/// What the journal tells beyond the run itself, for the decision of a rollback plan.
package struct UndoFacts: Sendable {
  /// A later run that changed the same tables.
  package struct LaterRun: Hashable, Sendable {
    /// Its id.
    package let run: String
    /// Its changes to those tables, by its plan.
    package let changes: Int

    /// A run.
    package init(run: String, changes: Int) {
      self.run = run
      self.changes = changes
    }
  }

  /// Write units that undoing needs, those of indexes not counted.
  package var writeUnits = 0
  /// Changes a second, as the run was applied; nil where it was too short to tell.
  package var pace: Double?
  /// The later runs, in order.
  package var laterRuns: [LaterRun] = []
  /// Tables that the run made itself: undoing deletes them, and no backup of them is needed.
  package var ownTables: Set<String> = []

  /// Nothing is known.
  package init() {}
}

extension RollbackPlan {
  /// The decision; nil of a redo, and where there is nothing to do.
  package var decision: UndoDecision? {
    guard let undo, !facts.isRedo, !isNothingToDo || facts.erasedUnits > 0 else { return nil }
    let backedUp = Set(run.fold.backups.map(\.table))
    var known = UndoDecision.Facts()
    known.changes = facts.changeCount
    known.conflicts = facts.conflictCount
    known.erasedUnits = facts.erasedUnits
    known.isPartial = !selection.isEmpty
    known.hasBackups = !backedUp.isEmpty
    known.tablesWithoutBackup = (run.fold.plan?.tally ?? []).map(\.table)
      .filter { !backedUp.contains($0) && !undo.ownTables.contains($0) }.sorted()
    known.laterRuns = undo.laterRuns.count
    known.minutes = minutes(facts.changeCount)
    return UndoDecision.decide(known)
  }

  /// How long that many writes take at the run's own pace; nil where that is not known.
  func minutes(_ writes: Int) -> Int? {
    guard let pace = undo?.pace, pace > 0 else { return nil }
    return Int((Double(writes) / pace / 60).rounded(.up))
  }

  /// Items that are written to restore the exports; the target's own backups are restored without writes.
  var restoredItems: Int {
    run.fold.backups.filter { $0.kind == .export }.reduce(0) { $0 + ($1.items ?? 0) }
  }

  /// The minutes of a restore: nil where the target makes it, which does not say how long it takes.
  var restoreMinutes: Int? {
    run.fold.backups.allSatisfy { $0.kind == .export } ? minutes(restoredItems) : nil
  }

  /// The commands of a restore, one a table.
  var restoreCommands: [NextCommand] {
    run.fold.backups.map { backup in
      let (table, id) = (Printable.shellWord(backup.table), Printable.shellWord(run.run))
      let command = "restore \(id) --table \(table) --to \(Printable.shellWord(backup.table + "-restored"))"
      return NextCommand(
        command: Program.command(command), purpose: "restore \(Printable.text(backup.table)) beside it")
    }
  }

  // MARK: For people

  var decisionText: String {
    guard let decision, let undo else { return "" }
    let isRestorable = !run.fold.backups.isEmpty
    var table = TextTable(["", "UNDO (rollback)", "RESTORE"], alignments: [.left, .right, .right])
    let none = "-"
    table.add(["writes", String(facts.changeCount), isRestorable ? String(restoredItems) : none])
    table.add(["write units, without indexes", String(undo.writeUnits), none])
    table.add(["minutes at the run's own pace", words(minutes(facts.changeCount)), words(restoreMinutes)])
    table.add(["left as others changed them", String(facts.conflictCount), none])
    let lost = undo.laterRuns.map { "  loses \(Printable.count($0.changes, "change")) of run \($0.run)\n" }
    return "decision: \(decision.choice.rawValue)\n"
      + decision.why.map { "  \(Printable.text($0))\n" }.joined() + table.takeLines()
      + (isRestorable ? restoreLosses(lost.joined()) : "")
  }

  private func restoreLosses(_ later: String) -> String {
    "a restore makes new tables, and loses whatever was written after the backup\n" + later
  }

  private func words(_ minutes: Int?) -> String { minutes.map(String.init) ?? "unknown" }

  // MARK: For programs

  var decisionJSON: JSONValue {
    guard let decision, let undo else { return .null }
    let number = { (value: Int?) -> JSONValue in value.map { .number($0) } ?? .null }
    let settings = run.fold.backups.flatMap { backup in
      BackupAdvice.lost(backup).map { "\(backup.table): \($0)" }
    }
    return [
      "choice": .string(decision.choice.rawValue), "why": .array(decision.why.map { .string($0) }),
      "undo": [
        "changes": .number(facts.changeCount), "writeUnits": .number(undo.writeUnits),
        "minutes": number(minutes(facts.changeCount)),
        "commands": .array(undoCommands.map { .string($0.command) }),
      ],
      "restore": run.fold.backups.isEmpty
        ? .null
        : [
          "tables": .array(run.fold.backups.map { .string($0.table) }), "items": .number(restoredItems),
          "minutes": number(restoreMinutes),
          "loses": [
            "laterRuns": .array(
              undo.laterRuns.map { ["run": .string($0.run), "changes": .number($0.changes)] }),
            "settings": .array(settings.map { .string($0) }),
          ],
          "commands": .array(restoreCommands.map { .string($0.command) }),
        ],
    ]
  }
}
