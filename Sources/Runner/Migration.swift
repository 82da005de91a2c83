import DynamoJournalProgram
import DynamoJournalTables

/// A named unit that plans changes. It never writes: the runner journals the plan, applies it and undoes it.
///
/// Promises that an implementation makes:
/// - `check` reads settings and table descriptions only, and throws `Refusal` for whatever the plan could not be made with.
/// - `plan` reads tables and inputs through the planner and nothing else, so that a run that is resumed plans from the
///   same facts. Work is done in the planner's steps, so that it goes on where it stopped.
/// - Once its plan is applied, the next plan is empty.
public protocol Migration: Sendable {
  /// The name that people type: `06_add_wallet_to_operators`.
  var name: String { get }
  /// One line for `list`.
  var summary: String { get }
  /// Raised whenever the migration would plan something else than before.
  var version: Int { get }
  /// The code that its plan comes from.
  var code: MigrationCode { get }
  /// The settings that it reads and that the journal keeps; secrets are not among them.
  var variables: [String] { get }
  /// The options that it understands beyond those of every run.
  var options: [MigrationOption] { get }
  /// The tables and replies that it works with.
  var needs: Needs { get }
  /// How many units `TEST_MODE` plans.
  var testLimit: Int { get }

  /// Refuses a run that can't be planned, before anything is journaled; by `needs`, unless it is written out.
  func check(_ settings: Settings, _ tables: TableReader) async throws

  /// Plans the changes.
  func plan(_ planner: Planner) async throws

  /// Looks at the tables after all changes of a stage have been applied; an error makes the run incomplete.
  func inspect(stage: Int, _ inspection: Inspection) async throws
}

extension Migration {
  /// No options of its own.
  public var options: [MigrationOption] { [] }

  /// Nothing but what `check` looks at.
  public var needs: Needs { Needs() }

  /// By what it needs.
  public func check(_ settings: Settings, _ tables: TableReader) async throws {
    try await needs.check(settings, tables)
  }

  /// Nothing to look at.
  public func inspect(stage: Int, _ inspection: Inspection) async throws {}
}

/// Why a run is not begun, or not taken further: nothing has been written to a table.
///
/// Both clauses begin in lower case, without a full stop: they become one sentence.
public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, naming the thing.
  public let problem: String
  /// What to type, to set or to look at; nil where there is nothing to do.
  public let remedy: String?

  /// A refusal.
  public init(_ problem: String, remedy: String? = nil) {
    self.problem = problem
    self.remedy = remedy
  }

  /// One sentence: the problem and the remedy.
  public var description: String { explanation.description }
}

extension Refusal: ExplainedError {
  package var explanation: Explanation { Explanation(problem, remedy) }
  package var errorClass: ErrorClass { .validation }
}

/// A store as seen by a migration: for reading.
public struct TableReader: Sendable {
  let store: any TableStore
  private let stop: StopSignal?

  /// Reads from a store.
  package init(_ store: any TableStore) { self.init(store, stop: nil) }

  /// Reads from a store until somebody asks to stop.
  init(_ store: any TableStore, stop: StopSignal?) {
    self.store = store
    self.stop = stop
  }

  /// The names of all tables, sorted.
  public func tables() async throws -> [String] { try await store.tables() }

  /// The table as it stands, or nil when there is none of that name.
  public func describe(_ table: String) async throws -> TableDescription? { try await store.describe(table) }

  /// The items with these keys, nil for each that does not exist.
  public func items(_ keys: [Key], in table: String) async throws -> [Item?] {
    try await store.items(keys, in: table)
  }

  /// The first page of a scan.
  public func firstPage(of table: String) async throws -> ScanPage {
    try await store.scan(ScanRequest(table: table))
  }

  /// A page of a scan, also of one that is cut into segments or filtered.
  package func page(_ request: ScanRequest) async throws -> ScanPage {
    try await stop?.pass()
    return try await store.scan(request)
  }

  /// Calls `body` with every page of a table.
  public func forEachPage(
    of table: String, after position: Key? = nil, _ body: ([Item]) async throws -> Bool
  ) async throws {
    var next: Task<ScanPage, any Error>? = fetch(table, position)
    defer { next?.cancel() }
    var watch = ScanWatch()
    while let page = try await next?.value {
      try watch.check(page, of: table)
      // The next page is on its way while this one is worked on.
      next = page.lastKey.map { fetch(table, $0) }
      try await stop?.pass()
      if try await !body(page.items) { return }
    }
  }

  private func fetch(_ table: String, _ position: Key?) -> Task<ScanPage, any Error> {
    Task { try await store.scan(ScanRequest(table: table, after: position)) }
  }

  /// The table, or a refusal that names it.
  public func require(_ table: String, variable: String) async throws -> TableDescription {
    if let found = try await describe(table) { return found }
    throw await missing(
      table, remedy: "set \(variable) to the table's name",
      orCreate: "create it with '\(Program.command("tables create \(ShellWord.text(table))"))'")
  }

  /// What is said of a table that is not there: where it was looked for, which tables there have a name like its, and the remedy.
  ///
  /// - Parameters:
  ///   - remedy: what to do where the place is right, as a clause.
  ///   - creation: another way, which makes the table; left out on AWS, where it more likely stands elsewhere.
  public func missing(_ table: String, remedy: String, orCreate creation: String? = nil) async -> Refusal {
    let missing = await store.missing(table)
    return Refusal(missing.problem, remedy: missing.remedy(remedy, orCreate: creation))
  }
}
