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
    end(explanation(error), errorClass(error), ExitStatus(error), place: (error as? DefinitionError)?.excerpt)
  }

  /// Ends with what the argument parser has to say: help and version on standard output, anything else is wrong usage.
  static func endParsing(_ error: any Error) -> Never {
    guard RootCommand.exitCode(for: error) != .success else { RootCommand.exit(withError: error) }
    let message = RootCommand.message(for: error)
    end(usage(message, words: Array(CommandLine.arguments.dropFirst())), .usage, .usage)
  }

  /// Says the words on standard error and, where a script reads, says them as JSON on standard output.
  private static func end(
    _ explanation: Explanation, _ errorClass: ErrorClass, _ status: ExitStatus, place: String? = nil
  ) -> Never {
    Console.error(explanation.description)
    if let place { Console.say(place) }
    if RefusalJSON.isWanted(CommandLine.arguments) {
      Console.answer(RefusalJSON.text(explanation, errorClass, status))
    }
    exit(status.rawValue)
  }

  /// What is to be said of what a command threw.
  ///
  /// An error that nobody foresaw is named by its type alone: its own words could hold an item's values.
  static func explanation(_ error: any Error) -> Explanation {
    switch error {
    case let error as any ExplainedError: error.explanation
    case let error as ValidationError: Explanation(cutting: error.message)
    default:
      Explanation(
        "an error that should not happen (\(error.localizedDescription))",
        "please report it, with the command that was typed")
    }
  }

  private static func errorClass(_ error: any Error) -> ErrorClass {
    switch error {
    case let error as any ExplainedError: error.errorClass
    case is ValidationError: .usage
    default: .internal
    }
  }

  /// The parser's message in our form, and where the options of that very command are explained.
  ///
  /// - Parameter words: the command line, without the program's name.
  static func usage(_ message: String, words: [String]) -> Explanation {
    let line = message.split(separator: "\n").first.map(String.init) ?? "wrong usage"
    let command = ([Program.name] + path(words, RootCommand.self)).joined(separator: " ")
    return Explanation(lowercasingFirst(line), "see '\(command) --help'")
  }

  /// The names of the commands that the words begin with: `tables import` of `tables import t f.jsonl`.
  private static func path(_ words: [String], _ command: any ParsableCommand.Type) -> [String] {
    let commands = command.configuration.subcommands
    guard let word = words.first, let found = commands.first(where: { $0.configuration.commandName == word })
    else {
      return []
    }
    return [word] + path(Array(words.dropFirst()), found)
  }

  private static func lowercasingFirst(_ text: String) -> String {
    text.prefix(1).lowercased() + text.dropFirst()
  }
}
