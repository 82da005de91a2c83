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
    fold.rememberTarget()
    var report = report
    report.pace = common.connection.maxWriteUnits
    switch common.format {
    case .json:
      let members = (report.json.objectValue ?? []) + (summary?.members ?? [])
      Console.answer(text: JSONValue.object(members).prettyText() + "\n")
    case .text:
      if let summary { Console.answer(summary.text) }
      if report.state == .planned, let plan = fold.plan {
        Console.answer(prose: try await PlanText.text(journal, fold, plan, pace: report.pace) + "\n")
      }
      Console.answer(text: report.text)
    }
  }

  /// The run as it stands: one at work by its events is interrupted when no process is at work.
  static func report(_ fold: RunFold, _ journal: Journal, verified: Bool? = nil) async throws -> RunReport {
    let work = RunAtWork(try await journal.runs(), path: journal.path)
    let counts = try await work.counts(of: fold, journal)
    var report = RunReport(
      fold, counts: counts, head: await journal.head, state: work.state(of: fold), verified: verified)
    report.erasedBy = try await Erasers(journal).of(fold)
    report.work = work.work(of: fold)
    return report
  }
}

/// Which run a process is at work on, as it is seen from outside: the one that the process itself tells. One that does not tell is at
/// the run that moved last of those that are under way by their events, while it holds the journal. Each other one lost its process.
struct RunAtWork {
  private let number: Int64?
  private let status: RunStatus?

  init(_ runs: [RunFold], path: String) {
    status = LiveRun.status(journal: path)
    if let status {
      number = runs.last { $0.started.run == status.run }?.number
      return
    }
    let open = runs.filter(\.position.state.isUnderWay)
    let last = open.max { ($0.lastEventAt, $0.number) < ($1.lastEventAt, $1.number) }
    number = last != nil && Journal.isHeld(path: path) ? last?.number : nil
  }

  /// What the process does that is at work on the run; nil where none is.
  func work(of fold: RunFold) -> RunWork? {
    guard fold.number == number else { return nil }
    return status.map(\.work) ?? RunWork("", pausedBy: nil, heldFor: nil)
  }

  /// The state to show, or nil for what the events say.
  func state(of fold: RunFold) -> RunState? {
    fold.position.state.isUnderWay && fold.number != number ? .interrupted : nil
  }

  /// The counts to show: what a process is at work on is not in doubt, and it knows more than stands in the journal yet.
  func counts(of fold: RunFold, _ journal: Journal) async throws -> RunCounts {
    if fold.number == number, let status, [.applying, .undoing, .redoing].contains(status.phase) {
      return status.counts
    }
    return try await RunCounts.read(journal, fold.number, isDrained: fold.number == number)
  }
}

/// A plan as it is shown for review.
enum PlanText {
  /// - Parameter pace: at most so many write units a second; nil for no limit.
  static func text(
    _ journal: Journal, _ fold: RunFold, _ plan: SealedDetail, pace: Double?
  ) async throws -> String {
    let summary = try await PlanSummary.read(journal, fold, plan)
    let notes = try await journal.noteTallies(of: fold.number)
    return PlanReport(fold, plan, examples: summary.examples, notes: notes, pace: pace).text
  }
}
