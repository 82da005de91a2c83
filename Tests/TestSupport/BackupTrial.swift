import DynamoJournalExports
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import Testing

/// Two runs that begin at one moment, one after the other, and have the same table: on any store.
///
/// Journal and runner have a clock that stands still, so that no load can move the runs apart.
package struct BackupTrial: Sendable {
  private let store: any TableStore
  private let journal: Journal
  private let table: String

  /// A trial on a table of that name, which is made here.
  ///
  /// - Parameter folder: for the journal, and the exports beside it.
  package init(_ store: any TableStore, table: String, folder: String) async throws {
    self.store = store
    self.table = table
    let now = Timestamp.now()
    journal = try Journal(path: folder + "/journal.sqlite", for: .append(JournalSample.actor), clock: { now })
    try await store.create(TableSpec(name: table, key: KeySchema(partition: KeyAttribute("id", .string))))
    try await store.put((0..<3).map { Self.item($0) }, into: table)
  }

  private static func key(_ number: Int) -> Key { Key(["id": .string("\(number)")]) }
  private static func item(_ number: Int) -> Item { ["id": .string("\(number)"), "step": .number(0)] }

  /// Runs twice and restores the backup of each run.
  ///
  /// - Parameter kind: the kind of the backups.
  package func run(_ kind: BackupKind) async throws {
    var folds: [RunFold] = []
    for step in 0..<2 {
      let result = try await runner(step, RunRequest(backupKind: kind)).run(Settings(variables: [:]))
      #expect(result.end == .done && result.fold.backups.map(\.kind) == [kind])
      folds.append(result.fold)
    }
    #expect(folds[0].startedAt == folds[1].startedAt)
    #expect(Set(folds.flatMap(\.backups).map(\.arn)).count == 2)
    #expect(Set(folds.flatMap(\.backups).map(\.name)).count == 2)
    for (step, fold) in folds.enumerated() { try await expect(fold, restores: step) }
  }

  /// Asks for a backup as a run that dies before it has journaled it would, and for another run's, and goes on.
  ///
  /// - Parameter kind: the kind of the backups.
  package func die(_ kind: BackupKind) async throws {
    let dry = try await runner(0, RunRequest(dryRun: true, backupKind: kind)).run(Settings(variables: [:]))
    let other = try await runner(0, RunRequest(dryRun: true, backupKind: kind)).run(Settings(variables: [:]))
    // The other run's is made last, and of another state: whoever took it would give that back.
    let own = try await ask(for: dry.fold, kind)
    try await store.put([["id": .string("0"), "step": .number(7)]], into: table)
    _ = try await ask(for: other.fold, kind)
    try await store.put([Self.item(0)], into: table)
    let result = try await runner(0, RunRequest()).resume(dry.fold.handle, variables: [:])
    #expect(result.end == .done && result.fold.backups.map(\.arn) == [own])
    try await expect(result.fold, restores: 0)
  }

  private func ask(for fold: RunFold, _ kind: BackupKind) async throws -> String {
    let name = BackupName.make(for: table, of: fold.started.run, startedAt: fold.startedAt)
    guard kind == .export else { return try await store.backUp(table, as: name).arn }
    let origin = ExportOrigin(target: "trial", run: fold.started.run, createdAt: fold.startedAt)
    return try await ExportFolder(besideJournal: journal.path)
      .export(table, of: store, as: name, origin: origin, settings: [:]) { _ in }.arn
  }

  private func runner(_ step: Int, _ request: RunRequest) async throws -> Runner {
    let now = Timestamp.now()
    let environment = RunEnvironment(
      store: store, target: "trial", journal: journal, inputs: NoInputs(), stop: StopSignal(), tool: "test 1",
      progress: { _ in }, confirm: { _ in "test" }, clock: { now })
    return Runner(environment, Steps(table: table, from: step), request)
  }

  private func expect(_ fold: RunFold, restores step: Int) async throws {
    let backup = try #require(fold.backups.first)
    let catalog = BackupCatalog(store: store, folder: ExportFolder(besideJournal: journal.path))
    _ = try await Restore(store, target: "trial", stop: StopSignal()).restore(
      catalog.backup(backup.arn), journaled: backup, hasExactCounts: false, to: "copy")
    let items = try await store.items((0..<3).map(Self.key), in: "copy")
    #expect(
      items.map { $0?["step"] } == Array(repeating: .number(Int64(step)), count: 3), "\(fold.started.run)")
    try await store.delete("copy")
  }
}

/// Takes the step of each of the three items from one number to the next.
private struct Steps: Migration {
  let table: String
  let from: Int
  let name = "01_steps"
  let version = 1
  let summary = "a migration for tests"
  let code = MigrationCode("sha256:steps", files: "BackupTrial.swift")
  let variables: [String] = []
  let testLimit = 3

  func check(_ settings: Settings, _ tables: TableReader) async throws {}

  func plan(_ planner: Planner) async throws {
    try await planner.prepare("all") { step in
      for number in 0..<3 {
        step.plan([
          Change(
            table: table, key: Key(["id": .string("\(number)")]), before: ["step": .number(Int64(from))],
            after: ["step": .number(Int64(from + 1))])
        ])
      }
    }
  }

  func inspect(stage: Int, _ inspection: Inspection) async throws {}
}

/// Replies to nothing.
private struct NoInputs: InputSource {
  func fetch(_ request: InputRequest, piece: ([UInt8]) async throws -> Void) async throws {
    throw InputError(source: request.source, reason: "there is no reply")
  }
}
