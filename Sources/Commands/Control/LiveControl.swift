import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalProgram
import DynamoJournalRunner

/// What `pause`, `continue`, `pace` and `stop` have in common: finding the run that is under way, asking it, and saying what came
/// of it.
struct LiveControl {
  /// How long a process that has just begun may take until it tells which run it is at.
  private static let beginning = Duration.seconds(3)

  private let format: OutputFormat
  private let variables: Variables
  private let journal: Journal

  init(_ common: CommonOptions) throws { try self.init(common.journalOptions, common.format) }

  init(_ options: JournalOptions, _ format: OutputFormat) throws {
    self.format = format
    variables = try options.variables()
    journal = try Journal(path: options.path(variables), for: .read)
  }

  /// Asks the run that is named, or the one that is under way.
  func ask(
    _ verb: ControlWish.Verb, _ name: String?, reason: String?, maxWriteUnits: ControlWish.Limit? = nil,
    concurrency: ControlWish.Limit? = nil
  ) async throws {
    let run = try await target(name)
    let wish = ControlWish(
      verb, run: run, by: .current(environment: variables.values), reason: reason,
      maxWriteUnits: maxWriteUnits, concurrency: concurrency)
    switch try await ControlAsking(journal: journal.path).ask(wish) {
    case .answered(let answer): try say(answer, verb, run)
    case .ended:
      throw Refusal(
        "the process of run \(run) ended before it answered",
        remedy: "'\(Program.command("show \(run)"))' tells where the run stands")
    case .silent(let holder):
      throw ControlProblem(
        explanation: Explanation(
          "\(holder) is at work on run \(run) and does not answer, so the wish was taken back and nothing was changed",
          "look whether that process is stopped, or of an older program"))
    }
  }

  /// The id of the run that is asked: the one under way, which a name has to mean.
  private func target(_ name: String?) async throws -> String {
    let status = try await live()
    guard let name else {
      guard let run = status?.run else {
        throw Refusal(
          "no run is under way in this journal", remedy: "'\(Program.command("runs"))' lists where they stand"
        )
      }
      return run
    }
    let fold = try await journal.run(named: name)
    let run = fold.started.run
    guard let status, status.run == run else {
      throw Self.notUnderWay(fold, status)
    }
    return run
  }

  /// How the process at work stands; waited for where one has only begun.
  private func live() async throws -> RunStatus? {
    let asked = ContinuousClock.now
    while let holder = Journal.holder(path: journal.path) {
      if let status = LiveRun.status(journal: journal.path), status.run != nil { return status }
      guard asked.duration(to: .now) < Self.beginning else {
        throw ControlProblem(
          explanation: Explanation(
            "\(holder) has the journal and is at no run that can be asked", "try again when it is at work"))
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    return nil
  }

  /// What is said of a run that no process is at work on.
  static func notUnderWay(_ fold: RunFold, _ status: RunStatus?) -> Refusal {
    let run = fold.started.run
    let other = status?.run.map { "; run \($0) is" } ?? ""
    if fold.position.state.isUnderWay {
      let pause = fold.pause.map { ", paused by \($0.detail.by.name) since \(Timestamp.text($0.at))" } ?? ""
      return Refusal(
        "run \(run) is not under way\(other): its process ended without a word (\(fold.position.state.rawValue)\(pause))",
        remedy: "go on with '\(Program.command("resume \(run)"))'")
    }
    return Refusal(
      "run \(run) is not under way (it is \(fold.position.state.rawValue))\(other)",
      remedy: "'\(Program.command("show \(run)"))' tells where it stands")
  }

  private func say(_ answer: ControlAnswer, _ verb: ControlWish.Verb, _ run: String) throws {
    if answer.outcome == .refused { throw Refusal(answer.message, remedy: answer.remedy) }
    switch format {
    case .json:
      let object: JSONValue = [
        "run": .string(run), "asked": .string(verb.rawValue), "outcome": .string(answer.outcome.rawValue),
        "message": .string(answer.message),
      ]
      Console.answer(text: object.prettyText() + "\n")
    case .text: Console.answer(prose: answer.message + (answer.remedy.map { ": \($0)" } ?? "") + "\n")
    }
  }
}
