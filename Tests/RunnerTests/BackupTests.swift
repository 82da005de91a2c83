import Journal
import Runner
import Tables
import TestSupport
import Testing

@Suite("Backups before the first change")
struct BackupTests {
  @Test func everyTableOfThePlanIsBackedUpOnceUnderOneTime() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.lostBefore = [2]
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 8)
      let result = try await bench.run(Toy.movesItems)
      let time = Timestamp.compact(result.fold.startedAt)
      let names = ["migration-backup-\(time)-boxes", "migration-backup-\(time)-toys"]
      #expect(await bench.store.backupsMade == names)
      #expect(result.fold.backups.map(\.name) == names)
      #expect(try await bench.resume(Toy.movesItems).end == .done)
      #expect(await bench.store.backupsMade == names)
      let toys = try #require(try await bench.tables.backups(of: "toys").first)
      #expect(toys.itemCount == 8, "the backup is from before the first change")
    }
  }

  @Test func aBackupThatADeadProcessAskedForButDidNotJournalIsWaitedFor() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      let dry = try await bench.run(Toy.addsAttribute, RunRequest(dryRun: true))
      let name = "migration-backup-\(Timestamp.compact(dry.fold.startedAt))-toys"
      let made = try await bench.tables.backUp("toys", as: name)
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.fold.backups.map(\.arn) == [made.arn])
      #expect(await bench.store.backupsAwaited == [name])
      #expect(await bench.store.backupsMade == [])
    }
  }

  @Test func noBackupIsMadeWhenNoneIsWantedOrTheTableIsNotThereYet() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3, withBoxes: false)
      _ = try await bench.run(Toy.addsAttribute, RunRequest(makesBackups: false))
      #expect(await bench.store.backupsMade == [])
      let result = try await bench.run(Toy.createsTableThenItems)
      #expect(result.end == .done && result.fold.backups == [])
    }
  }

  @Test func aBackupThatFailsKeepsThePlanFromBeingApplied() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.backupRefusal = StoreError(code: "LimitExceededException", "too many backups")
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 3)
      let result = try await bench.run(Toy.addsAttribute)
      #expect(result.fold.position.state == .planned)
      #expect(await bench.store.callCount == 0)
      await bench.store.set(FaultyStore.Faults())
      #expect(try await bench.resume(Toy.addsAttribute).end == .done)
    }
  }
}
