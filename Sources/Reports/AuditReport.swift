import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalTables

/// Change events as lines of JSON, and as rows of a table.
///
/// They are written page by page, so that no more than a page is in memory.
package struct AuditReport: Sendable {
  private var table = TextTable(
    ["SEQ", "TIME", "EVENT", "RUN", "TABLE", "KEY", "ACTOR"], alignments: [.right])
  private var time = TimeText()
  private let verified: Bool?

  /// A report that has not begun.
  ///
  /// - Parameter verified: whether the journal's chain verifies; nil where nobody looked.
  package init(verified: Bool? = nil) { self.verified = verified }

  /// A page as lines of JSON, one object each.
  package mutating func jsonLines(_ page: [AuditEntry]) throws -> String {
    var lines = ""
    for entry in page { lines += try jsonLine(entry) + "\n" }
    return lines
  }

  /// One event of an item's history: with the other end of a move, and whether the change was ever made or undone.
  ///
  /// - Parameters:
  ///   - other: where the item went, or came from; nil where it did not move.
  ///   - standing: `planned`, `standing`, `undone` or `failed`: how the change stands by the last event about it.
  package mutating func historyLine(
    _ entry: AuditEntry, other: PlannedRow?, standing: String
  ) throws -> String {
    var line = try jsonLine(entry)
    line.removeLast()
    let place = other.map {
      #"{"table": \#(JSONValue.string($0.table).text()), "key": \#(String(decoding: $0.key ?? [], as: UTF8.self))}"#
    }
    let isGone = entry.after == nil
    return line + #", "movedTo": \#(isGone ? place ?? "null" : "null")"#
      + #", "movedFrom": \#(isGone ? "null" : place ?? "null"), "standing": "\#(standing)"}"#
  }

  /// The titles of `csvLines`.
  package static let csvTitles = CSV.line([
    "seq", "at", "event", "run", "migration", "table", "key", "before", "after", "actor", "reason", "code",
  ])

  /// A page as comma-separated values; key and images are DynamoDB JSON.
  package mutating func csvLines(_ page: [AuditEntry]) throws -> String {
    var lines = ""
    for entry in page {
      let event = entry.event
      let detail = try event.detail == nil ? OutcomeDetail() : event.decode(OutcomeDetail.self)
      let text = { (bytes: [UInt8]?) in bytes.map { String(decoding: $0, as: UTF8.self) } }
      lines += CSV.line([
        String(event.seq), time.text(event.at), event.kind.rawValue, entry.started.run,
        entry.started.migration, event.table, text(event.key), text(entry.before), text(entry.after),
        event.actor.name, entry.started.reason, event.kind == .failed ? detail.code : nil,
      ])
    }
    return lines
  }

  /// A page as rows; the titles stand above the first one.
  package mutating func textLines(_ page: [AuditEntry]) -> String {
    for entry in page {
      let event = entry.event
      table.add([
        String(event.seq), time.text(event.at), event.kind.rawValue, entry.started.run,
        Printable.text(event.table ?? ""), Printable.key(event.key), Printable.text(event.actor.name),
      ])
    }
    return table.takeLines()
  }

  private mutating func jsonLine(_ entry: AuditEntry) throws -> String {
    let event = entry.event
    var line = ObjectWriter()
    line.add("seq", .number(event.seq))
    line.add("at", .string(time.text(event.at)))
    line.add("event", .string(event.kind.rawValue))
    line.add("run", .string(entry.started.run))
    line.add("migration", .string(entry.started.migration))
    line.add("table", .text(event.table))
    line.add("key", raw: event.key)
    line.add("before", raw: entry.before)
    line.add("after", raw: entry.after)
    line.add("actor", event.actor.json)
    line.add("reason", .text(entry.started.reason))
    line.add("change", event.change.map { .number($0) } ?? .null)
    line.add("verified", verified.map { .bool($0) } ?? .null)
    try addOutcome(event, to: &line)
    return line.finish()
  }

  /// What is to be said of an outcome beyond the bare fact: why it failed, what was found or written over.
  private func addOutcome(_ event: StoredEvent, to line: inout ObjectWriter) throws {
    let detail = try event.detail == nil ? OutcomeDetail() : event.decode(OutcomeDetail.self)
    if event.kind == .failed {
      line.add("code", .text(detail.code))
      line.add("message", .text(detail.message))
      line.add("undoing", .bool(detail.undoing == true))
      if detail.redoing == true { line.add("redoing", true) }
    }
    if detail.foundSo == true { line.add("foundSo", true) }
    if detail.foreign == true { line.add("foreign", true) }
    if detail.forced == true { line.add("forced", true) }
    if let event = detail.overwrote { line.add("overwrote", .number(event)) }
    if let found = detail.found { line.add("found", raw: Array(found.utf8)) }
  }
}

extension ActorIdentity {
  /// The actor as the contract has it: `{"user": …, "host": …, "arn": …}`.
  var json: JSONValue { ["user": .string(user), "host": .string(host), "arn": .text(arn)] }
}

/// Writes times, the last one remembered: all events of a commit have the same.
struct TimeText {
  private var last: (time: Int64, text: String)?

  mutating func text(_ time: Int64) -> String {
    if let last, last.time == time { return last.text }
    let text = Timestamp.text(time)
    last = (time, text)
    return text
  }
}
