import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("What keeps a plan from being applied")
struct GuardTests {
  private func refused(
    _ folder: String, _ toy: Toy, _ request: RunRequest = RunRequest()
  ) async throws -> (reason: String, result: RunResult, bench: Workbench) {
    let bench = try Workbench(folder)
    try await Toy.fill(bench.tables, 5)
    let before = try await bench.contents()
    let result = try await bench.run(toy, request)
    guard case .refused(let reason) = result.end else { throw Unexpected(end: result.end) }
    #expect(try await bench.contents() == before)
    #expect(await bench.store.callCount == 0)
    #expect(await bench.store.backupsMade == [])
    return (reason, result, bench)
  }

  private struct Unexpected: Error { let end: RunEnd }

  @Test func aMigrationsRefusalLeavesThePlanPlannedAndNothingWritten() async throws {
    try await withTemporaryFolder { folder in
      let (reason, result, bench) = try await refused(folder, Toy.refusesItsPlan)
      #expect(reason == "too much would be changed")
      #expect(result.fold.position.state == .planned && result.fold.plan?.refusal == reason)
      #expect(try await bench.resume(Toy.refusesItsPlan).end == .refused(reason))
    }
  }

  @Test func aPlanOfMoreChangesThanAllowedIsNotApplied() async throws {
    try await withTemporaryFolder { folder in
      let (reason, result, bench) = try await refused(folder, Toy.addsAttribute, RunRequest(maxChanges: 4))
      #expect(reason.contains("5 changes") && result.fold.position.state == .planned)
      #expect(try await bench.resume(Toy.addsAttribute, RunRequest(maxChanges: 5)).end == .done)
    }
  }

