import DynamoJournalProgram
import ArgumentParser
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// `rollback-plan`: what undoing would do, and how; changes nothing.
struct RollbackPlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback-plan",
    abstract: "Show what undoing a run would do, against the tables as they are now.")
  @OptionGroup var common: CommonOptions
  @Argument(help: RunNames.help) var run: String
  @Option(help: "Only the changes of this table.") var table: String?
  @Option(help: "Only the changes of this item; with --table.") var key: String?
  @Flag(help: "Show the values of items that are in conflict.") var showValues = false

  func validate() throws {
    if key != nil && table == nil {
      throw ValidationError("--key needs --table, so that the key's type is known")
    }
  }

  func run() async throws {
    let variables = try common.variables()
    let journal = try common.openJournal(variables)
    _ = try await journal.verify()
    let fold = try await RunNames.find(run, in: journal)
    let store = try await RunTarget(common, variables).open(fold.started)
    var selection = RollbackSelection(table: table)
    if let table, let key { selection.key = try await KeyFinder.text(key, table: table, in: store) }
    let preview = try await RollbackPreview.make(
      journal, store, fold, .undoing, selection, stop: StopSignal())
    if selection.isPartial && preview.selectedUnits == 0 {
      throw Refusal(
        "nothing that run \(fold.started.run) left in the tables is selected",
        remedy:
          "'\(Program.command("audit --run \(fold.started.run) --event applied"))' lists what it changed")
    }
    let plan = RollbackPlan(
      try await RunOutput.report(fold, journal), RollbackPlanFacts(preview), table: table, key: key,
      showValues: showValues)
    switch common.format {
    case .json: Console.answer(text: plan.jsonText)
    case .text: Console.answer(prose: plan.text)
    }
  }
}

extension RollbackPlanFacts {
  /// What the runner found, in the words of the report.
  init(_ preview: RollbackPreview, isRedo: Bool = false) {
    self.init()
    self.isRedo = isRedo
    tally = preview.tally
    changeCount = preview.changeCount
    alreadySo = preview.alreadySo
    neverMade = preview.neverMade
    foreign = preview.foreign
    erasedUnits = preview.erasedUnits
    conflicts = preview.conflicts.map {
      Conflict(change: $0.change, expected: $0.expected, found: $0.found, obstacle: $0.obstacle)
    }
    conflictCount = preview.conflictCount
  }
}
