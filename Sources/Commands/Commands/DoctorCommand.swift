import DynamoJournalProgram
import ArgumentParser
import DynamoJournalReports

/// `doctor`: everything that a run needs, looked at before one is begun.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look whether all is well: target, permissions, tables, API, journal, disk.",
    discussion: """
      One line for each check, with what to do about it. Nothing is made or changed: permissions to write are tried \
      by requests whose condition can't hold. With a migration, what that one needs is looked at; without, whatever \
      is configured. Ends with 0 when nothing failed, else with 2.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: "The migration that is to be run; 'list' shows them.") var migration: String?

  func run() async throws {
    let report = await Doctor(common, try migration.map(CommandCatalog.require)).examine()
    Console.answer(text: common.format == .json ? report.jsonText : report.text)
    try (report.isHealthy ? ExitStatus.done : .refused).end()
  }
}
