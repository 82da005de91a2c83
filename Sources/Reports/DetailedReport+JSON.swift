import DynamoJournalProgram
import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalTables

extension DetailedReport {
  /// One document: the members of `show`, then figures, failures by code, notes by class, and what to type next.
  ///
  /// Lists that may be long have an element a line.
  func writeJSON(_ emit: (String) throws -> Void) async throws {
    let members = (run.json.objectValue ?? []).filter { $0.name != "backups" } + figures
    try emit("{\n" + members.map { Self.member($0.name, $0.value) + ",\n" }.joined())
    try await writeFailures(emit)
    try await writeNotes(emit)
    let next = JSONValue.array(
      run.next.map { ["command": .string($0.command), "purpose": .string($0.purpose)] })
    try emit(Self.member("next", next) + "\n}\n")
  }

  private var figures: [JSONValue.Member] {
    [
      .init(name: "backups", value: .array(run.fold.backups.map { BackupAdvice.json($0, run: run.run) })),
      .init(
        name: "counters",
        value: .array(counters.map(\.json))),
      .init(name: "tally", value: tally.json),
      .init(name: "errors", value: errorTally),
      .init(name: "phases", value: phases.json),
      .init(name: "throughput", value: throughput.json(over: phases.secondsOfWork)),
    ]
  }

  private static func member(_ name: String, _ value: JSONValue) -> String {
    JSONValue.string(name).text() + ": " + value.text()
  }

  // MARK: Failures

  private func writeFailures(_ emit: (String) throws -> Void) async throws {
    try emit("\"failures\": [")
    for (index, group) in failures.enumerated() {
      let head: JSONValue = [
        "class": .string(ErrorClass(failure: group.code).rawValue),
        "code": group.code.isEmpty ? .null : .string(group.code), "undoing": .bool(group.undoing),
        "redoing": .bool(group.redoing),
        "count": .number(group.count),
      ]
      try emit((index > 0 ? "," : "") + "\n" + head.text().dropLast() + ",\"changes\":[")
      var separator = "\n"
      try await forEachFailure(of: group) { failed in
        try emit(separator + line(failed))
        separator = ",\n"
      }
      try emit("]}")
    }
    try emit("],\n")
  }

  private func line(_ failed: FailedChange) throws -> String {
    var object = ObjectWriter()
    object.add("seq", .number(failed.seq))
    object.add("change", .number(failed.planned.ordinal))
    object.add("table", .string(failed.planned.table))
    object.add("key", raw: failed.planned.key)
    object.add("message", .text(failed.detail.message))
    object.add("found", raw: try FoundItem(failed)?.json(showValues: showValues))
    return object.finish()
  }

  // MARK: Notes

  private func writeNotes(_ emit: (String) throws -> Void) async throws {
    try emit("\"notes\": [")
    for (index, (category, count)) in categories.enumerated() {
      let codes = notes.filter { $0.category == category }.map {
        ["code": .string($0.code), "count": .number($0.count)] as JSONValue
      }
      let head: JSONValue = [
        "category": .string(category.rawValue), "class": .text(ErrorClass(category)?.rawValue),
        "count": .number(count), "codes": .array(codes),
      ]
      try emit((index > 0 ? "," : "") + "\n" + head.text().dropLast() + ",\"notes\":[")
      var separator = "\n"
      try await forEachNote(category) { event, note in
        try emit(separator + Self.line(event, note))
        separator = ",\n"
      }
      try emit("]}")
    }
    try emit("],\n")
  }

  private static func line(_ event: StoredEvent, _ note: NoteDetail) -> String {
    var object = ObjectWriter()
    object.add("seq", .number(event.seq))
    object.add("code", .string(note.code))
    object.add("table", .text(event.table))
    object.add("key", raw: event.key)
    object.add("message", .string(note.message))
    return object.finish()
  }
}
