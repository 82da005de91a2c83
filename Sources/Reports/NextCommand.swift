import Journal

/// A command worth typing next, and what for.
public struct NextCommand: Hashable, Sendable {
  /// The command, ready for a shell.
  public let command: String
  /// What it does, in a few words.
  public let purpose: String

  func line(width: Int) -> String {
    command + String(repeating: " ", count: max(0, width - command.count) + 2) + purpose
  }

  static func of(_ words: String, run: String, _ options: String = "", for purpose: String) -> NextCommand {
    NextCommand(command: "sparta-journal \(words) \(Printable.shellWord(run))" + options, purpose: purpose)
  }
}

extension RunReport {
  /// What to type next, by where the run stands.
  public var next: [NextCommand] {
    switch state {
    case .planning, .applying, .rollingBack:
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
    case .rolledBack: [.of("report", run: run, for: "see what was done")]
    }
  }

  private var nextOfPlanned: [NextCommand] {
    if isNothingToDo || fold.plan?.refusal != nil {
      return [.of("report", run: run, for: "see the findings")]
    }
    let digest = fold.plan.map { " --digest " + $0.digest } ?? ""
    return [.of("resume", run: run, digest, for: "apply exactly this plan")]
  }

  private var nextOfInterrupted: [NextCommand] {
    let resume = NextCommand.of("resume", run: run, for: "go on where it stopped")
    let before = fold.position.interruptedWhile ?? fold.position.state
    guard before == .applying || before == .rollingBack else { return [resume] }
    return [resume, .of("rollback-plan", run: run, for: "see what undoing would do")]
  }

  /// A rollback that left something is gone on with by another rollback, applying by another resume.
  private var nextOfIncomplete: [NextCommand] {
    let report = NextCommand.of("report", run: run, for: "see what failed, and why")
    let undo = NextCommand.of("rollback-plan", run: run, for: "see what undoing would do")
    if fold.rollback != nil { return [report, undo] }
    return [report, .of("resume", run: run, " --retry-failed", for: "try what failed again"), undo]
  }
}
