import DynamoJournalEvents
import DynamoJournalTables
import Foundation
import Mustache

/// What the page's template is filled with: everything but the changes.
///
/// The template escapes each value that it shows; values come here as people read them.
struct PageModel {
  private let report: DetailedReport
  private let script: String

  init(_ report: DetailedReport, script: String) {
    self.report = report
    self.script = script
  }

  private var run: RunReport { report.run }

  /// The values of the template.
  func values(notes: [[String: Any]], groups: [[String: Any]], changes: Changes?) -> [String: Any] {
    var values: [String: Any] = [
      "run": run.run, "migration": run.migration, "state": run.stateText, "stateClass": stateClass,
      "target": Printable.text(run.target), "cards": cards, "facts": facts, "groups": groups, "notes": notes,
      "hasNotes": !notes.isEmpty, "footer": footer, "script": script,
    ]
    if let timeline { values["timeline"] = timeline }
    if let throughput { values["throughput"] = throughput }
    if let changes {
      values["hasChanges"] = true
      values["listing"] = NextCommand.of("show", run: run.run, " --changes", for: "").command
      if changes.shown < changes.all {
        values["partly"] =
          "The first \(Printable.number(changes.shown)) of \(Printable.many(changes.all, "change")); 'report --format csv' has all of them."
      }
    }
    return values
  }

  /// How many changes the page has, of how many.
  struct Changes {
    let shown: Int
    let all: Int
  }

  private var stateClass: String {
    switch run.state {
    case .applied: "good"
    case .incomplete, .interrupted: "bad"
    case .planned, .planning, .applying, .rollingBack, .redoing: "warn"
    case .rolledBack, .closed: "quiet"
    }
  }

  // MARK: Summary

  private var cards: [[String: Any]] {
    let counts = run.counts
    let always = [("Planned", counts.planned, ""), ("Applied", counts.applied, "good")]
    let some = [
      ("Failed", counts.failed, "bad"), ("In doubt", counts.inDoubt, "warn"),
      ("Undone", counts.compensated, ""),
      ("Pending", counts.pending, "warn"), ("Notes", counts.notes, ""),
    ]
    var cards: [[String: Any]] = (always + some.filter { $0.1 > 0 }).map {
      ["name": $0.0, "value": Printable.number($0.1), "class": $0.1 > 0 ? $0.2 : ""]
    }
    let seconds = report.phases.totals.reduce(0) { $0 + ($1.phase == .stopped ? 0 : $1.seconds) }
    cards.append(["name": "Time at work", "value": Printable.duration(seconds), "class": ""])
    return cards
  }

  /// What stands at the top of the page, or has a part of its own.
  private static let elsewhere: Set = ["run", "migration", "state", "target", "changes", "notes", "backups"]

  private var facts: [[String: Any]] {
    (run.header.facts + report.versionFacts).filter { !Self.elsewhere.contains($0.name) }
      .map { ["name": $0.name, "lines": $0.lines] }
  }

  private var footer: String {
    let verified = run.verified.map {
      $0 ? "The journal's chain verifies. " : "The journal's chain does not verify. "
    }
    return (verified ?? "The journal's chain was not verified. ")
      + "Made from the journal alone, head \(run.journalHead ?? "unknown")."
  }

  // MARK: Charts

  private var timeline: [String: Any]? {
    let stretches = report.phases.stretches
    guard let begin = stretches.first?.begin, let end = stretches.last?.end, end > begin else { return nil }
    func place(_ time: Int64) -> Double { Double(time - begin) / Double(end - begin) * 1_000 }
    let totals = report.phases.totals
    return [
      "label": totals.map { "\($0.phase.words) \(Printable.duration($0.seconds))" }.joined(separator: ", "),
      "stretches": stretches.map { stretch -> [String: Any] in
        [
          "phase": stretch.phase.rawValue, "x": Self.number(place(stretch.begin)),
          "width": Self.number(max(2, place(stretch.end) - place(stretch.begin))),
          "title":
            "\(stretch.phase.words): \(Printable.duration(stretch.seconds)) from \(Timestamp.text(stretch.begin))",
        ]
      },
      "legend": totals.map { total -> [String: Any] in
        [
          "phase": total.phase.rawValue, "words": total.phase.words,
          "duration": Printable.duration(total.seconds),
        ]
      },
    ]
  }

  private var throughput: [String: Any]? {
    let chart = report.throughput
    guard let most = chart.bars.map({ $0.done + $0.failed }).max(), most > 0 else { return nil }
    let slot = 1_000 / Double(chart.bars.count)
    let width = Double(chart.width) / 1_000_000
    let bars = chart.bars.enumerated().map { index, bar -> [String: Any] in
      let high = Double(bar.done + bar.failed) / Double(most) * 150
      let bad = Double(bar.failed) / Double(most) * 150
      var drawn = Self.bar(Double(index) * slot, slot, high)
      let time = Timestamp.text(chart.begin + Int64(index) * chart.width)
      drawn["title"] = "\(time): \(Printable.many(bar.done + bar.failed, "change"))"
      if bar.failed > 0 { drawn["failed"] = Self.bar(Double(index) * slot, slot, bad) }
      return drawn
    }
    return [
      "summary": report.throughputText ?? "",
      "top": "\(Printable.number(Int((Double(most) / width).rounded())))/s",
      "begin": Timestamp.text(chart.begin),
      "end": Timestamp.text(chart.begin + Int64(chart.bars.count) * chart.width), "bars": bars,
      "hasBars": bars.count > 1,
    ]
  }

  /// A bar that stands on the axis.
  private static func bar(_ x: Double, _ slot: Double, _ height: Double) -> [String: Any] {
    [
      "x": number(x), "y": number(150 - height), "width": number(max(0.5, slot * 0.86)),
      "height": number(height),
    ]
  }

  private static func number(_ value: Double) -> String { Printable.decimal(value, digits: 2) }
}
