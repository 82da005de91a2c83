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
  }

  let run: RunReport
  let journal: Journal
  let notes: [NoteTally]
  let failures: [FailureGroup]
  let showValues: Bool
  let counters: [ToldCounter]
  let tally: [PlanTally]

  /// A report.
  ///
  /// - Parameter showValues: whether values of items are shown; else only names of attributes.
  /// - Throws: `JournalError`.
  package init(_ run: RunReport, _ journal: Journal, showValues: Bool = false) async throws {
    self.run = run
    self.journal = journal
    self.showValues = showValues
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
    case .markdown: try await writeProse(MarkdownStyle(), emit)
    case .json: try await writeJSON(emit)
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
