import DynamoJournalProgram
import DynamoJournalJSON
import DynamoJournalEvents

/// The runs of a journal, a row each.
package struct RunListing: Sendable {
  private let runs: [RunReport]

  /// A listing, in the order given.
  package init(_ runs: [RunReport]) { self.runs = runs }

  /// One array, with the object of `show` for each run.
  package var jsonText: String { JSONValue.array(runs.map(\.json)).prettyText() + "\n" }

  /// Rows for people.
  package var text: String {
    if runs.isEmpty { return "no runs yet: '\(Program.name) list' shows the migrations\n" }
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
