import DynamoJournalJSON
import DynamoJournalPrograms
import DynamoJournalRunner

/// What an import has done, in figures.
struct ImportSummary {
  let table: String
  let tally: ImportTally
  /// Items that were written, new ones and replaced ones.
  let written: Int
  /// Items that were to be replaced and were not, since somebody else had changed them meanwhile.
  var conflicts = 0
  /// Whether the table was made.
  var isNew = false
  /// Whether nothing was to be written.
  var isDry = false

  /// `imported 3 items into t`, and what became of the others where there were any.
  var text: String {
    let count = isDry ? tally.new + tally.replaced : written
    let words = "\(isDry ? "would import" : "imported") \(count) items into \(table)"
    guard tally.existing > 0 || count != tally.new else { return words }
    let kept = tally.kept > 0 ? ", \(tally.kept) kept as they are" : ""
    return words + ": \(tally.new) new, \(tally.replaced) replaced, \(tally.unchanged) unchanged\(kept)"
  }

  /// The same for scripts.
  var members: [JSONValue.Member] {
    [
      .init(name: "table", value: .string(table)),
      .init(name: "imported", value: .number(isDry ? 0 : written)),
      .init(name: "created", value: .bool(isNew)), .init(name: "new", value: .number(tally.new)),
      .init(name: "replaced", value: .number(tally.replaced)),
      .init(name: "unchanged", value: .number(tally.unchanged)),
      .init(name: "kept", value: .number(tally.kept)),
    ]
  }
}

/// What is asked before an import replaces items.
struct ImportQuestion {
  private let tally: ImportTally
  private let table: String

  init(_ tally: ImportTally, _ table: String) {
    self.tally = tally
    self.table = table
  }

  /// How many of the keys are there, and what becomes of them.
  var existing: String {
    let keys =
      tally.items == 1 ? "the key exists" : "\(tally.existing) of the \(tally.items) keys exist"
    let items = tally.replaced == 1 ? "1 item" : "\(tally.replaced) items"
    return
      "\(keys) already in table '\(table)': \(items) would be replaced, \(tally.unchanged) would stay the same"
      + (tally.kept > 0 ? ", \(tally.kept) would be kept as they are" : "")
  }

  /// Why nothing is replaced without a word.
  var refusal: Refusal {
    Refusal(
      "\(existing); nothing was written",
      remedy: "add --yes to replace them, or --if-absent to write only the keys that are not there")
  }
}
