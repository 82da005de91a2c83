import DynamoJournalProgram
import ArgumentParser
import DynamoJournalFiles
import Foundation

/// How the program ends with an error: one sentence on standard error, and an exit code.
enum Ending {
  /// Ends with what a command threw; a command that said its words itself throws a bare `ExitCode`.
  static func end(_ error: any Error) -> Never {
    // Help that is asked for is thrown, too.
    if error is ExitCode || RootCommand.exitCode(for: error) == .success {
      RootCommand.exit(withError: error)
    }
    Console.error(sentence(error))
    if let place = (error as? DefinitionError)?.excerpt { Console.say(place) }
    exit(ExitStatus(error).rawValue)
  }

  /// Ends with what the argument parser has to say: help and version on standard output, anything else is wrong usage.
  static func endParsing(_ error: any Error) -> Never {
    guard RootCommand.exitCode(for: error) != .success else { RootCommand.exit(withError: error) }
    let message = RootCommand.message(for: error)
    Console.error(usage(message, command: CommandLine.arguments.dropFirst().first))
    exit(ExitStatus.usage.rawValue)
  }

  /// The sentence for what a command threw.
  ///
  /// An error that nobody foresaw is named by its type alone: its own words could hold an item's values.
  static func sentence(_ error: any Error) -> String {
    if let validation = error as? ValidationError { return validation.message }
    if let definition = error as? DefinitionError { return definition.sentence }
    guard ExitStatus(error) == .bug else { return "\(error)" }
    return
      "an error that should not happen (\(error.localizedDescription)): please report it, with the command that was typed"
  }

  /// The parser's message in our form, and where the options are explained.
  static func usage(_ message: String, command: String?) -> String {
    let line = message.split(separator: "\n").first.map(String.init) ?? "wrong usage"
    let words = RootCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    let help = command.flatMap { words.contains($0) ? "\(Program.name) \($0) --help" : nil }
    return lowercasingFirst(line) + "; see '\(help ?? "\(Program.name) --help")'"
  }

  private static func lowercasingFirst(_ text: String) -> String {
    text.prefix(1).lowercased() + text.dropFirst()
  }
}
