import DynamoJournalProgram
import ArgumentParser
import Foundation
import DynamoJournalEvents
import DynamoJournalFiles
import DynamoJournalRunner
import DynamoJournalTables

/// How the answer is written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

/// The same of commands that may have more formats.
enum AnswerFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
  case csv
}

/// A command that writes comma-separated values, too.
protocol TabularCommand {}

/// Where the journal is.
struct JournalOptions: ParsableArguments {
  @Option(
    name: .customLong("journal"),
    help: ArgumentHelp(
      "The journal's file. (default: $\(Program.variable("JOURNAL")) or \(Program.folder)/journal.sqlite)",
      valueName: "path"))
  var journalPath: String?

  @Option(
    help: ArgumentHelp(
      "A file of NAME=value lines; the environment wins. (default: .env where it exists)", valueName: "path"))
  var envFile: String?

  @Flag(help: "Write less to standard error.")
  var quiet = false

  @Flag(help: "Write requests to standard error, too; never secrets or item values.")
  var verbose = false

  /// The environment, over the file.
  ///
  /// - Parameter names: variables that are taken from the file, too, by whoever asks for them: no reason to warn.
  func variables(besides names: Set<String> = []) throws -> Variables {
    let variables = try quietVariables()
    guard !quiet, !variables.ignored.isEmpty else { return variables }
    // A file that the folder of migrations has may well mean one of them.
    let folder = try? MigrationOptions.folder(nil, variables)
    let known = names.union(folder?.variableNames() ?? [])
    if let line = variables.ignoredLine(besides: known) { Console.say(line) }
    return variables
  }

  /// The same without a warning, for a command that reads them again.
  ///
  /// - Throws: `ValidationError` also for a journal's path that is none, before anything else is looked at.
  func quietVariables() throws -> Variables {
    let variables = try Variables(file: envFile)
    _ = try resolved(variables)
    return variables
  }

  /// The journal's path.
  func path(_ variables: Variables) -> String {
    // One that is none was refused when the variables were read.
    (try? resolved(variables)) ?? typedPath(variables)
  }

  private func resolved(_ variables: Variables) throws -> String {
    try LocalPath.resolve(typedPath(variables), "the journal", home: variables.environment["HOME"])
  }

  private func typedPath(_ variables: Variables) -> String {
    journalPath ?? variables[Program.variable("JOURNAL")] ?? "\(Program.folder)/journal.sqlite"
  }

  /// The journal, for reading.
  func open() throws -> Journal { try Journal(path: path(try variables()), for: .read) }
}

/// The options of every command with tables or a journal.
struct CommonOptions: ParsableArguments {
  @OptionGroup var journalOptions: JournalOptions

  @Option(
    help:
      "Where the tables are: local, local:PATH, aws, or a URL. (default: $\(Program.variable("TARGET")); see the README)"
  )
  var target: String?

  @OptionGroup(title: "DynamoDB options") var connection: ConnectionOptions

  @OptionGroup(title: "DynamoDB options") var guards: GuardOptions

  @Option(
    name: .customLong("format"), help: "How the answer is written; csv is for 'audit' and 'history'.")
  var answerFormat: AnswerFormat = .text

  /// The format of a command that has text and JSON.
  var format: OutputFormat { answerFormat == .json ? .json : .text }

  var quiet: Bool { journalOptions.quiet }
  var verbose: Bool { journalOptions.verbose }

  /// The environment, over the file.
  func variables(besides names: Set<String> = []) throws -> Variables {
    try journalOptions.variables(besides: names)
  }

  /// The journal's path.
  func journal(_ variables: Variables) -> String { journalOptions.path(variables) }

  /// The journal, for reading.
  func openJournal(_ variables: Variables) throws -> Journal {
    try Journal(path: journal(variables), for: .read)
  }

  /// The target.
  func target(_ variables: Variables) throws -> Target {
    try Target.resolve(option: target, variables)
  }

  /// The target, opened and, for a command that can write, said first.
  func open(
    _ variables: Variables, creating: Bool, saying: Bool = false, stop: StopSignal? = nil
  ) async throws -> OpenTarget {
    let resolved = try ResolvedTarget.resolve(option: target, variables)
    let opened = try await OpenTarget.open(
      resolved.target, self, variables, creating: creating, stop: stop)
    if saying && !quiet { Console.say("target \(opened.description) (\(resolved.source))") }
    return opened
  }
}
