import DynamoJournalProgram
import DynamoJournalEvents

/// A command worth typing next, and what for.
package struct NextCommand: Hashable, Sendable {
  /// The command, ready for a shell.
  package let command: String
  /// What it does, in a few words.
  package let purpose: String

  static func of(_ words: String, run: String, _ options: String = "", for purpose: String) -> NextCommand {
    NextCommand(
      command: Program.command("\(words) \(Printable.shellWord(run))" + options), purpose: purpose)
  }
}

extension [NextCommand] {
  /// A line each, purposes aligned; nil where a terminal has no room for that.
  ///
  /// - Parameter indent: how far whoever takes them will indent them.
  func aligned(indent: Int) -> [String]? {
    let width = map(\.command.count).max() ?? 0
    let lines = map { next in
      next.command + String(repeating: " ", count: width - next.command.count + 2) + next.purpose
    }
    guard let room = TextLayout.width, lines.contains(where: { $0.count + indent > room }) else {
      return lines
    }
    return nil
  }

  /// A line each, indented by two; where a terminal has no room for that, each purpose with its command below it.
  var block: String {
    if let lines = aligned(indent: 2) { return lines.map { "  " + $0 + "\n" }.joined() }
    let lines = flatMap {
      ["  \($0.purpose):"] + TextLayout.command($0.command, width: TextLayout.width ?? .max, indent: 4)
    }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension RunReport {
  /// What to type next, by where the run stands.
  package var next: [NextCommand] {
    switch state {
    case .planning, .applying, .rollingBack, .redoing:
      [.of("show", run: run, for: "see how far it is")]
    case .planned: nextOfPlanned
    case .interrupted: nextOfInterrupted
    case .applied where isNothingToDo: []
    case .applied:
      [
        .of("report", run: run, for: "see what was done"),
        .of("rollback-plan", run: run, for: "see what undoing would do"),
      ]
    case .incomplete: nextOfIncomplete
    case .rolledBack, .closed: [.of("report", run: run, for: "see what was done")] + nextOfRolledBack
    }
  }

  private var nextOfPlanned: [NextCommand] {
    if isNothingToDo || fold.plan?.refusal != nil {
      return [.of("report", run: run, for: "see the findings")]
    }
    let digest = fold.plan.map { " --digest " + $0.digest } ?? ""
    return [.of("resume", run: run, digest, for: "apply exactly this plan")]
  }

  /// What `resume` does with a run that was stopped.
  package var goingOn: String {
    switch fold.position.activity {
    case .rollingBack: "goes on undoing it"
    case .redoing: "goes on redoing it"
    default: "goes on with it"
    }
  }

  private var nextOfInterrupted: [NextCommand] {
    let activity = fold.position.activity
    if activity == .planning || activity == .planned {
      return [
        .of("resume", run: run, for: "go on where it stopped"),
        .of("close", run: run, " --reason 'why'", for: "end it: nothing was written"),
      ]
    }
    let verb = activity == .rollingBack ? " undoing" : activity == .redoing ? " redoing" : ""
    let resume = NextCommand.of("resume", run: run, for: "go on\(verb) where it stopped")
    if activity == .rollingBack {
      return [resume, .of("redo", run: run, for: "take back what was undone so far")]
    }
    return [resume, .of("rollback-plan", run: run, for: "see what undoing would do")]
  }

  /// A rollback that left something is taken on by another one, applying by another resume.
  private var nextOfIncomplete: [NextCommand] {
    let report = NextCommand.of(
      "report", run: run, for: counts.failed > 0 ? "see what failed, and why" : "see what was left, and why")
    let undo = NextCommand.of("rollback-plan", run: run, for: "see what undoing would do")
    let close = NextCommand.of("close", run: run, " --reason 'why'", for: "end it as it is")
    switch fold.position.before {
    case .rollingBack:
      return [
        report, undo, .of("resume", run: run, for: "try to undo the rest again"),
        .of("redo", run: run, for: "take the rollback back"), close,
      ]
    case .redoing: return [report, undo, .of("resume", run: run, for: "try to redo the rest again"), close]
    default:
      return [report, .of("resume", run: run, " --retry-failed", for: "try what failed again"), undo, close]
    }
  }

  private var nextOfRolledBack: [NextCommand] {
    guard fold.rollback != nil, counts.compensated > 0 else { return [] }
    let redo = NextCommand.of("redo", run: run, for: "take the rollback back")
    guard exceptions > 0 else { return [redo] }
    return [.of("rollback-plan", run: run, for: "see what undoing the rest would do"), redo]
  }
}
