import ArgumentParser
import Journal
import Reports
import Runner
import Tables

/// `rollback-plan`: what undoing would do, and how; changes nothing.
struct RollbackPlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback-plan",
    abstract: "Show what undoing a run would do, against the tables as they are now.")
  @OptionGroup var common: CommonOptions
  @Argument(help: "The run: its id, a unique prefix of it, or 'latest'.") var run: String
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
    let fold = try await journal.run(named: run)
    let store = try await OpenTarget.open(
      Target(common.target ?? fold.started.target), common, variables, creating: false
    ).store
    var selection = RollbackSelection(table: table)
    if let table, let key { selection.key = try await KeyFinder.text(key, table: table, in: store) }
    let preview = try await RollbackPreview.make(journal, store, fold, selection, stop: StopSignal())
    let plan = RollbackPlan(
      try await RunOutput.report(fold, journal), RollbackPlanFacts(preview), table: table, key: key,
      showValues: showValues)
    Console.answer(text: common.format == .json ? plan.jsonText : plan.text)
  }
}

extension RollbackPlanFacts {
  /// What the runner found, in the words of the report.
  init(_ preview: RollbackPreview) {
    self.init()
    tally = preview.tally
    changeCount = preview.changeCount
    alreadySo = preview.alreadySo
    neverMade = preview.neverMade
    foreign = preview.foreign
    conflicts = preview.conflicts.map { Conflict(change: $0.change, found: $0.found) }
    conflictCount = preview.conflictCount
  }
}
