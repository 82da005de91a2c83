import DynamoJournalEvents
import DynamoJournalTables

extension RollbackPlan {
  /// The plan for people.
  package var text: String {
    let parts = [
      summary, conflictText, changedSince?.text ?? "", facts.isRedo ? "" : backupText, decisionText, nextText,
    ].filter { !$0.isEmpty }
    return
      "\(facts.isRedo ? "redoing" : "undoing") run \(run.run) (\(run.fold.started.migration)) on \(Printable.text(run.fold.started.target))\n"
      + parts.map { "\n" + $0 }.joined()
  }

  private var summary: String {
    if isNothingToDo {
      return
        (facts.isRedo
        ? "nothing to redo: everything that the rollback undid is made again already\n"
        : "nothing to undo: the tables hold no change of this run\n") + asides
    }
    let figures = "would write " + Printable.count(facts.changeCount, "change") + "\n" + facts.tally.text()
    return (facts.changeCount > 0 ? figures : "would write nothing\n") + asides
  }

  private var asides: String {
    let sentences: [(Int, String)] = [
      (
        run.counts.inDoubt,
        "in doubt: the run stopped before their outcome was journaled; the tables are looked at"
      ),
      (facts.neverMade, "of those in doubt were never made, as the tables show: nothing to undo"),
      (
        facts.alreadySo,
        facts.isRedo ? "made again already: nothing to redo" : "as before the run already: nothing to undo"
      ),
      (facts.foreign, "foreign: somebody else had made the same change before the run; they stay"),
      (
        facts.erasedUnits,
        "can't be \(facts.isRedo ? "redone" : "undone"): their values were erased from the journal; they stay"
      ),
    ]
    return sentences.filter { $0.0 > 0 }.map { "  \($0.0) \($0.1)\n" }.joined()
  }

  // MARK: Conflicts

  private var conflictText: String {
    guard facts.conflictCount > 0 else { return "" }
    let title =
      Printable.count(facts.conflictCount, "conflict")
      + ": changed by somebody else since the \(facts.isRedo ? "rollback" : "run")\n"
    let rest = facts.conflictCount - facts.conflicts.count
    return title + facts.conflicts.flatMap(lines).map { "  \($0)\n" }.joined()
      + (rest > 0 ? "  … and \(rest) more\n" : "")
  }

  private func lines(_ conflict: RollbackPlanFacts.Conflict) -> [String] {
    guard case .item(let change) = conflict.change.intended else {
      return [
        "\(Printable.text(conflict.change.intended.table)) (table)",
        "  "
          + Printable.text(
            conflict.obstacle ?? "it is not as the \(facts.isRedo ? "rollback" : "run") left it"),
      ]
    }
    let found = FoundItem(conflict.found, expected: conflict.expected, of: change)
    return [
      Printable.text("\(change.table) \(change.key)"), "  " + found.text(showValues: showValues),
    ]
  }

  // MARK: The other way

  private var backupText: String {
    guard !run.fold.backups.isEmpty else {
      return "no backup was made by this run, so undoing it change by change is the only way back\n"
    }
    let list = run.fold.backups.map { backup in
      let lines = BackupAdvice.lines(backup, run: run.run)
      return "  \(lines[0])\n" + lines.dropFirst().map { "    \($0)\n" }.joined()
    }
    return "backups\n" + list.joined() + "\n" + comparison
  }

  private var comparison: String {
    var table = TextTable(["", "UNDOING (rollback)", "RESTORING A BACKUP"])
    table.add(["what", "the changes of this run, each one", "a whole table, as it was at the backup"])
    table.add(["later writes", "stay", "are missing in the restored table"])
    table.add(["where", "in the table itself", "in a new table; whoever reads must be pointed to it"])
    table.add(["conflicts", "are found and reported", "are not looked for"])
    table.add(["settings", "stay", "those listed as lost must be set again"])
    table.add(["journal", "knows each step", "knows nothing of it"])
    return table.takeLines()
  }

  private var nextText: String {
    guard !next.isEmpty else { return "" }
    return "next\n" + next.block
  }
}
