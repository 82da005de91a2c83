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
      is configured, and every migration's file. A file's expressions are tried on the first items of its table. \
      Ends with 0 when nothing failed, else with 2.
      """)
  @OptionGroup var common: CommonOptions
  @Argument(help: "The migration that is to be run, or the path of its file; 'list' shows them.")
  var migration: String?
  @OptionGroup var files: MigrationOptions
  @OptionGroup var parameters: ParameterOptions

  func run() async throws {
    // What is wrong with the variables themselves is a check of its own.
    let plain = (try? common.journalOptions.quietVariables()) ?? Variables([:])
    let folder = try files.folder(plain)
    let finder = MigrationFinder(catalog: CommandCatalog.current, folder: folder)
    let doctor: Doctor
    if let migration {
      doctor = Doctor(common, try finder.find(migration).migration(plain, parameters))
    } else {
      doctor = Doctor(common, nil, FileExamination(finder, plain))
    }
    let report = await doctor.examine()
    switch common.format {
    case .json: Console.answer(text: report.jsonText)
    case .text: Console.answer(prose: report.text)
    }
    try (report.isHealthy ? ExitStatus.done : .refused).end()
  }
}
