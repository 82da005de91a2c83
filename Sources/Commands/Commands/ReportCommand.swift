import ArgumentParser
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner

/// `report`: what a run did, with its failures and its findings.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Report what a run did: counts, durations, failures, findings, backups.",
    discussion: """
      markdown fits GitHub's job summary. html is one file for a browser, which needs no network. csv has a line for \
      every change, with its images as DynamoDB JSON; html has the first 100,000 with their values. json has every \
      failure and every finding.
      """)
  @OptionGroup var journal: JournalOptions
  @Argument(help: RunNames.help) var run: String
  @Option(help: "How the report is written: text, json, markdown, html or csv.")
  var format: DetailedReport.Format = .text
  @Flag(help: "Show the values of items that were in conflict, and those of the changes.")
  var showValues = false
  @Flag(help: "Show every failure and every finding in place of the first ten of a kind.") var all = false

  func run() async throws {
    let journal = try self.journal.open()
    let trust = try await ChainTrust.look(journal)
    let fold = try await journal.run(named: run)
    fold.rememberTarget()
    let detailed = try await DetailedReport(
      RunOutput.report(fold, journal, verified: trust.verified), journal, showValues: showValues, showAll: all
    )
    try await detailed.write(format) { part in
      switch format {
      case .text: Console.answer(prose: part)
      case .json, .markdown: Console.answer(text: part)
      // Lines that end as their format wants it; what comes from outside was escaped where they were made.
      case .html, .csv: Console.answer(bytes: Array(part.utf8))
      }
    }
    try await trust.end(journal, passedOver: fold.passedOver, quiet: self.journal.quiet)
  }
}

extension DetailedReport.Format: ExpressibleByArgument {}
