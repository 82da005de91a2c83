import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalReports
import DynamoJournalRunner

/// Writes a run as the answer of `run`, `resume`, `rollback` and `show`.
struct RunOutput {
  let common: CommonOptions
  let journal: Journal

  /// Prints the run; a plan that waits to be applied is shown in full to people.
  ///
  /// - Parameter summary: what is said of an import besides.
  func print(_ report: RunReport, _ fold: RunFold, _ summary: ImportSummary? = nil) async throws {
    switch common.format {
    case .json:
      let members = (report.json.objectValue ?? []) + (summary?.members ?? [])
      Console.answer(text: JSONValue.object(members).prettyText() + "\n")
    case .text:
      if let summary { Console.answer(summary.text) }
      if report.state == .planned, let plan = fold.plan {
        Console.answer(text: try await PlanText.text(journal, fold, plan) + "\n")
      }
      Console.answer(text: report.text)
    }
  }

  /// The run as it stands: one at work by its events is interrupted when no process is at work.
  static func report(_ fold: RunFold, _ journal: Journal, verified: Bool? = nil) async throws -> RunReport {
    let counts = try await RunCounts.read(journal, fold.number)
    var report = RunReport(
      fold, counts: counts, head: await journal.head, state: state(fold, journal.path), verified: verified)
    report.erasedBy = try await Erasers(journal).of(fold)
    return report
  }

  /// The state to show, or nil for what the events say.
  static func state(_ fold: RunFold, _ path: String) -> RunState? {
    fold.position.state.isUnderWay && !Journal.isHeld(path: path) ? .interrupted : nil
  }
}

/// A plan as it is shown for review.
enum PlanText {
  static func text(_ journal: Journal, _ fold: RunFold, _ plan: SealedDetail) async throws -> String {
    let summary = try await PlanSummary.read(journal, fold, plan)
    let notes = try await journal.noteTallies(of: fold.number)
    return PlanReport(fold, plan, examples: summary.examples, notes: notes).text
  }
}
