import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalTables

/// A sealed plan, for review before anything is written.
package struct PlanReport: Sendable {
  private let fold: RunFold
  private let plan: SealedDetail
  private let examples: [PlannedChange]
  private let notes: [NoteTally]
  private let forecast: Forecast?

  /// A report.
  ///
  /// - Parameters:
  ///   - examples: the first few changes; their values are shown.
  ///   - notes: the findings by code, of `Journal.noteTallies`.
  ///   - pace: at most so many write units a second; nil for no limit.
  package init(
    _ fold: RunFold, _ plan: SealedDetail, examples: [PlannedChange], notes: [NoteTally], pace: Double? = nil
  ) {
    forecast = Forecast(plan, of: fold.started, pace: pace)
    self.fold = fold
    self.plan = plan
    self.examples = examples
    self.notes = notes
  }

  /// Some of the plan's changes and its findings; then, so that they stand on the screen when it is asked about, the plan in figures
  /// and its digest.
  package var text: String {
    let title =
      "\(fold.started.migration) on \(Printable.text(fold.started.target)), run \(fold.started.run)\n"
    let parts = [exampleText, findings, forecast?.text ?? "", figures, ending].filter { !$0.isEmpty }
    return title + parts.map { "\n" + $0 }.joined()
  }

  private var figures: String {
    if plan.changes == 0 { return plan.nothingToDo + "\n" + plan.unreadText.map { $0 + "\n" }.joined() }
    return plan.unreadText.map { $0 + "\n" }.joined() + Printable.many(plan.changes, "change") + " in "
      + Printable.many(plan.units, "unit") + "\n" + plan.tally.text() + plan.tally.attributeText()
  }

  private var exampleText: String {
    guard !examples.isEmpty else { return "" }
    let all = examples.count >= plan.changes
    let title =
      all
      ? "the changes\n"
      : "\(examples.count) of \(Printable.many(plan.changes, "change")); this shows all of them:\n  \(listing)\n"
    return title + examples.flatMap { ChangeDiff.lines($0.intended) }.map { "  \($0)\n" }.joined()
  }

  private var listing: String {
    NextCommand.of("show", run: fold.started.run, " --changes", for: "see every change").command
  }

  private var approvals: String {
    guard let needed = fold.started.requiredApprovals, needed > 0 else { return "" }
    return "\(fold.approvals.count) of \(Printable.count(needed, "signature")) so far\n"
  }

  private var findings: String { notes.isEmpty ? "" : "notes\n" + notes.text }

  private var ending: String {
    let refusal = plan.refusal.map { "refused: \(Printable.text($0))\n" } ?? ""
    return refusal + approvals + "digest \(plan.digest)\n"
  }
}

extension SealedDetail {
  /// What is said of a plan without a change.
  var nothingToDo: String {
    unread == nil
      ? "nothing to do: the tables are as the migration wants them" : "nothing to do in what was looked at"
  }

  /// What a limit has left unread, a sentence each: `5 of 65 items of table 'operators' read; the rest was not looked at`.
  var unreadText: [String] {
    (unread ?? []).map { part in
      // DynamoDB counts its items a few times a day, so the number may be smaller than what was read.
      let total = part.total.flatMap { $0 > part.read ?? 0 ? " of \($0)" : nil } ?? ""
      return Printable.text("\(part.read ?? 0)\(total) \(part.name) read; the rest was not looked at")
    }
  }

  /// The same for scripts: `[{"name": …, "read": …, "total": …}]`.
  var unreadJSON: JSONValue {
    .array(
      (unread ?? []).map {
        [
          "name": .string($0.name), "read": $0.read.map { .number($0) } ?? .null,
          "total": $0.total.map { .number($0) } ?? .null,
        ]
      })
  }
}

extension [PlanTally] {
  /// Changes by table and kind, a row each.
  func text(indent: String = "  ") -> String {
    var table = TextTable(
      ["TABLE", "CREATE", "UPDATE", "DELETE", "TABLE CHANGES"],
      alignments: [.left, .right, .right, .right, .right])
    for tally in self {
      let figures = [tally.creates, tally.updates, tally.deletes, tally.tableChanges]
      table.add([Printable.text(tally.table)] + figures.map(Printable.number))
    }
    return table.takeLines(indent: indent)
  }
}

extension [PlanTally] {
  /// Changes by attribute, a row each; nothing where none was counted.
  func attributeText(indent: String = "  ") -> String {
    var table = TextTable(
      ["TABLE", "ATTRIBUTE", "ADDED", "CHANGED", "REMOVED"],
      alignments: [.left, .left, .right, .right, .right])
    let rows = flatMap { tally in (tally.attributes ?? []).map { (tally.table, $0) } }
    for (name, attribute) in rows {
      let figures = [attribute.added, attribute.changed, attribute.removed].map(Printable.number)
      table.add([Printable.text(name), attribute.name.map(Printable.text) ?? "(other names)"] + figures)
    }
    return rows.isEmpty ? "" : "\n" + table.takeLines(indent: indent)
  }
}

extension [NoteTally] {
  /// Findings by class and code, a row each.
  var text: String {
    var table = TextTable(["CLASS", "CODE", "COUNT"], alignments: [.left, .left, .right])
    for tally in self {
      table.add([tally.category.rawValue, Printable.text(tally.code), Printable.number(tally.count)])
    }
    return table.takeLines(indent: "  ")
  }
}

extension String {
  /// Every line of the text, which ends with a line break, with `indent` before it.
  func indented(_ indent: String) -> String {
    split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { indent + $0 + "\n" }.joined()
  }
}
