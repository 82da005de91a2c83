import ArgumentParser
import DynamoJournalEvents
import DynamoJournalProgram
import DynamoJournalReports
import DynamoJournalRunner

/// `plan-diff`: what two plans have in common.
struct PlanDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan-diff",
    abstract: "Compare the plans of two runs, whatever the order they were read in.",
    discussion: """
      Changes are the same when table, key, and what is there before and after are the same. The digest of the set of \
      changes tells two plans apart without regard to their order, unlike the digest that a plan is approved by. With \
      --format json the answer is one object, 'differences' last, an element a line.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(
    help: "A run, such as a rehearsal: its id, a unique prefix of it, 'latest', or a migration's name.")
  var first: String
  @Argument(help: "The run that it is compared with.") var second: String
  @Option(help: ArgumentHelp("The second run's journal, where it is another one.", valueName: "path"))
  var secondJournal: String?
  @Flag(help: "Show every difference, not just the first ten of a kind.") var all = false
  @Flag(help: "Exit with 6 when the plans differ, and with 0 only when they make the same changes.")
  var detailedExitCode = false

  private static let shown = 10

  func run() async throws {
    let variables = try common.variables()
    let journal = try common.openJournal(variables)
    let other = try secondJournal.map { try Journal(path: $0, for: .read) } ?? journal
    let trust = try await [ChainTrust.look(journal)] + (secondJournal == nil ? [] : [ChainTrust.look(other)])
    let plans: [PlanComparison.Side: PlanDiffReport.Plan] = [
      .first: try await plan(first, in: journal), .second: try await plan(second, in: other),
    ]
    let comparison = try await PlanComparison(readers(plans))
    let figures = try comparison.figures()
    let report = PlanDiffReport(plans, figures)
    switch common.format {
    case .text: try await printText(report, comparison)
    case .json: try await printJSON(report, comparison)
    }
    for (trust, journal) in zip(trust, [journal, other]) { try await trust.end(journal, quiet: common.quiet) }
    if detailedExitCode && !figures.isSame { try ExitStatus.changes.end() }
  }

  private func plan(_ name: String, in journal: Journal) async throws -> PlanDiffReport.Plan {
    let fold = try await journal.run(named: name)
    guard fold.plan != nil else { throw Refusal.planNotWhole(fold) }
    return PlanDiffReport.Plan(journal, fold)
  }

  private func readers(
    _ plans: [PlanComparison.Side: PlanDiffReport.Plan]
  ) async throws -> [PlanComparison.Side: PlanReader] {
    var readers: [PlanComparison.Side: PlanReader] = [:]
    for (side, plan) in plans { readers[side] = try await PlanReader(plan.journal, plan.fold) }
    return readers
  }

  private func printText(_ report: PlanDiffReport, _ comparison: PlanComparison) async throws {
    for kind in PlanComparison.Kind.allCases {
      let found = try comparison.differences(kind, limit: all ? .max : Self.shown)
      Console.answer(text: report.heading(kind, shown: found.count))
      for difference in found { Console.answer(text: try await report.text(difference)) }
    }
    Console.answer(text: report.text)
  }

  private func printJSON(_ report: PlanDiffReport, _ comparison: PlanComparison) async throws {
    Console.answer(text: report.jsonHead)
    var separator = "\n"
    for kind in PlanComparison.Kind.allCases {
      for difference in try comparison.differences(kind, limit: all ? .max : Self.shown) {
        Console.answer(text: separator + (try await report.json(kind, difference)))
        separator = ",\n"
      }
    }
    Console.answer(text: "\n]}\n")
  }
}
