import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

extension RunFold {
  /// The name that the run's backup of a table has.
  func backupName(of table: String) -> String {
    BackupName.make(for: table, of: started.run, startedAt: startedAt)
  }
}

extension Workbench {
  /// The environment of a program that hears of backups of one name, and of exports that are passed over.
  func environment(hearing heard: Recorder<String>) -> RunEnvironment {
    RunEnvironment(
      store: store, target: "local:test", journal: journal, inputs: inputs, stop: stop, tool: "test 1",
      progress: {
        if case .backupsOfOneName(let name, let count, let taken) = $0 {
          heard.add("\(count) \(name) \(taken)")
        }
        if case .exportPassedOver(let path) = $0 { heard.add(path) }
      },
      confirm: { _ in "test" })
  }
}

@Suite("Backups before the first change")
struct BackupTests {
  @Test func everyTableOfThePlanIsBackedUpOnceUnderOneTime() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.lostBefore = [2]
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 8)
      let result = try await bench.run(Toy.movesItems)
      let names = ["boxes", "toys"].map { result.fold.backupName(of: $0) }
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
      let name = dry.fold.backupName(of: "toys")
      let made = try await bench.tables.backUp("toys", as: name)
      await bench.store.set(listing { _ in dry.fold.startedAt })
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.fold.backups.map(\.arn) == [made.arn])
      #expect(await bench.store.backupsAwaited == [name])
      #expect(await bench.store.backupsMade == [])
    }
  }

  /// A target whose clock says when a backup was made; ours is set by the test's journal.
  private func listing(_ time: @escaping @Sendable (Backup) -> Int64) -> FaultyStore.Faults {
    var faults = FaultyStore.Faults()
    faults.listing = { listed in
      listed.map {
        Backup(
          arn: $0.arn, name: $0.name, table: $0.table, createdAt: time($0), sizeBytes: $0.sizeBytes,
          itemCount: $0.itemCount)
      }
    }
    return faults
  }

  @Test func aBackupThatIsOlderThanTheRunIsNotItsOwnWhateverItsName() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      let dry = try await bench.run(Toy.addsAttribute, RunRequest(dryRun: true))
      let name = dry.fold.backupName(of: "toys")
      let other = try await bench.tables.backUp("toys", as: name)
      await bench.store.set(listing { _ in dry.fold.startedAt - 3_600_000_000 })
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.end == .done && result.fold.backups.count == 1)
      #expect(result.fold.backups.map(\.arn) != [other.arn])
      #expect(await bench.store.backupsMade == [name])
    }
  }

  @Test func ofTwoBackupsThatALostReplyLeftTheLastIsTakenAndThatIsSaid() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      let dry = try await bench.run(Toy.addsAttribute, RunRequest(dryRun: true))
      let name = dry.fold.backupName(of: "toys")
      let first = try await bench.tables.backUp("toys", as: name)
      let last = try await bench.tables.backUp("toys", as: name)
      await bench.store.set(listing { dry.fold.startedAt + ($0.arn == last.arn ? 2 : 1) })
      let result = try await Runner(bench.environment(hearing: heard), Toy.addsAttribute, RunRequest())
        .resume(dry.fold.handle, variables: [:])
      #expect(result.fold.backups.map(\.arn) == [last.arn] && first.arn != last.arn)
      #expect(heard.values == ["2 \(name) \(last.arn)"])
    }
  }

  private let heard = Recorder<String>()

  @Test func runsOfOneSecondHaveBackupsOfTheirOwn() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      let runs = [try await bench.run(Toy.addsAttribute), try await bench.run(Toy.countsUp(1))].map(\.fold)
      // As if both had begun within one second: whoever made the first has the second's time as well.
      let names = runs.map { BackupName.make(for: "toys", of: $0.started.run, startedAt: runs[0].startedAt) }
      #expect(Set(names).count == 2)
      let arns = runs.flatMap(\.backups).map(\.arn)
      #expect(Set(arns).count == 2)
      for (arn, expected) in zip(arns, [0, 3]) {
        try await bench.tables.restore(backup: arn, to: "copy")
        #expect(try await bench.contents().count { $0.contains("copy") && $0.contains("colour") } == expected)
        try await bench.tables.delete("copy")
      }
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
