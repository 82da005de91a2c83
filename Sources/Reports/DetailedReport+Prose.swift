import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalTables

/// How a report for people is laid out.
protocol ProseStyle {
  func title(_ text: String) -> String
  func heading(_ text: String) -> String
  /// Lines that keep their columns.
  func block(_ lines: String) -> String
  /// One entry of a list, with what belongs to it.
  func entry(_ text: String, _ more: [String]) -> String
}

/// For a terminal.
struct TextStyle: ProseStyle {
  func title(_ text: String) -> String { "" }
  func heading(_ text: String) -> String { "\n" + text + "\n" }
  func block(_ lines: String) -> String { lines }
  func entry(_ text: String, _ more: [String]) -> String {
    "  \(text)\n" + more.map { "    \($0)\n" }.joined()
  }
}

/// Markdown; what is data is escaped.
struct MarkdownStyle: ProseStyle {
  func title(_ text: String) -> String { "# \(text)\n\n" }
  func heading(_ text: String) -> String { "\n## \(escaped(text))\n\n" }
  func block(_ lines: String) -> String { lines.indented("    ") }
  func entry(_ text: String, _ more: [String]) -> String {
    "- \(escaped(text))\n" + more.map { "  - \(escaped($0))\n" }.joined()
  }

  /// The text with everything escaped that Markdown gives a meaning.
  ///
  /// Source: https://spec.commonmark.org/0.31.2/#backslash-escapes
  private func escaped(_ text: String) -> String {
    // All of them are ASCII, so bytes will do.
    guard text.utf8.contains(where: special.contains) else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if special.contains(byte) { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private let special = Set("\\`*_[]<>#|&~".utf8)
}

extension DetailedReport {
  func writeProse(_ style: any ProseStyle, _ emit: (String) throws -> Void) async throws {
    try emit(style.title("Run \(run.run)") + style.block(run.header.text))
    try writeFigures(style, emit)
    for stop in stops {
      try emit(style.heading(stop.class.heading) + style.entry(Printable.text(stop.message), []))
    }
    for group in failures { try await write(group, style, emit) }
    for (category, count) in categories { try await write(category, count, style, emit) }
    try writeBackups(style, emit)
    try writeNext(style, emit)
  }

  private func writeFigures(_ style: any ProseStyle, _ emit: (String) throws -> Void) throws {
    if !counters.isEmpty {
      var table = FactSheet()
      for counter in counters { table.add(Printable.text(counter.name), counter.text) }
      try emit(style.heading("counted") + style.block(table.text.indented("  ")))
    }
    if !tally.isEmpty { try emit(style.heading("changes by table") + style.block(tally.text())) }
  }

  private func write(
    _ group: FailureGroup, _ style: any ProseStyle, _ emit: (String) throws -> Void
  ) async throws {
    try emit(style.heading("\(group.heading) (\(Printable.count(group.count, "change")))"))
    try await forEachFailure(of: group) { failed in
      let title = "\(Printable.text(failed.planned.table)) \(Printable.key(failed.planned.key))"
      let message = failed.detail.message.map { [Printable.text($0)] } ?? []
      let found = try FoundItem(failed).map { [$0.text(showValues: showValues)] } ?? []
      try emit(style.entry(title, message + found))
    }
  }

  private func write(
    _ category: NoteDetail.Category, _ count: Int, _ style: any ProseStyle, _ emit: (String) throws -> Void
  ) async throws {
    try emit(style.heading("\(category.heading) (\(Printable.count(count, "note")))"))
    try await forEachNote(category) { event, note in
      let place = [event.table.map(Printable.text), event.key.map { Printable.key($0) }].compactMap { $0 }
      let about = place.isEmpty ? "" : place.joined(separator: " ") + ": "
      try emit(style.entry(about + Printable.text("\(note.message) (\(note.code))"), []))
    }
  }

  private func writeBackups(_ style: any ProseStyle, _ emit: (String) throws -> Void) throws {
    guard !run.fold.backups.isEmpty else { return }
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
