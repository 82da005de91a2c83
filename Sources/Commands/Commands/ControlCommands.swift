import ArgumentParser
import DynamoJournalRunner

/// The run that is asked.
struct LiveRunArgument: ParsableArguments {
  @Argument(
    help:
      "The run: its id, a unique prefix of it, 'latest', or a migration's name. (default: the one that is under way)"
  )
  var run: String?
}

/// `pause`: let the run that is under way send nothing.
struct PauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Pause a run that is under way in another terminal.",
    discussion: """
      What is under way is finished and journaled; then nothing is sent until 'continue'. The run keeps its guard and the \
      journal, so that nobody else begins on its tables. Who asked, and why, stands in the journal.
      """)
  @OptionGroup var common: CommonOptions
  @OptionGroup var live: LiveRunArgument
  @OptionGroup var reason: ReasonOptions

  func run() async throws { try await LiveControl(common).ask(.pause, live.run, reason: reason.reason) }
}

/// `continue`: let a paused run go on.
struct ContinueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "continue", abstract: "Let a paused run go on.",
    discussion:
      "A run that holds by itself goes on by itself; one whose process has ended goes on with 'resume'.")
  @OptionGroup var common: CommonOptions
  @OptionGroup var live: LiveRunArgument
  @OptionGroup var reason: ReasonOptions

  func run() async throws { try await LiveControl(common).ask(.continue, live.run, reason: reason.reason) }
}

/// `stop`: stop the run that is under way, as after Ctrl-C.
struct StopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Stop a run that is under way in another terminal, as Ctrl-C there would.",
    discussion:
      "What is under way is finished and journaled, and the run ends with exit code 3; 'resume' goes on with it."
  )
  @OptionGroup var common: CommonOptions
  @OptionGroup var live: LiveRunArgument
  @OptionGroup var reason: ReasonOptions

  func run() async throws { try await LiveControl(common).ask(.stop, live.run, reason: reason.reason) }
}

/// `pace`: let the run that is under way keep to other limits.
struct PaceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pace", abstract: "Change how fast a run that is under way writes.",
    discussion: """
      --max-write-units and --concurrency take a number here, or none to lift the limit; what is left out stays as it is. \
      The embedded store counts no units: there a change is one. 'resume' keeps to the last pace unless it is given another.
      """)
  @OptionGroup var journalOptions: JournalOptions
  @OptionGroup var live: LiveRunArgument
  @Option(help: "Write at most so many write units a second; none for no limit.") var maxWriteUnits: String?
  @Option(help: "Have at most so many writes under way at once; none for no limit.") var concurrency: String?
  @Option(help: "Where the tables are, which the run knows by itself.") var target: String?
  @Option(help: "How the answer is written.") var format: OutputFormat = .text
  @OptionGroup var reason: ReasonOptions

  func validate() throws {
    guard maxWriteUnits != nil || concurrency != nil else {
      throw ValidationError("say the pace with --max-write-units, --concurrency or both")
    }
    if let maxWriteUnits, ControlWish.Limit(maxWriteUnits) == nil {
      throw ValidationError("--max-write-units must be a number above 0, or none")
    }
    guard let concurrency, let limit = ControlWish.Limit(concurrency) else {
      if concurrency != nil { throw ValidationError("--concurrency must be from 1 to 10000, or none") }
      return
    }
    if let number = limit.number, number != number.rounded() || !(1...10_000).contains(number) {
      throw ValidationError("--concurrency must be from 1 to 10000, or none")
    }
  }

  func run() async throws {
    try await LiveControl(journalOptions, format).ask(
      .pace, live.run, reason: reason.reason, maxWriteUnits: maxWriteUnits.flatMap(ControlWish.Limit.init),
      concurrency: concurrency.flatMap(ControlWish.Limit.init))
  }
}
