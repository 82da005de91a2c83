import DynamoJournalProgram
import ArgumentParser
import DynamoJournalReports
import Foundation

/// The program: parses the command line, runs a command, and turns what it throws into one sentence and an exit code.
struct RootCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: Program.name,
    abstract: "Changes live DynamoDB data, journals every change, and takes it back.",
    version: Program.current.tool,
    subcommands: [
      RunCommand.self, ChangeCommand.self, PlanCommand.self, PlanDiffCommand.self, ResumeCommand.self,
      RollbackPlanCommand.self, RollbackCommand.self, RedoPlanCommand.self, RedoCommand.self,
      CloseCommand.self, WatchCommand.self, PauseCommand.self, ContinueCommand.self, PaceCommand.self,
      StopCommand.self, ApproveCommand.self, ListCommand.self,
      RunsCommand.self, ShowCommand.self, ReportCommand.self, AuditCommand.self, HistoryCommand.self,
      VerifyCommand.self, JournalCommand.self,
      BackupCommand.self, BackupsCommand.self, RestoreCommand.self, TablesCommand.self, NewCommand.self,
      DoctorCommand.self, GuardCommand.self,
    ])

  /// Ends the process unless all went well.
  static func runProgram() async {
    Signals.survivesFileLimits()
    var command: any ParsableCommand
    do {
      command = try parseAsRoot()
    } catch {
      Ending.endParsing(error)
    }
    (command as? any TargetedCommand)?.common.remember()
    (command as? ReportCommand)?.journal.remember()
    (command as? PaceCommand)?.journalOptions.remember()
    do {
      try checkFormat(of: command)
      try await TextLayout.$width.withValue(Console.width) { try await perform(&command) }
    } catch {
      Ending.end(error)
    }
    // What has written ends with what came of that.
    if Console.hasLostAnswer && !(command is any TableWriting) {
      Foundation.exit(ExitStatus.refused.rawValue)
    }
  }

  private static func checkFormat(of command: any ParsableCommand) throws {
    guard (command as? any TargetedCommand)?.common.answerFormat == .csv, !(command is any TabularCommand)
    else { return }
    throw ValidationError("--format csv is for 'audit' and 'history': use text or json here")
  }

  private static func perform(_ command: inout any ParsableCommand) async throws {
    if var asynchronous = command as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try command.run()
    }
  }
}

/// A command that writes tables or backups.
protocol TableWriting: ParsableCommand {}
