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
    abstract:
      "Show what undoing a run would do, against the tables as they are now, and whether to undo or to restore.",
    discussion: """
      It ends with a decision: to undo the run change by change, or to restore its backups; with what either takes, and \
      the commands. Minutes are by the pace at which the run was applied.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: RunNames.help) var run: String
  @OptionGroup(title: "Which changes") var which: SelectionOptions
  @Flag(help: "Tell what was changed since, by attribute, and by whom where a run in this journal did it.")
  var check = false
  @Flag(help: "Show the values of items that are in conflict.") var showValues = false

  func run() async throws {
    let variables = try common.variables()
    let journal = try common.openJournal(variables)
    _ = try await journal.verify()
    let fold = try await RunNames.find(run, in: journal)
    let store = try await RunTarget(common, variables).open(fold.started)
    let selection = try await which.selection(of: fold, in: store)
    let preview = try await RollbackPreview.make(
      journal, store, fold, .undoing, selection, stop: StopSignal())
    try Rollback.refuseNothing(preview, selection, fold.handle)
    var plan = RollbackPlan(
      try await RunOutput.report(fold, journal), RollbackPlanFacts(preview), selection: which.typed,
      showValues: showValues)
    let findings = RollbackFindings(journal: journal, fold: fold)
    plan.undo = try await findings.undo(preview)
    if check { plan.changedSince = try await findings.changedSince(preview) }
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
