import DynamoJournalEvents
import SpartaMigrations
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("test-migration")
struct TestMigrationTests {
  let migration = TestMigration()
  let settings = Settings(variables: ["NODE_OPERATORS_TABLE_NAME": Sparta.old])

  @Test("it leaves nothing behind, however often it runs, and touches no other table")
  func repeatable() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable(), [Sparta.anOperator("1"), Sparta.anOperator("2")])
      let start = try await harness.dump()
      for _ in 1...2 {
        let run = try await harness.run(migration, settings)
        #expect(run.fold.position.state == .applied)
        #expect(run.counts.applied == 5)
        #expect(try await harness.dump() == start)
        #expect(try await harness.store.backups(of: nil).isEmpty)
        let counters = harness.counters(of: run)
        #expect(counters == ["tables found": 1, "tables missing": 4, "items read": 2])
      }
    }
  }

  @Test("a run of it can be rolled back like any other")
  func rollback() async throws {
    try await MigrationHarness.use { harness in
      let run = try await harness.run(migration, settings)
      let undone = try await harness.rollBack(run)
      #expect(undone.preview.conflictCount == 0)
      #expect(undone.preview.changeCount == 5)
      #expect(undone.result.fold.position.state == .rolledBack)
      #expect(try await harness.store.tables().isEmpty)
    }
  }

  @Test("a scratch table that another run left behind is used and kept, its items untouched")
  func leftBehind() async throws {
    try await MigrationHarness.use { harness in
      let key = KeySchema(partition: KeyAttribute("id", .string))
      let marker: Item = ["id": .string("marker-1"), "state": .string("written")]
      try await harness.seed(TableSpec(name: TestMigration.scratchTable, key: key), [marker])
      let start = try await harness.dump()
      for _ in 1...2 {
        let run = try await harness.run(migration, settings)
        #expect(run.fold.position.state == .applied)
        #expect(run.counts.applied == 3)
        let notes = try await harness.notes(of: run)
        #expect(notes.contains("warning scratchTableFound sparta-migration-test"))
        #expect(try await harness.dump() == start)
      }
    }
  }

  @Test("a scratch table that is keyed otherwise is refused")
  func strange() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable(TestMigration.scratchTable))
      await #expect(throws: Refusal.self) { try await harness.run(migration, settings) }
    }
  }

  @Test("a marker that somebody else changes makes the run incomplete")
  func interference() async throws {
    try await MigrationHarness.use { harness in
      let dry = try await harness.run(migration, settings, RunRequest(dryRun: true))
      #expect(dry.fold.position.state == .planned)
      let key = KeySchema(partition: KeyAttribute("id", .string))
      let id = AttributeValue.string("marker-\(dry.fold.startedAt / 1_000)")
      try await harness.seed(
        TableSpec(name: TestMigration.scratchTable, key: key), [["id": id, "state": .string("else")]])
      let resumed = try await harness.resume(dry, migration)
      #expect(resumed.end == .incomplete)
      try await harness.expect(TestMigration.scratchTable, count: 1)
    }
  }

  @Test("a target that is lost at any write is resumed, forward and backward")
  func lostTarget() async throws {
    try await MigrationHarness.use { harness in
      try await harness.loseEachWrite(migration, settings, writes: 5)
      #expect(try await harness.store.tables().isEmpty)
    }
  }

  @Test(
    "a run that was lost on the way can be rolled back instead, and the next run is whole", arguments: 1...5)
  func rollbackAfterLoss(write: Int) async throws {
    try await MigrationHarness.use { harness in
      for afterwards in [false, true] {
        let lost = try await harness.run(
          migration, settings, on: harness.losing(write: write, afterwards: afterwards))
        #expect(lost.fold.position.state == .interrupted)
        let refused = try await harness.run(migration, settings)
        #expect(refused.counts.applied == 0)
        let undone = try await harness.rollBack(lost)
        #expect(undone.preview.conflictCount == 0)
        #expect(undone.result.fold.position.state == .rolledBack)
        #expect(try await harness.store.tables().isEmpty)
        let next = try await harness.run(migration, settings)
        #expect(next.fold.position.state == .applied)
        #expect(try await harness.store.tables().isEmpty)
      }
    }
  }
}
