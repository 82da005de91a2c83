import DynamoJournalEvents
import DynamoJournalTables

/// A planned change as a few lines, attribute by attribute.
///
/// Values are shown: whoever reviews a plan asks for them.
enum ChangeDiff {
  /// How much of a change is shown.
  enum Length {
    /// The first attributes, as an example.
    case short
    /// All of it, with what a removed attribute held.
    case whole
  }

  private static let shownAttributes = 8

  /// The change in a line, then `+ added = value`, `- removed`, `~ changed: old → new`, indented by two spaces.
  static func lines(_ intended: IntendedChange, _ length: Length = .short) -> [String] {
    switch intended {
    case .item(let change):
      let title = "\(change.kind.rawValue) \(change.table) \(change.key)"
      let attributes = attributes(change, length)
      return [Printable.text(title)] + (length == .whole ? attributes : cut(attributes)).map { "  " + $0 }
    case .table(let change):
      let title = "\(kind(change)) table \(change.table)"
      return [Printable.text(title)] + specification(change).map { "  " + Printable.text($0) }
    }
  }

  private static func cut(_ lines: [String]) -> [String] {
    let rest = lines.count - shownAttributes
    guard rest > 1 else { return lines }
    return lines.prefix(shownAttributes) + ["… and \(rest) more attributes"]
  }

  private static func attributes(_ change: Change, _ length: Length) -> [String] {
    let keyNames = Set(change.key.attributes.names)
    return change.touched.filter { !keyNames.contains($0) }.compactMap { name in
      line(Printable.text(name.string), change.before?[name], change.after?[name], length)
    }
  }

  private static func line(
    _ name: String, _ before: AttributeValue?, _ after: AttributeValue?, _ length: Length
  ) -> String? {
    let limit = length == .whole ? 240 : 60
    func text(_ value: AttributeValue) -> String { Printable.value(value, limit: limit) }
    return switch (before, after) {
    case (nil, let new?): "+ \(name) = \(text(new))"
    case (let old?, nil): length == .whole ? "- \(name) = \(text(old))" : "- \(name)"
    case (let old?, let new?) where old != new: "~ \(name): \(text(old)) → \(text(new))"
    default: nil
    }
  }

  // MARK: Tables

  static func kind(_ change: TableChange) -> String {
    change.before == nil ? "create" : change.after == nil ? "delete" : "update"
  }

  static func specification(_ change: TableChange) -> [String] {
    let before = change.before?.indexes ?? []
    let after = change.after?.indexes ?? []
    var lines: [String] = []
    if change.before == nil, let made = change.after { lines.append("key \(made.key)") }
    lines += after.filter { !before.contains($0) }.map { "+ index \($0.name) on \($0.key)" }
    lines += before.filter { !after.contains($0) }.map { "- index \($0.name) on \($0.key)" }
    return lines
  }
}
