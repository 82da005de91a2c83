import DynamoJournalEvents

/// A table of a report, however it is written: a terminal's columns, Markdown's or HTML's.
struct ReportTable: Sendable {
  /// A column.
  struct Column: Sendable {
    let name: String
    let isNumber: Bool

    init(_ name: String, isNumber: Bool = false) {
      self.name = name
      self.isNumber = isNumber
    }
  }

  let title: String
  let columns: [Column]
  var rows: [[String]] = []
  /// How many there are beyond those shown, and how they are to be had; nil where all are there.
  var more: String?
  /// Whether it is a list of names and what they stand for, which needs no titles on a terminal.
  var isList = false

  init(_ title: String, _ columns: [Column]) {
    self.title = title
    self.columns = columns
  }
}

extension DetailedReport {
  /// What was counted, and the plan in figures; tables without a row are left out.
  var figureTables: [ReportTable] {
    [counterTable, tallyTable, attributeTable].filter { !$0.rows.isEmpty }
  }

  private var counterTable: ReportTable {
    var table = ReportTable("counted", [.init("WHAT"), .init("COUNT", isNumber: true)])
    table.isList = true
    table.rows = counters.map { [Printable.text($0.name), $0.text] }
    return table
  }

  private var tallyTable: ReportTable {
    let kinds = ["CREATE", "UPDATE", "DELETE", "TABLE CHANGES"]
    var table = ReportTable("changes by table", [.init("TABLE")] + kinds.map { .init($0, isNumber: true) })
    table.rows = tally.map { tally in
      let figures = [tally.creates, tally.updates, tally.deletes, tally.tableChanges]
      return [Printable.text(tally.table)] + figures.map(Printable.number)
    }
    return table
  }

  private var attributeTable: ReportTable {
    let kinds = ["ADDED", "CHANGED", "REMOVED"]
    var table = ReportTable(
      "changes by attribute",
      [.init("TABLE"), .init("ATTRIBUTE")] + kinds.map { .init($0, isNumber: true) })
    for tally in tally {
      for attribute in tally.attributes ?? [] {
        let figures = [attribute.added, attribute.changed, attribute.removed]
        table.rows.append(
          [Printable.text(tally.table), attribute.name.map(Printable.text) ?? "(other names)"]
            + figures.map(Printable.number))
      }
    }
    return table
  }

  /// How long each phase took; nil where there was none.
  var phaseTable: ReportTable? {
    let totals = phases.totals
    guard !totals.isEmpty else { return nil }
    var table = ReportTable("durations", [.init("PHASE"), .init("TIME", isNumber: true)])
    table.rows = totals.map { [$0.phase.words, Printable.duration($0.seconds)] }
    return table
  }

  /// The backups, each with the command that brings it back; nil where there is none.
  var backupTable: ReportTable? {
    let backups = run.fold.backups
    guard !backups.isEmpty else { return nil }
    var table = ReportTable(
      "backups",
      [
        .init("TABLE"), .init("SIZE", isNumber: true), .init("WHERE"), .init("TO RESTORE IT"),
        .init("A RESTORE LOSES"),
      ])
    table.rows = backups.map { backup in
      [
        Printable.text(backup.table), Printable.size(backup.sizeBytes),
        Printable.text(backup.path ?? backup.arn),
        BackupAdvice.restoreCommand(backup, run: run.run), BackupAdvice.lost(backup).joined(separator: ", "),
      ]
    }
    return table
  }

  /// The failures of a group, the first or all: with values what was before, what was wanted and what was found.
  func table(of group: FailureGroup) async throws -> ReportTable {
    let found: [ReportTable.Column] =
      showValues ? [.init("BEFORE"), .init("WANTED"), .init("FOUND")] : [.init("FOUND")]
    var table = ReportTable(
      "\(group.heading) (\(Printable.many(group.count, "change")))",
      [.init("TABLE"), .init("KEY"), .init("WHY")] + found)
    try await forEachShownFailure(of: group) { failed in
      let item = try FoundItem(failed)
      let values = item.map { $0.cells(showValues: showValues) } ?? found.map { _ in "" }
      table.rows.append(
        [
          Printable.text(failed.planned.table), Printable.key(failed.planned.key),
          failed.detail.message.map(Printable.text) ?? "",
        ] + values)
    }
    table.more = more(group.count)
    return table
  }

  /// Says that only the first are shown; nil where all are.
  func more(_ count: Int) -> String? {
    count > shown ? "\(Printable.number(shown)) of \(Printable.number(count)) shown; all with --all" : nil
  }
}
