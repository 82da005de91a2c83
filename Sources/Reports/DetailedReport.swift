import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalTables

/// Everything that there is to say about a run, written piece by piece: notes and failures come page by page from
/// the journal, so that millions of them take no memory.
package struct DetailedReport: Sendable {
  /// The forms that a report is written in.
  package enum Format: String, Sendable, CaseIterable {
    /// For a terminal.
    case text
    /// For a ticket or a page.
    case markdown
    /// For programs: one document.
    case json
    /// For a browser: one file, which needs no network.
    case html
    /// For a spreadsheet: a line a change.
    case csv
  }

  /// How many notes of a code, and failures of a kind, are shown where not all are asked for.
  package static let usuallyShown = 10

  let run: RunReport
  let journal: Journal
  let notes: [NoteTally]
  let failures: [FailureGroup]
  let showValues: Bool
  /// So many notes of a code, and failures of a kind, are shown at most.
  let shown: Int
  let counters: [ToldCounter]
  let tally: [PlanTally]
  let phases: RunPhases
  let throughput: Throughput

  /// A report.
  ///
  /// - Parameters:
  ///   - showValues: whether values of items that were in conflict are shown; else only names of attributes.
  ///   - showAll: whether every note and failure is shown; JSON has all of them in any case.
  /// - Throws: `JournalError`.
  package init(
    _ run: RunReport, _ journal: Journal, showValues: Bool = false, showAll: Bool = false
  ) async throws {
    self.run = run
    self.journal = journal
    self.showValues = showValues
    shown = showAll ? .max : Self.usuallyShown
    phases = RunPhases(
      try await journal.moments(of: run.fold.number), ignoring: Set(run.fold.passedOver.map(\.seq)))
    var outcomes = Throughput()
    try await journal.forEachOutcome(of: run.fold) { outcomes.add($0, at: $1) }
    throughput = outcomes
    notes = try await journal.noteTallies(of: run.fold.number)
    failures = try await journal.failures(of: run.fold.number)
    let checkpoint = try run.fold.plan == nil ? run.fold.checkpoint : nil
    let counted = run.fold.plan?.counters ?? checkpoint?.counters ?? []
    counters = try await ToldCounter.all(counted, run, journal)
    tally = run.fold.plan?.tally ?? checkpoint?.tally ?? []
  }

  /// Writes the report; `emit` gets it in pieces, in order.
  package func write(_ format: Format, _ emit: (String) throws -> Void) async throws {
    switch format {
    case .text: try await writeProse(TextStyle(), emit)
    case .markdown: try await writeMarkdown(emit)
    case .json: try await writeJSON(emit)
    case .html: try await PageReport(self).write(emit)
    case .csv:
      guard let changes = try await ReportedChanges(journal, run.fold) else {
        return try emit(ChangeTable.head)
      }
      try await ChangeTable(run: run.run, changes, showValues: showValues).write(emit)
    }
  }

  /// Markdown that fits into GitHub's job summary, whatever there is to say.
  ///
  /// Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits: 1 MiB a step.
  private func writeMarkdown(_ emit: (String) throws -> Void) async throws {
    var room = 1_000_000
    var isCut = false
    try await writeProse(MarkdownStyle()) { piece in
      isCut = isCut || piece.utf8.count > room
      guard !isCut else { return }
      room -= piece.utf8.count
      try emit(piece)
    }
    if isCut {
      try emit("\n\n**Cut here**: a job summary takes no more. `--format html` has the whole report.\n")
    }
  }

  /// The classes of notes that there are, in the order of reports.
  var categories: [(category: NoteDetail.Category, count: Int)] {
    NoteDetail.Category.allCases.compactMap { category in
      let count = notes.filter { $0.category == category }.reduce(0) { $0 + $1.count }
      return count > 0 ? (category, count) : nil
    }
  }

  // MARK: Pages

  func forEachNote(
    _ category: NoteDetail.Category, _ body: (StoredEvent, NoteDetail) throws -> Void
  ) async throws {
    var position: Int64 = 0
    while true {
      let page = try await journal.notes(of: run.fold.number, category: category, after: position)
      for event in page { try body(event, event.decode(NoteDetail.self)) }
      guard let last = page.last else { return }
      position = last.seq
    }
  }

  /// The first notes of a code, or all, as lines.
  func forEachShownNote(_ tally: NoteTally, _ body: (String) throws -> Void) async throws {
    var (position, left): (Int64, Int) = (0, shown)
    while left > 0 {
      let page = try await journal.notes(
        of: run.fold.number, tally: tally, after: position, limit: min(left, 500))
      for event in page { try body(Self.line(event, try event.decode(NoteDetail.self))) }
      guard let last = page.last else { return }
      left -= page.count
      position = last.seq
    }
  }

  private static func line(_ event: StoredEvent, _ note: NoteDetail) -> String {
    let place = [event.table.map(Printable.text), event.key.map { Printable.key($0) }].compactMap { $0 }
    return (place.isEmpty ? "" : place.joined(separator: " ") + ": ") + Printable.text(note.message)
  }

  /// `operatorWithoutValidator: 5,000; 10 shown, all with --all`.
  func title(_ tally: NoteTally) -> String {
    let more = tally.count > shown ? "; \(Printable.number(shown)) shown, all with --all" : ""
    return "\(Printable.text(tally.code)): \(Printable.number(tally.count))\(more)"
  }

  /// The first failures of a group, or all.
  func forEachShownFailure(of group: FailureGroup, _ body: (FailedChange) throws -> Void) async throws {
    var (position, left): (Int64, Int) = (0, shown)
    while left > 0 {
      let page = try await journal.failedChanges(of: group, after: position, limit: min(left, 500))
      for failed in page { try body(failed) }
      guard let last = page.last else { return }
      left -= page.count
      position = last.seq
    }
  }

  /// `12,345 outcomes, 1,234 a second; 2,000 a second at best`; nil where there was none.
  var throughputText: String? {
    guard throughput.outcomes > 0 else { return nil }
    let mean = throughput.rate(over: phases.secondsOfWork)
    // Of a run that is shorter than a stretch of the chart the peak says nothing.
    let isSteady = throughput.peak <= mean ?? 0
    let rate = mean.map { ", \(Printable.number(Int($0.rounded()))) a second" }
    return Printable.many(throughput.outcomes, "outcome") + (rate ?? "")
      + (isSteady ? "" : "; \(Printable.number(Int(throughput.peak.rounded()))) a second at best")
  }

  func forEachFailure(of group: FailureGroup, _ body: (FailedChange) throws -> Void) async throws {
    var position: Int64 = 0
    while true {
      let page = try await journal.failedChanges(of: group, after: position)
      for failed in page { try body(failed) }
      guard let last = page.last else { return }
      position = last.seq
    }
  }
}

extension NoteDetail.Category {
  /// The heading above notes of this class.
  var heading: String {
    switch self {
    case .skipped: "skipped"
    case .conflict: "\(ErrorClass.data.heading): conflicts"
    case .data: ErrorClass.data.heading
    case .warning: "warnings"
    }
  }
}

extension FailureGroup {
  /// The heading above failures of this group.
  var heading: String {
    let what = undoing ? "not undone" : redoing ? "not redone" : "not applied"
    let reason = code.isEmpty ? "no code" : Printable.text(code)
    return "\(ErrorClass(failure: code).heading): \(what), \(reason)"
  }
}