  @Test func aNoAtTheLastQuestionLeavesThePlanPlanned() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 5)
      let asked = bench.environment
      let environment = RunEnvironment(
        store: asked.store, target: asked.target, journal: asked.journal, inputs: asked.inputs,
        stop: asked.stop, tool: asked.tool, progress: { _ in }, confirm: { _ in throw Refusal("no") })
      let result = try await Runner(environment, Toy.addsAttribute, RunRequest()).run(
        Settings(variables: [:]))
      #expect(result.end == .refused("no") && result.fold.position.state == .planned)
      #expect(await bench.store.callCount == 0)
      #expect(await bench.store.backupsMade == [])
    }
  }

  @Test func aMigrationThatFailsItsCheckLeavesNoRun() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      await #expect(throws: Refusal.self) { try await bench.run(Toy.addsAttribute) }
      #expect(try await bench.events() == 0)
    }
  }

  @Test func aMigrationThatFailsWhilePlanningIsInterruptedAndSaysWhy() async throws {
    try await withTemporaryFolder { folder in
      let toy = Toy.failsWhilePlanning(after: 3, StoreError(code: "AccessDeniedException", "not yours"))
      let (reason, result, _) = try await refused(folder, toy)
      #expect(reason.contains("AccessDeniedException"))
      #expect(result.fold.position.interruptedWhile == .planning)
      #expect(result.fold.interruption?.cause == .configuration)
    }
  }

  @Test func anotherDigestIsRefusedAndThePlansOwnIsNot() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 5)
      let digest = try #require(
        try await bench.run(Toy.addsAttribute, RunRequest(dryRun: true)).fold.plan?.digest)
      let events = try await bench.events()
      await #expect(throws: Refusal.self) {
        try await bench.resume(
          Toy.addsAttribute, RunRequest(digest: "sha256:" + String(repeating: "0", count: 64)))
      }
      #expect(try await bench.events() == events)
      let bare = String(digest.dropFirst("sha256:".count))
      #expect(try await bench.resume(Toy.addsAttribute, RunRequest(digest: bare)).end == .done)
    }
  }

  @Test func aPlanInTheMakingIsNotResumedByAnotherVersion() async throws {
    try await withTemporaryFolder { folder in
      let (_, _, bench) = try await refused(folder, Toy.failsWhilePlanning(after: 3, Refusal("stop here")))
      var newer = Toy.failsWhilePlanning(after: 9, Refusal("never"))
      newer.version = 2
      let events = try await bench.events()
      let refused = newer
      await #expect(throws: Refusal.self) { try await bench.resume(refused) }
      #expect(try await bench.events() == events)
      let same = Toy.failsWhilePlanning(after: 9, Refusal("never"))
      #expect(try await bench.resume(same).end == .done)
    }
  }

  // MARK: Dry runs

  @Test func aDryRunWritesNothingAndResumeAppliesExactlyIt() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 5)
      let before = try await bench.contents()
      let dry = try await bench.run(Toy.addsAttribute, RunRequest(dryRun: true))
      #expect(dry.end == .done && dry.fold.position.state == .planned && dry.counts.pending == 5)
      #expect(try await bench.contents() == before)
      #expect(await bench.store.backupsMade == [])
      try await bench.tables.put([Toy.item(99)], into: "toys")
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.end == .done && result.counts.planned == 5 && result.counts.applied == 5)
      #expect(result.fold.plan?.digest == dry.fold.plan?.digest)
      #expect(try await bench.tables.item(Toy.key(99), in: "toys") == Toy.item(99))
    }
  }

  @Test func aDryRunThatWasInterruptedInPlanningStaysDry() async throws {
    try await withTemporaryFolder { folder in
      let (_, _, bench) = try await refused(
        folder, Toy.failsWhilePlanning(after: 3, Refusal("stop here")), RunRequest(dryRun: true))
      let toy = Toy.failsWhilePlanning(after: 9, Refusal("never"))
      #expect(try await bench.resume(toy).fold.position.state == .planned)
      #expect(await bench.store.callCount == 0)
      #expect(try await bench.resume(toy).fold.position.state == .applied)
    }
  }

  // MARK: Other runs

  @Test func anUnfinishedRunOnTheSameTableRefusesAnotherAndNamesTheCommands() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.lostBefore = [1]
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 5)
      let open = try await bench.run(Toy.addsAttribute).fold.started.run
      guard case .refused(let reason) = try await bench.run(Toy.movesItems).end else {
        Issue.record("the second run was not refused")
        return
      }
      #expect(reason.contains("sparta-journal resume \(open)"))
      #expect(reason.contains("sparta-journal rollback \(open)"))
      #expect(try await bench.resume(Toy.addsAttribute, run: open).end == .done)
      #expect(await bench.store.backupsMade.count == 1)
    }
  }

  @Test func anInterruptedRollbackRefusesAnotherRunOnItsTableUntilItIsDone() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 12)
      let open = try await bench.run(Toy.addsAttribute).fold.started.run
      await bench.store.set(.lost(before: await bench.store.callCount + 2))
      #expect(try await bench.rollback().result.fold.position.interruptedWhile == .rollingBack)
      await bench.store.set(FaultyStore.Faults())
      let before = try await bench.contents()
      guard case .refused(let reason) = try await bench.run(Toy.movesItems).end else {
        Issue.record("the second run was not refused")
        return
      }
      #expect(reason.contains("sparta-journal resume \(open)"))
      #expect(try await bench.contents() == before)
      #expect(try await bench.resume(Toy.addsAttribute, run: open).fold.position.state == .rolledBack)
      #expect(try await bench.run(Toy.movesItems).end == .done)
    }
  }

  @Test func anUnfinishedRunOnAnotherTableRefusesNothing() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.lostBefore = [1]
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 5)
      _ = try await bench.run(Toy.addsAttribute)
      let toy = Toy(name: "12_one_box") { planner in
        try await planner.prepare("box") { step in
          step.plan([Change(table: "boxes", key: Toy.key(1), before: nil, after: Toy.item(1))])
        }
      }
      #expect(try await bench.run(toy).end == .done)
    }
  }
}
