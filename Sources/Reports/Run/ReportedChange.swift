import BitCollections
import DynamoJournalEvents
import DynamoJournalTables

/// What came of a change.
package enum ChangeFate: String, Sendable, CaseIterable {
  case planned
  case notSent = "not sent"
  case inDoubt = "in doubt"
  case applied
  case failed
  case undone
  case notUndone = "not undone"
  case madeAgain = "made again"
  case notMadeAgain = "not made again"

  /// By the last outcome.
  init(_ outcome: StoredOutcome) {
    switch (outcome.kind, outcome.detail.undoing == true, outcome.detail.redoing == true) {
    case (.failed, true, _): self = .notUndone
    case (.failed, _, true): self = .notMadeAgain
    case (.failed, _, _): self = .failed
    case (.compensated, _, _): self = .undone
    case (.reapplied, _, _): self = .madeAgain
    default: self = .applied
    }
  }
}

/// A change of a plan with what came of it.
package struct ReportedChange: Sendable {
  /// What was planned.
  package let row: PlannedRow
  /// What came of it.
  package let fate: ChangeFate
  /// Its last outcome; nil where there is none.
  package let outcome: StoredOutcome?
}

/// The changes of a sealed plan with what came of each, in the order of the plan; read block by block and held to what was sealed.
package struct ReportedChanges: Sendable {
  private let journal: Journal
  private let plan: PlanReader
  private let last: LastOutcomes
  private let states: ChangeStates
  private let isApplied: Bool

  /// The changes of a run; nil where its plan is not whole.
  ///
  /// - Throws: `JournalError`.
  package init?(_ journal: Journal, _ fold: RunFold) async throws {
    guard fold.plan != nil else { return nil }
    self.journal = journal
    plan = try await PlanReader(journal, fold)
    last = try await journal.lastOutcomes(of: fold)
    states = try await journal.changeStates(of: fold.number)
    isApplied = fold.appliedBy != nil
  }

  /// Hands out so many changes, or all.
  ///
  /// - Throws: `JournalError.planAltered`, `JournalError.damaged`, and what `body` throws.
  package func forEach(limit: Int = .max, _ body: (ReportedChange) throws -> Void) async throws {
    var left = limit
    for block in plan.blocks.indices where left > 0 {
      for row in try await plan.rows(of: block).prefix(left) { try body(try await reported(row)) }
      left -= plan.blocks[block].count
    }
  }

  private func reported(_ row: PlannedRow) async throws -> ReportedChange {
    guard let event = last.event(of: row.ordinal) else {
      let isDoubtful = states.inDoubt.contains(row.ordinal)
      let fate: ChangeFate = !isApplied ? .planned : isDoubtful ? .inDoubt : .notSent
      return ReportedChange(row: row, fate: fate, outcome: nil)
    }
    let outcome = try await journal.outcome(at: event)
    return ReportedChange(row: row, fate: ChangeFate(outcome), outcome: outcome)
  }
}

/// One attribute of a change, or one property of a table that is changed, as it is shown.
struct DiffPart: Hashable, Sendable {
  enum Sign: String, Sendable {
    case added = "+"
    case removed = "-"
    case changed = "~"
  }

  let sign: Sign
  let name: String
  let before: String
  let after: String

  /// What a change does, attribute by attribute; values that are longer than `limit` are cut.
  ///
  /// - Throws: `JournalError.damaged` when an image can't be read.
  static func all(_ row: PlannedRow, limit: Int) throws -> [DiffPart] {
    guard !row.isErased else { return [] }
    switch try row.change().intended {
    case .item(let change): return of(change, limit)
    case .table(let change):
      return ChangeDiff.specification(change).map { line in
        let sign: Sign = line.hasPrefix("- ") ? .removed : .added
        let name = line.hasPrefix("+ ") || line.hasPrefix("- ") ? String(line.dropFirst(2)) : line
        return DiffPart(sign: sign, name: Printable.text(name), before: "", after: "")
      }
    }
  }

  private static func of(_ change: Change, _ limit: Int) -> [DiffPart] {
    let keys = Set(change.key.attributes.names)
    return change.touched.filter { !keys.contains($0) }.compactMap { name in
      let (old, new) = (change.before?[name], change.after?[name])
      guard old != new else { return nil }
      func text(_ value: AttributeValue?) -> String { value.map { Printable.value($0, limit: limit) } ?? "" }
      let sign: Sign = old == nil ? .added : new == nil ? .removed : .changed
      return DiffPart(sign: sign, name: Printable.text(name.string), before: text(old), after: text(new))
    }
  }
}
