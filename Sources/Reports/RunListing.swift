import JSON
import Journal

/// The runs of a journal, a row each.
public struct RunListing: Sendable {
  private let runs: [RunReport]

  /// A listing, in the order given.
  public init(_ runs: [RunReport]) { self.runs = runs }

  /// One array, with the object of `show` for each run.
  public var jsonText: String { JSONValue.array(runs.map(\.json)).prettyText() + "\n" }

  /// Rows for people.
  public var text: String {
    if runs.isEmpty { return "no runs yet: 'sparta-journal list' shows the migrations\n" }
    var table = TextTable(["RUN", "MIGRATION", "STATE", "TARGET", "CHANGES", "STARTED", "BY", "REASON"])
    for run in runs {
      let started = run.fold.started
      table.add([
        run.run, started.migration, run.state.rawValue, Printable.text(started.target),
        run.isNothingToDo ? "nothing to do" : run.counts.text, Timestamp.text(run.fold.startedAt),
        Printable.text(run.fold.startedBy.name), Printable.text(started.reason ?? ""),
      ])
    }
    return table.takeLines()
  }
}

/// The migrations, each with the last run against the target.
public struct MigrationListing: Sendable {
  /// A migration as it is listed.
  public struct Entry: Sendable {
    /// The name that people type.
    public let name: String
    /// One line.
    public let summary: String

    /// An entry.
    public init(name: String, summary: String) {
      self.name = name
      self.summary = summary
    }
  }

  private let rows: [(entry: Entry, last: RunReport?)]

  /// A listing.
  ///
  /// - Parameters:
  ///   - runs: runs of the journal in the order of their start; those against other targets are left out.
  ///   - target: the target as the command line names it.
  public init(_ migrations: [Entry], runs: [RunReport], target: String) {
    let here = runs.filter { $0.fold.started.target == target }
    rows = migrations.map { entry in (entry, here.last { $0.fold.started.migration == entry.name }) }
  }

  /// One array of objects with `migration`, `summary` and `lastRun`, which is null for a migration that never ran.
  public var jsonText: String {
    let array = rows.map { entry, last in
      ["migration": .string(entry.name), "summary": .string(entry.summary), "lastRun": Self.json(last)]
        as JSONValue
    }
    return JSONValue.array(array).prettyText() + "\n"
  }

  private static func json(_ run: RunReport?) -> JSONValue {
    guard let run else { return .null }
    return [
      "run": .string(run.run), "state": .string(run.state.rawValue), "dryRun": .bool(run.fold.started.dryRun),
      "startedAt": .string(Timestamp.text(run.fold.startedAt)),
      "finishedAt": .text(run.finishedAt.map(Timestamp.text)), "actor": run.fold.startedBy.json,
    ]
  }

  /// Rows for people.
  public var text: String {
    var table = TextTable(["MIGRATION", "LAST RUN", "STATE", "STARTED", "BY", "SUMMARY"])
    for (entry, last) in rows {
      table.add([
        entry.name, last?.run ?? "-", last?.state.rawValue ?? "never run",
        last.map { Timestamp.text($0.fold.startedAt) } ?? "-",
        last.map { Printable.text($0.fold.startedBy.name) } ?? "-", Printable.text(entry.summary),
      ])
    }
    return table.takeLines()
  }
}
