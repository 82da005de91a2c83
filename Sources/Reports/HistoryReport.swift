import DynamoJournalEvents
import DynamoJournalTables

/// All that runs did to one item, for people: a paragraph a change, the oldest first.
///
/// Values are shown, since the item was asked for by name; long ones are cut, and the audit's JSON has them whole.
package struct HistoryReport: Sendable {
  private static let valueLimit = 200

  private let table: String
  private let key: [UInt8]
  private var changes: [[AuditEntry]] = []
  private var places: [ChangeNumber: Int] = [:]
  private var moves: [ChangeNumber: PlannedRow] = [:]
  private var times = TimeText()

  private struct ChangeNumber: Hashable {
    let run: Int64
    let change: Int?
  }

  /// The history of the item with that key, in canonical DynamoDB JSON; nothing is known of it yet.
  package init(table: String, key: [UInt8]) {
    self.table = table
    self.key = key
  }

  /// Whether no run has planned a change of the item.
  package var isEmpty: Bool { changes.isEmpty }

  /// Takes in events about the item, in the order of the journal.
  package mutating func add(_ page: [AuditEntry]) {
    for entry in page {
      let number = ChangeNumber(run: entry.event.run, change: entry.event.change)
      if let place = places[number] {
        changes[place].append(entry)
      } else {
        places[number] = changes.endIndex
        changes.append([entry])
      }
    }
  }

  /// Takes in where a planned change takes the item, or from where it brings it.
  package mutating func add(move other: PlannedRow, of planned: StoredEvent) {
    moves[ChangeNumber(run: planned.run, change: planned.change)] = other
  }

  /// For each change: what, in which run, why, attribute by attribute; then what came of it, when and by whom.
  ///
  /// - Throws: `JournalError.damaged` when an image or a detail can't be read.
  package mutating func text() throws -> String {
    var text = "\(Printable.text(table)) \(Printable.key(key))\n"
    if isEmpty { return text + "no run in this journal has planned a change of this item\n" }
    let made = changes.filter { ChangeStanding(of: $0.map(\.event.kind)) != .planned }
    let planned = changes.filter { ChangeStanding(of: $0.map(\.event.kind)) == .planned }
    for events in made { text += "\n" + (try paragraph(events)) }
    if !planned.isEmpty {
      text += "\nplanned, and not made: by a dry run, or by a run that has not come to it\n"
      for events in planned { text += "\n" + (try paragraph(events)) }
    }
    return text
  }

  private mutating func paragraph(_ events: [AuditEntry]) throws -> String {
    guard let first = events.first else { return "" }
    let change = try HistoryReport.change(first)
    var lines = [
      "\(title(change, first.event))\(ChangeStanding(of: events.map(\.event.kind)) == .undone ? ", undone since," : "") by run \(first.started.run) of \(Printable.text(first.started.migration))"
    ]
    if let reason = first.started.reason { lines.append("  reason: \(Printable.text(reason))") }
    lines += HistoryReport.attributes(change).map { "  " + $0 }
    for entry in events { lines += try timeline(entry, change).map { "  " + $0 } }
    if events.last?.event.kind == .planned {
      lines.append("  no outcome is journaled: the plan alone writes nothing")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  // MARK: What

  /// `update`, or `delete, moved to operators-by-address address=0x…`.
  private func title(_ change: Change, _ event: StoredEvent) -> String {
    guard let other = moves[ChangeNumber(run: event.run, change: event.change)] else {
      return change.kind.rawValue
    }
    let place = "\(Printable.text(other.table)) \(Printable.key(other.key))"
    return "\(change.kind.rawValue), moved \(change.kind == .delete ? "to" : "here from") \(place)"
  }

  private static func change(_ entry: AuditEntry) throws -> Change {
    func item(_ bytes: [UInt8]?) throws -> Item? { try bytes.map { try DynamoDBJSON.item(from: $0) } }
    do {
      return Change(
        table: entry.event.table ?? "", key: Key(try item(entry.event.key) ?? Item()),
        before: try item(entry.before), after: try item(entry.after))
    } catch {
      throw JournalError.damaged(event: entry.event.seq, reason: "an image can't be read")
    }
  }

  /// `+ added = value`, `- removed = value`, `~ changed: old → new`.
  private static func attributes(_ change: Change) -> [String] {
    let keyNames = Set(change.key.attributes.names)
    return change.touched.filter { !keyNames.contains($0) }.compactMap { name in
      let shown = Printable.text(name.string)
      return switch (change.before?[name], change.after?[name]) {
      case (nil, let new?): "+ \(shown) = \(value(new))"
      case (let old?, nil): "- \(shown) = \(value(old))"
      case (let old?, let new?) where old != new: "~ \(shown): \(value(old)) → \(value(new))"
      default: nil
      }
    }
  }

  private static func value(_ value: AttributeValue) -> String { Printable.value(value, limit: valueLimit) }

  // MARK: What came of it

  private mutating func timeline(_ entry: AuditEntry, _ change: Change) throws -> [String] {
    let event = entry.event
    let head =
      "\(times.text(event.at))  \(HistoryReport.word(event.kind)) by \(Printable.text(event.actor.name))"
    let detail = try event.detail == nil ? OutcomeDetail() : event.decode(OutcomeDetail.self)
    let remark = HistoryReport.remark(event.kind, detail)
    let line = remark.map { head + ": " + $0 } ?? head
    if event.kind == .overwriting {
      let image = entry.before.map { String(decoding: $0, as: UTF8.self) } ?? "null"
      return [line] + (try HistoryReport.found(image, event, change, undoing: OutcomeDetail(undoing: true)))
    }
    guard let found = detail.found else { return [line] }
    return [line] + (try HistoryReport.found(found, event, change, undoing: detail))
  }

  private static func word(_ kind: EventKind) -> String {
    switch kind {
    case .compensated: "undone"
    case .reapplied: "made again"
    case .overwriting: "to be written over"
    default: kind.rawValue
    }
  }

  private static func remark(_ kind: EventKind, _ detail: OutcomeDetail) -> String? {
    if kind == .failed {
      let what =
        detail.undoing == true ? "the undoing failed" : detail.redoing == true ? "the redoing failed" : nil
      let facts = [what, detail.code, detail.message].compactMap { $0 }.map(Printable.text)
      return facts.isEmpty ? nil : facts.joined(separator: ", ")
    }
    if detail.forced == true { return "forced over a later change" }
    if kind == .overwriting { return "somebody else had changed it since; what stood there is kept here" }
    if kind == .compensated && detail.foreign == true { return "found so, somebody else had taken it back" }
    if detail.foreign == true { return "found so, somebody else had made the same change" }
    return detail.foundSo == true ? "found so" : nil
  }

  /// How the item that was in the way differs from what was expected.
  private static func found(
    _ json: String, _ event: StoredEvent, _ change: Change, undoing detail: OutcomeDetail
  ) throws -> [String] {
    do {
      let item = json == "null" ? nil : try DynamoDBJSON.item(from: Array(json.utf8))
      let isUndoing = detail.undoing == true || event.kind == .compensated
      let found = FoundItem(item, expected: isUndoing ? change.after : change.before, of: change)
      return ["  " + found.text(showValues: true)]
    } catch {
      throw JournalError.damaged(event: event.seq, reason: "the item that it found can't be read")
    }
  }
}
