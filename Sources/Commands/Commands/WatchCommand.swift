import ArgumentParser
import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalProgram
import DynamoJournalReports
import DynamoJournalRunner

/// `watch`: what a run does, live, until it ends.
struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Watch a run that is under way in another terminal, until it ends.",
    discussion: """
      On a terminal one line is redrawn; in a pipe there is a line at each change and every ten seconds. With --format json \
      each line is an object: one a second, one at each change, and a last one whose "ended" is true. It ends with the run's \
      exit code: 0 done, 1 incomplete, 2 refused, 3 interrupted or its process died, 5 held by somebody else.
      """)
  @OptionGroup var common: CommonOptions
  @OptionGroup var live: LiveRunArgument

  func run() async throws {
    let journal = try common.openJournal(common.variables())
    let fold = try await find(journal)
    var view = WatchView(fold, common.format)
    var missed = 0
    while true {
      if let status = LiveRun.status(journal: journal.path), status.run == fold.started.run {
        view.show(status)
        missed = 0
      } else {
        // A status that is just being replaced is there again at the next look.
        missed += 1
        if missed > 1 { break }
      }
      try await Task.sleep(for: .milliseconds(missed > 0 ? 100 : 250))
    }
    let last = try await journal.fold(fold.handle)
    let report = try await RunOutput.report(last, journal)
    let status = ExitStatus(watched: report.state, last)
    view.end(report, status)
    try status.end()
  }

  private func find(_ journal: Journal) async throws -> RunFold {
    if let name = live.run { return try await journal.run(named: name) }
    guard let run = LiveRun.status(journal: journal.path)?.run else {
      throw Refusal(
        "no run is under way in this journal", remedy: "'\(Program.command("runs"))' lists where they stand")
    }
    return try await journal.run(named: run)
  }
}

extension ExitStatus {
  /// The code that the command of a run ends with, by where the run stands.
  init(watched state: RunState, _ fold: RunFold) {
    switch state {
    case .applied, .rolledBack, .closed: self = .done
    case .planned: self = fold.plan?.refusal == nil ? .done : .refused
    case .incomplete: self = .incomplete
    default:
      switch (fold.position.state == .interrupted ? fold.interruption?.cause : .died) ?? .died {
      case .configuration, .input: self = .refused
      case .heldElsewhere: self = .held
      case .signal, .target, .died: self = .interrupted
      }
    }
  }
}

/// What `watch` writes.
private struct WatchView {
  /// Between two lines when nothing else changes.
  private static let interval = (json: Duration.seconds(1), pipe: Duration.seconds(10))

  private let fold: RunFold
  private let format: OutputFormat
  private var isBegun = false
  private var seen: [String] = []
  private var last: ContinuousClock.Instant?
  private var hasOpenLine = false

  init(_ fold: RunFold, _ format: OutputFormat) {
    self.fold = fold
    self.format = format
  }

  /// What is new when it changes.
  private static func facts(_ status: RunStatus) -> [String] {
    [
      status.phase.rawValue, status.heldWords ?? "", "\(String(describing: status.maxWriteUnits))",
      "\(String(describing: status.concurrency))",
    ]
  }

  mutating func show(_ status: RunStatus) {
    let facts = Self.facts(status)
    let isNew = facts != seen
    seen = facts
    let isDue = { (interval: Duration, last: ContinuousClock.Instant?) in
      isNew || last.map { $0.duration(to: .now) >= interval } ?? true
    }
    switch format {
    case .json:
      guard isDue(Self.interval.json, last) else { return }
      answer(status.phase.state(of: fold).rawValue, status.members, ended: false, exit: .null)
    case .text:
      begin(status)
      if Console.redrawsAnswer {
        if isNew && hasOpenLine { Console.endAnswerLine() }
        Console.redrawAnswer(status.line)
        hasOpenLine = true
        return
      }
      guard isDue(Self.interval.pipe, last) else { return }
      Console.answer(status.line)
    }
    last = .now
  }

  private mutating func begin(_ status: RunStatus) {
    if isBegun { return }
    isBegun = true
    Console.answer(
      "run \(fold.started.run), \(fold.started.migration) on \(SafeURL.text(fold.started.target)), by \(status.by.name), process \(status.process)"
    )
  }

  mutating func end(_ report: RunReport, _ status: ExitStatus) {
    if hasOpenLine { Console.endAnswerLine() }
    switch format {
    case .json:
      answer(
        report.state.rawValue, [.init(name: "counts", value: report.counts.json)], ended: true,
        exit: .number(Int(status.rawValue)))
    case .text: Console.answer(text: report.text)
    }
  }

  private func answer(_ state: String, _ members: [JSONValue.Member], ended: Bool, exit: JSONValue) {
    let object: JSONValue = [
      "run": .string(fold.started.run), "migration": .string(fold.started.migration),
      "target": .string(SafeURL.text(fold.started.target)), "at": .string(Timestamp.text(Timestamp.now())),
      "state": .string(state), "ended": .bool(ended), "exit": exit,
    ]
    Console.answer(text: JSONValue.object((object.objectValue ?? []) + members).text() + "\n")
  }
}

extension RunStatus.Phase {
  /// The state of a run in that phase; before it has begun, and while it is looked at, the one that the journal has.
  fileprivate func state(of fold: RunFold) -> RunState {
    switch self {
    case .starting, .looking: fold.position.state
    case .planning: .planning
    case .planned, .backingUp: .planned
    case .applying: .applying
    case .undoing: .rollingBack
    case .redoing: .redoing
    }
  }
}
