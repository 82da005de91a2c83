import DynamoJournalJSON

/// What `doctor` found: a line each, with the remedy.
package struct DoctorReport: Sendable {
  private static let widestSubject = 48

  /// The target as the command line names it; nil when that can't be told.
  package let target: String?
  /// The migration that was asked about; nil for all.
  package let migration: String?
  /// In the order in which they were made.
  package let checks: [Check]

  /// A report.
  package init(target: String?, migration: String?, checks: [Check]) {
    self.target = target
    self.migration = migration
    self.checks = checks
  }

  /// Whether nothing failed.
  package var isHealthy: Bool { count(.fail) == 0 }

  private func count(_ mark: Check.Mark) -> Int { checks.count { $0.mark == mark } }

  /// One object: `target`, `migration`, `healthy`, `counts` by mark, and `checks`.
  package var jsonText: String {
    let counts = Check.Mark.allCases.map { JSONValue.Member(name: $0.rawValue, value: .number(count($0))) }
    let report: JSONValue = [
      "target": .text(target), "migration": .text(migration), "healthy": .bool(isHealthy),
      "counts": .object(counts), "checks": .array(checks.map(\.json)),
    ]
    return report.prettyText() + "\n"
  }

  /// A line each, and one that counts them.
  package var text: String {
    let width = min(Self.widestSubject, checks.map(\.title.count).max() ?? 0)
    return checks.map { $0.line(width) + "\n" }.joined() + summary + "\n"
  }

  private var summary: String {
    var parts = ["\(count(.ok)) ok"]
    if count(.warn) > 0 { parts.append(Printable.count(count(.warn), "warning")) }
    if count(.fail) > 0 { parts.append("\(count(.fail)) failed") }
    if count(.skip) > 0 { parts.append("\(count(.skip)) not looked at") }
    return Printable.count(checks.count, "check") + ": " + parts.joined(separator: ", ")
  }
}

extension Check {
  fileprivate var title: String { Printable.text(subject.map { "\(area.rawValue) \($0)" } ?? area.rawValue) }

  fileprivate func line(_ width: Int) -> String {
    let mark = self.mark.word + String(repeating: " ", count: 6 - self.mark.word.count)
    let padding = String(repeating: " ", count: max(0, width - title.count) + 2)
    return mark + title + padding + Printable.text(found) + (remedy.map { ": " + Printable.text($0) } ?? "")
  }

  fileprivate var json: JSONValue {
    [
      "check": .string(area.rawValue), "subject": .text(subject), "mark": .string(mark.rawValue),
      "found": .string(found), "remedy": .text(remedy),
    ]
  }
}
