import ArgumentParser
import Tables

/// Where the guards of a server's tables are kept; an embedded store has them in its own file.
struct GuardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The table of guards. (default: $SPARTA_GUARD_TABLE or \(TableGuards.defaultName))", valueName: "table")
  )
  var guardTable: String?

  @Flag(help: "Go on although a guard knows more events of this journal than the journal has.")
  var acceptJournal = false

  /// The name by option, environment and default.
  func table(_ variables: Variables) -> String {
    guardTable ?? variables["SPARTA_GUARD_TABLE"] ?? TableGuards.defaultName
  }
}
