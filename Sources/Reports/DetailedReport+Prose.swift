import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalTables

extension DetailedReport {
  func writeProse(_ style: any ProseStyle, _ emit: (String) throws -> Void) async throws {
    var header = FactSheet()
    // The backups have a part of their own.
    for fact in run.header.facts + versionFacts where fact.name != "backups" {
      header.add(fact.name, fact.lines)
    }
    try emit(style.title("Run \(run.run)") + style.facts(header))
    try writeDurations(style, emit)
    for table in figureTables { try emit(style.heading(table.title) + style.table(table)) }
    for stop in stops {
      try emit(style.heading(stop.class.heading) + style.entry(Printable.text(stop.message), []))
    }
    for group in failures { try await write(group, style, emit) }
    for (category, count) in categories { try await write(category, count, style, emit) }
    try await writeChanges(style, emit)
    try writeBackups(style, emit)
    try emit(style.heading("in all") + style.entry(run.changesText, []))
    try writeNext(style, emit)
  }

  /// Which versions made the run.
  var versionFacts: [(name: String, lines: [String])] {
    let started = run.fold.started
    let code = started.codeDigest.map { ", code \(Printable.text($0))" } ?? ""
    // Without its name: a line that begins with it looks like a command.
    let program = started.tool.split(separator: " ").last.map(String.init) ?? started.tool
    let sqlite = started.sqlite.map { ", SQLite \(Printable.text($0))" } ?? ""
    return [
      ("versions", ["program \(Printable.text(program)), migration \(started.version)\(code)\(sqlite)"]),
      (
        "verified",
        run.verified.map { [$0 ? "the journal's chain verifies" : "the journal's chain does not verify"] }
          ?? []
      ),
    ].filter { !$0.1.isEmpty }
  }

  private func writeDurations(_ style: any ProseStyle, _ emit: (String) throws -> Void) throws {
    guard let table = phaseTable else { return }
    let rate = throughputText.map { style.entry($0, []) } ?? ""
    try emit(style.heading(table.title) + style.table(table) + (rate.isEmpty ? "" : "\n" + rate))
  }

  private func write(
    _ group: FailureGroup, _ style: any ProseStyle, _ emit: (String) throws -> Void
  ) async throws {
    if style is MarkdownStyle {
      let table = try await table(of: group)
      return try emit(
        style.heading(table.title) + style.table(table) + (table.more.map { "\n\($0)\n" } ?? ""))
    }
    try emit(style.heading("\(group.heading) (\(Printable.many(group.count, "change")))"))
    try await forEachShownFailure(of: group) { failed in
      let title = "\(Printable.text(failed.planned.table)) \(Printable.key(failed.planned.key))"
      let message = failed.detail.message.map { [Printable.text($0)] } ?? []
      let found = try FoundItem(failed)?.lines(showValues: showValues) ?? []
      try emit(style.entry(title, message + found))
    }
    if let more = more(group.count) { try emit(style.entry(more, [])) }
  }

  private func write(
    _ category: NoteDetail.Category, _ count: Int, _ style: any ProseStyle, _ emit: (String) throws -> Void
  ) async throws {
    try emit(style.heading("\(category.heading) (\(Printable.many(count, "note")))"))
    for tally in notes where tally.category == category {
      try emit(style.entry(title(tally), []))
      try await forEachShownNote(tally) { try emit(style.nested($0)) }
    }
  }

  // MARK: Changes

  /// The items that were changed by name, the first or all; an item that moved, with the key that it has now.
  private func writeChanges(_ style: any ProseStyle, _ emit: (String) throws -> Void) async throws {
    guard let sealed = run.fold.plan, sealed.changes > 0 else { return }
    let units = min(shown, sealed.units)
    let some = units < sealed.units ? "; \(Printable.number(units)) shown, all with --all" : ""
    let title = "changes by item (\(Printable.many(sealed.units, "unit"))\(some))"
    try emit(style.heading(title))
    do {
      try await writeUnits(units, style, emit)
    } catch JournalError.planAltered {
      // What was done is still told; the answer ends with what is wrong with the journal.
      try emit(style.entry("not shown: the plan in the journal is not what was sealed", []))
    }
  }

  private func writeUnits(
    _ units: Int, _ style: any ProseStyle, _ emit: (String) throws -> Void
  ) async throws {
    let plan = try await PlanReader(journal, run.fold)
    var unit: [PlannedRow] = []
    var left = units
    for block in plan.blocks.indices where left > 0 {
      for row in try await plan.rows(of: block) where left > 0 {
        if let first = unit.first, first.unit != row.unit {
          try emit(lines(of: unit, style))
          left -= 1
          unit = []
        }
        unit.append(row)
      }
    }
    if left > 0, !unit.isEmpty { try emit(lines(of: unit, style)) }
  }

  private func lines(of unit: [PlannedRow], _ style: any ProseStyle) throws -> String {
    let deleted = unit.filter { $0.after == nil && $0.key != nil && !$0.isErased }
    let created = unit.filter { $0.before == nil && $0.key != nil && !$0.isErased }
    if unit.count == 2, let old = deleted.first, let new = created.first {
      return style.entry(
        "move \(Printable.text(old.table)) \(Printable.key(old.key)) to \(Printable.text(new.table)) \(Printable.key(new.key))",
        [])
    }
    return try unit.map { row in
      let kind = ChangeFilter.kind(of: row).rawValue
      let names = try DiffPart.all(row, limit: 60).map { part in
        guard showValues else { return part.sign == .removed ? "-\(part.name)" : part.name }
        switch part.sign {
        case .added: return "\(part.name) = \(part.after)"
        case .removed: return "-\(part.name)"
        case .changed: return "\(part.name): \(part.before) → \(part.after)"
        }
      }
      let what =
        row.isErased
        ? ": its values were erased"
        : names.isEmpty ? "" : ": " + Printable.cut(names.joined(separator: ", "), 300)
      return style.entry("\(kind) \(Printable.text(row.table)) \(Printable.key(row.key))\(what)", [])
    }.joined()
  }

  private func writeBackups(_ style: any ProseStyle, _ emit: (String) throws -> Void) throws {
    guard let table = backupTable else { return }
    if style is MarkdownStyle { return try emit(style.heading(table.title) + style.table(table)) }
    try emit(style.heading("backups"))
    for backup in run.fold.backups {
      let lines = BackupAdvice.lines(backup, run: run.run)
      try emit(style.entry(lines[0], Array(lines.dropFirst())))
    }
  }

  /// The report itself is not worth typing again.
  private func writeNext(_ style: any ProseStyle, _ emit: (String) throws -> Void) throws {
    let next = run.next.filter { !$0.command.hasPrefix("\(Program.name) report ") }
    guard !next.isEmpty else { return }
    let lines = next.block
    try emit(style.heading("next") + style.block(lines))
  }
}
