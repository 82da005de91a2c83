import SpartaJournal

/// Checks the system from end to end on a scratch table of its own; no other table is written.
///
/// It creates the scratch table, puts, updates and deletes a marker, tries a backup, and deletes the table again, each
/// in a stage of its own, so that the run can be stopped, resumed and rolled back like any other. A table that another
/// run left behind is used and left as it is: whoever made it may still be at work.
public struct TestMigration: Migration {
  /// The scratch table's name.
  public static let scratchTable = "sparta-migration-test"
  private static let scratch = TableSpec(
    name: scratchTable, key: KeySchema(partition: KeyAttribute("id", .string)))

  /// Its name: `test-migration`.
  public let name = "test-migration"
  /// One line for `list`.
  public let summary = "Checks the system end to end on a scratch table; safe to run any number of times"
  /// Raised whenever it would plan something else than before.
  public let version = 1
  /// Where its plan comes from; a test says when the digest has to be set anew.
  public let code = MigrationCode(
    "sha256:747e5eafbb3742a4d03e02473e1800369febe2b398c1bdb15e48d1da7bd76cb8",
    files: "TestMigration.swift")
  /// The tables that it looks at.
  public let variables = ConfiguredTable.all.map(\.variable)
  /// The tables and replies that it works with.
  public let needs = Needs(
    tables: ConfiguredTable.all.map { $0.need(absence: .passedOver, isWritten: false) } + [
      Needs.Table(
        variables: [], defaultName: scratchTable, keys: [scratch.key], absence: .created(option: nil))
    ])
  /// All of it: it is small.
  public let testLimit = 5

  /// The migration.
  public init() {}

  /// Refuses a scratch table that is keyed otherwise: then it is somebody else's.
  public func check(_ settings: Settings, _ tables: TableReader) async throws {
    _ = try await scratchExists(tables)
  }

  /// Looks at the configured tables, then plans the marker's life.
  public func plan(_ planner: Planner) async throws {
    try await planner.prepare("tables") { step in try await look(step) }
    try await planner.prepare("scratch") { step in
      let exists = try await scratchExists(planner.tables)
      if exists {
        try step.note(
          .warning, "scratchTableFound", table: Self.scratchTable,
          "the scratch table was there already, so it is used and left there: delete it once no other run needs it"
        )
      } else {
        step.plan(table: TableChange(before: nil, after: Self.scratch), stage: 0)
      }
      planMarker(Marker(now: step.now), step)
      if !exists { step.plan(table: TableChange(before: Self.scratch, after: nil), stage: 4) }
    }
  }

  /// Reads the marker back after each of its stages, and tries a backup while it is there.
  public func inspect(stage: Int, _ inspection: Inspection) async throws {
    let marker = Marker(now: inspection.now)
    switch stage {
    case 1: try await require(marker.written, marker, inspection, "put")
    case 2:
      try await require(marker.updated, marker, inspection, "updated")
      _ = try await inspection.tryBackup(
        of: Self.scratchTable, as: "\(Self.scratchTable)-\(inspection.now)")
    case 3: try await require(nil, marker, inspection, "deleted")
    default: break
    }
  }

  // MARK: Parts

  private func look(_ step: PlanStep) async throws {
    for counter in ["tables found", "tables missing", "items read"] { step.count(counter, 0) }
    for table in ConfiguredTable.all {
      let name = table.name(in: step.settings)
      guard try await step.tables.describe(name) != nil else {
        step.count("tables missing")
        try step.note(
          .skipped, "tableMissing", table: name,
          "there is no such table; \(table.variable) names it, and migrations that need it will refuse to run"
        )
        continue
      }
      step.count("tables found")
      step.count("items read", try await step.tables.firstPage(of: name).items.count)
    }
  }

  private func scratchExists(_ tables: TableReader) async throws -> Bool {
    guard let found = try await tables.describe(Self.scratchTable) else { return false }
    guard found.spec.key == Self.scratch.key else {
      throw Refusal(
        "table '\(Self.scratchTable)' has the key \(found.spec.key), so it is not this migration's, which needs that name with the key \(Self.scratch.key)",
        remedy: "rename or delete the table")
    }
    return true
  }

  private func planMarker(_ marker: Marker, _ step: PlanStep) {
    let change = { (before: Item?, after: Item?) in
      Change(table: Self.scratchTable, key: marker.key, before: before, after: after)
    }
    step.plan([change(nil, marker.written)], stage: 1)
    step.plan([change(Marker.state("written"), Marker.state("updated"))], stage: 2)
    step.plan([change(marker.updated, nil)], stage: 3)
  }

  private func require(
    _ expected: Item?, _ marker: Marker, _ inspection: Inspection, _ deed: String
  ) async throws {
    guard try await inspection.tables.items([marker.key], in: Self.scratchTable)[0] == expected else {
      throw Refusal(
        "the marker in '\(Self.scratchTable)' is not as it was \(deed)",
        remedy: "find out who else writes to the table, or whether the target loses writes")
    }
  }
}

/// The run's own item in the scratch table.
private struct Marker {
  let key: Key
  let written: Item
  let updated: Item

  init(now: Int64) {
    let id = AttributeValue.string("marker-\(now)")
    key = Key(["id": id])
    written = ["id": id, "state": .string("written"), "createdAt": .number(now)]
    updated = ["id": id, "state": .string("updated"), "createdAt": .number(now)]
  }

  /// The attribute that the update touches.
  static func state(_ word: String) -> Item { ["state": .string(word)] }
}
