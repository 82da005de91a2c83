/// The program that speaks: its name stands in every command that a message tells to type.
///
/// A process is one program, like its arguments; so the name is the process's, and not handed from hand to hand.
package struct Program: Hashable, Sendable {
  /// As it is typed.
  package let name: String
  /// Its version.
  package let version: String

  /// A program.
  package init(name: String, version: String = Formats.version) {
    self.name = name
    self.version = version
  }

  /// The program of this process; until it has begun, the one that this library comes with.
  // Written once, by `begin`, before there is a second thread; read from any.
  package private(set) nonisolated(unsafe) static var current = Program(name: Formats.library)

  /// Says which program this process is: the first thing that a program does.
  package static func begin(_ program: Program) { current = program }

  /// The name of this process's program.
  package static var name: String { current.name }

  /// The options that a command needs to reach what this one reached, each with a space before it: of every command.
  // Written while nothing but the command's own task is at work; read from any.
  private nonisolated(unsafe) static var journalOptions = ""
  /// The same, of commands that work with tables.
  private nonisolated(unsafe) static var tableOptions = ""

  /// Says how this process was told where things are, so that a command that it prints finds the same journal and tables.
  package static func remember(journalOptions: String, tableOptions: String) {
    self.journalOptions = journalOptions
    self.tableOptions = tableOptions
  }

  /// Adds a run's own target, as an option, where none was named.
  package static func remember(target: String) {
    if !tableOptions.contains(" --target ") { tableOptions = target + tableOptions }
  }

  /// A command to type next, as it works when it is pasted into the same shell.
  ///
  /// - Parameter words: the subcommand and what it is given, ready for a shell.
  package static func command(_ words: String) -> String {
    // A report is made from the journal alone.
    name + " " + words + journalOptions + (words.hasPrefix("report ") ? "" : tableOptions)
  }

  /// Name and version, as the journal keeps them.
  package var tool: String { "\(name) \(version)" }

  /// What its own variables and its folder are called by: `acme` of `acme-migrate`.
  package var stem: String {
    let word = name.prefix { $0.isLetter || $0.isNumber }
    return word.isEmpty ? name : word.lowercased()
  }

  /// One of its own variables: `ACME_TARGET`.
  package static func variable(_ word: String) -> String { current.stem.uppercased() + "_" + word }

  /// The folder for what it keeps where it is typed: `.acme`.
  package static var folder: String { "." + current.stem }
}
