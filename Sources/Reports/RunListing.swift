import DynamoJournalProgram
import DynamoJournalJSON
import DynamoJournalEvents

/// The runs of a journal, a row each.
package struct RunListing: Sendable {
  private let runs: [RunReport]
  private let all: Int

  /// A listing, in the order given.
  ///
  /// - Parameter all: how many runs the journal has; nil where these are all.
  package init(_ runs: [RunReport], of all: Int? = nil) {
    self.runs = runs
    self.all = all ?? runs.count
  }

  /// One array, with the object of `show` for each run.
  package var jsonText: String { JSONValue.array(runs.map(\.json)).prettyText() + "\n" }

  /// Rows for people.
  package var text: String {
    if runs.isEmpty && all > 0 { return "none of \(Printable.count(all, "run")) is like that\n" }
    if runs.isEmpty { return "no runs yet: '\(Program.command("list"))' shows the migrations\n" }
    var table = TextTable(["RUN", "MIGRATION", "STATE", "TARGET", "CHANGES", "STARTED", "BY", "REASON"])
    for run in runs {
      let started = run.fold.started
      table.add([
        run.run, started.migration, run.stateWord, Printable.text(started.target),
        run.isNothingToDo ? "nothing to do" : run.countsText, Timestamp.text(run.fold.startedAt),
        Printable.text(run.fold.startedBy.name), Printable.text(started.reason ?? ""),
      ])
    }
    return table.takeLines()
  }
}
