import DynamoJournalProgram
import ArgumentParser
import DynamoJournalTables

/// Where the guards of a server's tables are kept; an embedded store has them in its own file.
struct GuardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The table of guards. (default: $\(Program.variable("GUARD_TABLE")) or \(TableGuards.defaultName))",
      valueName: "table")
  )
  var guardTable: String?

  @Flag(help: "Go on although a guard knows more events of this journal than the journal has.")
  var acceptJournal = false

  /// The name by option, environment and default.
  func table(_ variables: Variables) -> String {
    guardTable ?? variables[Program.variable("GUARD_TABLE")] ?? TableGuards.defaultName
  }
}
