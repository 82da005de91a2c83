import ArgumentParser
import Foundation

/// The program: parses the command line, runs a command, and turns what it throws into one sentence and an exit code.
@main
struct SpartaJournal: AsyncParsableCommand {
  /// Name and version, as the journal keeps them.
  static let tool = "sparta-journal 0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "sparta-journal",
    abstract: "Changes live DynamoDB data, journals every change, and takes it back.",
    version: tool,
    subcommands: [
      RunCommand.self, ResumeCommand.self, RollbackPlanCommand.self, RollbackCommand.self, ListCommand.self,
      RunsCommand.self, ShowCommand.self, ReportCommand.self, AuditCommand.self, HistoryCommand.self,
      TablesCommand.self,
    ])

  static func main() async {
    var command: any ParsableCommand
    do {
      command = try parseAsRoot()
    } catch {
      exit(withError: error)
    }
    do {
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error, command)
    }
  }

  /// Words once, on standard error; what the argument parser has to say, it says itself.
  private static func end(with error: any Error, _ command: any ParsableCommand) -> Never {
    switch error {
    case is ExitCode, is CleanExit: exit(withError: error)
    case let validation as ValidationError:
      Console.error(validation.message)
      Foundation.exit(ExitStatus.usage.rawValue)
    default:
      Console.error("\(error)")
      Foundation.exit(ExitStatus(error).rawValue)
    }
  }
}

extension ExitStatus {
  /// Ends the command with this code, the words having been said.
  func end() throws { if self != .done { throw ExitCode(rawValue) } }
}
