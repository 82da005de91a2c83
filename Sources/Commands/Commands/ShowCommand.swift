import ArgumentParser
import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner

/// `show`: where one run stands, or every change of its plan.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show where a run stands; for a planned one, the plan.",
    discussion: """
      With --changes it shows every change of the plan as a difference: '+' is added, '-' removed, '~' changed. On a \
      terminal it opens in $PAGER. With --format json each change is an object in a line of its own: change, unit, \
      stage, kind, table, key, before and after.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: RunNames.help) var run: String
  @OptionGroup(title: "Options of --changes") var changes: ChangeOptionsOfShow

  func run() async throws {
    let variables = try common.variables()
    let journal = try common.openJournal(variables)
    let trust = try await ChainTrust.look(journal)
    let fold = try await journal.run(named: run)
    if changes.changes {
      try await changes.print(fold, journal, common, variables)
    } else {
      let report = try await RunOutput.report(fold, journal, verified: trust.verified)
      try await RunOutput(common: common, journal: journal).print(report, fold)
    }
    try await trust.end(journal, passedOver: fold.passedOver, quiet: common.quiet)
  }
}

/// Which changes of a plan are shown, and how.
struct ChangeOptionsOfShow: ParsableArguments {
  @Flag(help: "Show every change of the plan.") var changes = false
  @Option(help: "Changes of this table.") var table: String?
  @Option(help: "Changes of this item; with --table.") var key: String?
  @Option(help: "Changes that touch this attribute.") var attribute: String?
  @Option(help: "Changes of this kind: create, update, delete, or table for changes of a table itself.")
  var kind: ChangeFilter.Kind?
  @Option(help: ArgumentHelp("So many of them, evenly spread over the plan.", valueName: "n"))
  var sample: Int?
  @Option(help: "Colours: auto for a terminal's, always, or never.") var color: Colour.Wish = .auto

  func validate() throws {
    let filters = [
      ("--table", table), ("--key", key), ("--attribute", attribute), ("--kind", kind?.rawValue),
      ("--sample", sample.map(String.init)),
    ]
    if !changes, let given = filters.first(where: { $0.1 != nil }) {
      throw ValidationError("\(given.0) chooses among changes: add --changes")
    }
    if key != nil && table == nil {
      throw ValidationError("--key needs --table, so that the key's type is known")
    }
    if let sample, sample < 1 { throw ValidationError("--sample needs a number from 1 on") }
  }

  /// Writes the changes that are asked for, in the order of the plan.
  func print(_ fold: RunFold, _ journal: Journal, _ common: CommonOptions, _ variables: Variables)
    async throws
  {
    guard fold.plan != nil else { throw Refusal.planNotWhole(fold) }
    let filter = try await filter(common, variables)
    let chosen = ChosenChanges(try await PlanReader(journal, fold), filter)
    let matching = sample == nil && filter.isEmpty ? chosen.planned : try await chosen.count()
    if matching == 0 && !filter.isEmpty { throw nothing(fold) }
    let spread = EvenSpread(of: sample ?? matching, among: matching)
    if common.format == .json {
      try await chosen.forEach(spread) { Console.answer(text: ChangeLines.json($0)) }
    } else {
      try await ChangePages.show(chosen, spread, Colour(color))
    }
  }

  private func filter(_ common: CommonOptions, _ variables: Variables) async throws -> ChangeFilter {
    var filter = ChangeFilter()
    filter.table = table
    if let table, let key { filter.key = try await KeyFinder.bytes(key, table, common, variables) }
    filter.attribute = attribute
    filter.kind = kind
    return filter
  }

  private func nothing(_ fold: RunFold) -> Refusal {
    Refusal(
      "no change of run \(fold.started.run) is like that",
      remedy: "'\(Program.command("show \(fold.started.run) --changes"))' shows all of them")
  }
}

extension ChangeFilter.Kind: ExpressibleByArgument {}

extension Refusal {
  /// There are no changes to show of a run whose plan was never sealed.
  static func planNotWhole(_ fold: RunFold) -> Refusal {
    Refusal(
      "the plan of run \(fold.started.run) is not whole, so there are no changes to review",
      remedy: "'\(Program.command("resume \(fold.started.run)"))' goes on planning")
  }
}
