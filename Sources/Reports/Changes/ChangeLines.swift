import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalTables

/// The changes of a plan one after the other, for people and for programs.
package enum ChangeLines {
  /// A change as a difference: its table and key, then a line for each attribute that it adds, removes or changes.
  ///
  /// - Throws: `JournalError.damaged` when an image can't be read.
  package static func text(_ row: PlannedRow) throws -> String {
    if row.isErased {
      let kind = ChangeFilter.kind(of: row).rawValue
      return "\(kind) \(Printable.text(row.table)) \(Printable.key(row.key))\n  its values were erased\n"
    }
    return ChangeDiff.lines(try row.change().intended, .whole).map { $0 + "\n" }.joined()
  }

  /// A change as a JSON object, in a line: `change`, `unit`, `stage`, `kind`, `table`, `key`, `before` and `after` as in
  /// `audit`, and `erased` where its values were.
  package static func json(_ row: PlannedRow) -> String {
    var line = ObjectWriter()
    line.add("change", .number(row.ordinal))
    line.add("unit", .number(row.unit))
    line.add("stage", .number(row.stage))
    line.add("kind", .string(ChangeFilter.kind(of: row).rawValue))
    line.add("table", .string(row.table))
    line.add("key", raw: row.key)
    line.add("before", raw: row.before)
    line.add("after", raw: row.after)
    if row.isErased { line.add("erased", true) }
    return line.finish() + "\n"
  }
}
