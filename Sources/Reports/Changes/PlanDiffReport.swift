import DynamoJournalEvents
import DynamoJournalJSON

/// Two plans side by side, as `plan-diff` answers.
package struct PlanDiffReport: Sendable {
  /// A plan and the journal that has it.
  package struct Plan: Sendable {
    /// The journal.
    package let journal: Journal
    /// The run.
    package let fold: RunFold

    /// A plan.
    package init(_ journal: Journal, _ fold: RunFold) {
      self.journal = journal
      self.fold = fold
    }

    /// The planned change of an event, looked up again.
    fileprivate func row(_ seq: Int64) async throws -> PlannedRow {
      guard let row = try await journal.planned(of: fold.number, after: seq - 1, limit: 1).first,
        row.seq == seq
      else { throw JournalError.damaged(event: seq, reason: "it should be a planned change") }
      return row
    }
  }

  private let plans: [PlanComparison.Side: Plan]
  private let figures: PlanComparison.Figures

  /// A report.
  package init(_ plans: [PlanComparison.Side: Plan], _ figures: PlanComparison.Figures) {
    self.plans = plans
    self.figures = figures
  }

  // MARK: Text

  /// What both have in common, and how many differences there are.
  package var text: String {
    var sheet = FactSheet()
    for (side, name) in [(PlanComparison.Side.first, "first"), (.second, "second")] {
      guard let fold = plans[side]?.fold, let plan = fold.plan else { continue }
      sheet.add(
        name,
        [
          "\(fold.started.run), \(Printable.count(plan.changes, "change")) on \(Printable.text(fold.started.target))",
          "set of changes \(figures.setDigests[side] ?? "")",
        ])
    }
    sheet.add("in both", Printable.count(figures.inBoth, "change"))
    for kind in PlanComparison.Kind.allCases {
      sheet.add(kind.words, Printable.count(figures.differences[kind] ?? 0, "change"))
    }
    let answer = figures.isSame ? "the plans make the same changes\n" : "the plans differ\n"
    return sheet.text + answer
  }

  /// The heading of the differences of a kind, of which so many are shown; nothing where there are none.
  package func heading(_ kind: PlanComparison.Kind, shown: Int) -> String {
    let count = figures.differences[kind] ?? 0
    let more = shown < count ? " (\(shown) of \(count); all with --all)" : ""
    return count == 0 ? "" : "\n\(kind.words)\(more)\n"
  }

  /// A difference as text: the change that one plan has, or both.
  package func text(_ difference: [PlanComparison.Side: Int64]) async throws -> String {
    var text = ""
    for side in PlanComparison.Side.allCases {
      guard let row = try await row(difference, side) else { continue }
      let title = difference.count == 2 ? "  \(side == .first ? "first" : "second"): " : "  "
      text += title + String(try ChangeLines.text(row).indented("  ").dropFirst(2))
    }
    return text
  }

  // MARK: JSON

  /// The members before the differences.
  package var jsonHead: String {
    var object = ObjectWriter()
    for (side, name) in [(PlanComparison.Side.first, "first"), (.second, "second")] {
      guard let fold = plans[side]?.fold, let plan = fold.plan else { continue }
      object.add(
        name,
        [
          "run": .string(fold.started.run), "target": .string(fold.started.target),
          "changes": .number(plan.changes), "planDigest": .string(plan.digest),
          "setDigest": .text(figures.setDigests[side]),
        ])
    }
    object.add("same", .bool(figures.isSame))
    object.add("inBoth", .number(figures.inBoth))
    for kind in PlanComparison.Kind.allCases {
      object.add(kind.rawValue, .number(figures.differences[kind] ?? 0))
    }
    return object.finish().dropLast() + ",\"differences\":["
  }

  /// A difference as a JSON object in a line: `kind`, `first` and `second` as `show --changes` writes changes, or null.
  package func json(_ kind: PlanComparison.Kind, _ difference: [PlanComparison.Side: Int64]) async throws
    -> String
  {
    var object = ObjectWriter()
    object.add("kind", .string(kind.rawValue))
    for (side, name) in [(PlanComparison.Side.first, "first"), (.second, "second")] {
      let row = try await row(difference, side)
      object.add(name, raw: row.map { Array(ChangeLines.json($0).utf8.dropLast()) })
    }
    return object.finish()
  }

  private func row(
    _ difference: [PlanComparison.Side: Int64], _ side: PlanComparison.Side
  ) async throws -> PlannedRow? {
    guard let seq = difference[side] else { return nil }
    return try await plans[side]?.row(seq)
  }
}

extension PlanComparison.Kind {
  fileprivate var words: String {
    switch self {
    case .onlyInFirst: "only in the first"
    case .onlyInSecond: "only in the second"
    case .different: "another change in each"
    }
  }
}
