import DynamoJournalEvents
import DynamoJournalJSON

/// The changes of a run as the page's script reads them: JSON that is harmless inside an HTML element.
struct PageData {
  /// More changes than this make a page that a browser opens slowly.
  static let mostChanges = 100_000
  /// A value that is longer is cut: it is whole in the table of comma-separated values.
  private static let valueLength = 1_000

  private let tables: [String]

  /// - Parameter tables: the names of the tables that the plan changes.
  init(tables: [String]) { self.tables = tables }

  /// The members before the rows.
  var head: String {
    let fates = ChangeFate.allCases
    return Self.safe(
      "{\"tables\":" + JSONValue.array(tables.map { .string(Printable.text($0)) }).text() + ",\"states\":"
        + JSONValue.array(fates.map { .string($0.rawValue) }).text() + ",\"classes\":"
        + JSONValue.array(fates.map { .string($0.cssClass) }).text() + ",\"rows\":[\n")
  }

  /// What ends the document.
  var tail: String { "]}\n" }

  /// A change: its number, kind, table, key, state, difference, and why it failed.
  ///
  /// - Throws: `JournalError.damaged` when an image can't be read.
  func row(_ change: ReportedChange) throws -> String {
    let row = change.row
    let parts = try DiffPart.all(row, limit: Self.valueLength).map { part -> JSONValue in
      .array([.string(part.sign.rawValue), .string(part.name), .string(part.before), .string(part.after)])
    }
    let kind = ChangeFilter.Kind.allCases.firstIndex(of: ChangeFilter.kind(of: row)) ?? 0
    let value = JSONValue.array([
      .number(row.ordinal), .number(kind), .number(tables.firstIndex(of: row.table) ?? 0),
      .string(Printable.key(row.key)), .number(ChangeFate.allCases.firstIndex(of: change.fate) ?? 0),
      .array(parts), .string(why(change)),
    ])
    return Self.safe(value.text())
  }

  private func why(_ change: ReportedChange) -> String {
    if change.row.isErased { return "its values were erased" }
    let detail = change.outcome?.detail
    return [detail?.code, detail?.message].compactMap { $0.map(Printable.text) }.joined(separator: ": ")
  }

  /// JSON in which nothing can end the element that it stands in, or a line of a script.
  ///
  /// Source: https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
  static func safe(_ json: String) -> String {
    guard
      json.utf8.contains(where: {
        $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "&") || $0 >= 0x80
      })
    else { return json }
    var text = String.UnicodeScalarView()
    for scalar in json.unicodeScalars {
      switch scalar {
      case "<": text.append(contentsOf: "\\u003c".unicodeScalars)
      case ">": text.append(contentsOf: "\\u003e".unicodeScalars)
      case "&": text.append(contentsOf: "\\u0026".unicodeScalars)
      case "\u{2028}": text.append(contentsOf: "\\u2028".unicodeScalars)
      case "\u{2029}": text.append(contentsOf: "\\u2029".unicodeScalars)
      default: text.append(scalar)
      }
    }
    return String(text)
  }
}

extension ChangeFate {
  /// The class of the style sheet that it is shown in.
  var cssClass: String {
    switch self {
    case .applied, .madeAgain: "good"
    case .failed, .notUndone, .notMadeAgain: "bad"
    case .inDoubt, .notSent: "warn"
    case .planned, .undone: "quiet"
    }
  }
}
