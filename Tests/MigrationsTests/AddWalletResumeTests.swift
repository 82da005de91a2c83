import DynamoJournalEvents
import SpartaMigrations
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("06_add_wallet_to_operators, interrupted")
struct AddWalletResumeTests {
  let migration = AddWalletToOperators()
  let settings = Sparta.settings(options: [.createTarget])

  /// 2,500 operators; every tenth has no validator, and every hundredth shares its address with its neighbour.
  private func seed(_ harness: MigrationHarness) async throws {
    let ids = (0..<2_500).map { String(1_000_000 + $0 * 7_919 % 100_003) }
    try await harness.seed(Sparta.oldTable(), ids.map { Sparta.anOperator($0) })
    let validators = ids.enumerated().compactMap { index, id in
      index % 10 == 0 ? nil : Sparta.validator("0x\(index % 100 == 1 ? index + 1 : index)", id)
    }
    harness.inputs.set("validators", Sparta.reply(validators))
  }

  /// Reads the source in pages of a hundred, and asks to stop when the page behind that key is read.
  private func stopping(_ store: any TableStore, after key: Key?, _ stop: StopSignal) -> WatchedStore {
    WatchedStore(
      store, pageSize: 100,
      before: { call in
        guard case .scan(let request) = call, request.table == Sparta.old else { return }
        if request.after != nil && request.after == key { stop.request() }
      })
  }

  @Test("2,500 operators pass the cycle")
  func large() async throws {
    try await MigrationHarness.use { harness in
      try await seed(harness)
      let run = try await harness.cycle(migration, settings, planned: 1 + 2 * 2_225) {
        try await harness.expect(Sparta.new, count: 2_225)
        try await harness.expect(Sparta.old, count: 275)
      }
      let counters = harness.counters(of: run)
      #expect(counters["conflicts"] == 25)
      #expect(counters["skipped without address"] == 250)
      #expect(counters["processed"] == 2_500)
    }
  }

  @Test(
    "a plan that is interrupted anywhere and resumed without the API is the plan of an uninterrupted run",
    arguments: [0, 1_000, 1_700, 2_400])
  func interruptedPlan(after count: Int) async throws {
    try await MigrationHarness.use { harness in
      try await seed(harness)
      let whole = try await harness.run(migration, settings, RunRequest(dryRun: true))
      let items = try await harness.items(of: Sparta.old)
      let position = count == 0 ? nil : Sparta.oldTable().key.key(of: items[count - 1])
      let stop = StopSignal()
      let pages = stopping(harness.store, after: position, stop)
      if count == 0 { stop.request() }
      let cut = try await harness.run(migration, settings, on: pages, stop: stop)
      #expect(cut.fold.position.state == .interrupted)
      #expect(cut.fold.plan == nil)
      if count > 0 {
        #expect(cut.counts.planned > 0)
        #expect(try cut.fold.checkpoint?.step == "operators")
      }
      // A run that was stopped at once has not asked the API yet.
      if count > 0 { harness.inputs.set("validators", nil) }
      let resumed = try await harness.resume(cut, migration)
      #expect(resumed.fold.plan?.digest == whole.fold.plan?.digest)
      #expect(resumed.fold.plan?.counters == whole.fold.plan?.counters)
      let notes = try await harness.notes(of: whole)
      #expect(try await harness.notes(of: resumed) == notes)
      #expect(resumed.fold.position.state == .applied)
      #expect(resumed.counts.applied == 1 + 2 * 2_225)
    }
  }

  @Test("a resumed run keeps to its own settings")
  func settingsKept() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(Sparta.oldTable(), [Sparta.anOperator("1")])
      harness.inputs.set("validators", Sparta.reply([Sparta.validator("0x1", "1")]))
      let stop = StopSignal()
      stop.request()
      let keeping = Sparta.settings(options: [.createTarget, .keepSource])
      let cut = try await harness.run(migration, keeping, stop: stop)
      #expect(cut.fold.position.state == .interrupted)
      let others = ["NODE_OPERATORS_TABLE_NAME": "elsewhere", "OLD_NODE_OPERATORS_TABLE_NAME": "elsewhere"]
      let resumed = try await harness.resume(cut, migration, variables: others)
      #expect(resumed.counts.applied == 2)
      try await harness.expect(Sparta.old, count: 1)
    }
  }

  @Test("a plan is not finished on another target than it was begun on")
  func otherTarget() async throws {
    try await MigrationHarness.use { harness in
      try await seed(harness)
      try await harness.seed(Sparta.newTable())
      let items = try await harness.items(of: Sparta.old)
      let stop = StopSignal()
      let pages = stopping(harness.store, after: Sparta.oldTable().key.key(of: items[1_499]), stop)
      let unnamed = Sparta.settings(["NEW_NODE_OPERATORS_TABLE_NAME": ""])
      let cut = try await harness.run(migration, unnamed, on: pages, stop: stop)
      #expect(cut.counts.planned > 0)
      try await harness.store.delete(Sparta.new)
      try await harness.seed(Sparta.newTable("another"))
      let resumed = try await harness.resume(cut, migration)
      guard case .refused(let message) = resumed.end else {
        Issue.record("the run ended as \(resumed.end)")
        return
      }
      #expect(message.contains("'\(Sparta.new)'") && message.contains("'another'"))
    }
  }

  @Test("a target that is lost at any write is resumed, forward and backward")
  func lostTarget() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(
        Sparta.oldTable(), [Sparta.anOperator("1"), Sparta.anOperator("2"), Sparta.anOperator("3")])
      harness.inputs.set(
        "validators", Sparta.reply([Sparta.validator("0x1", "1"), Sparta.validator("0x2", "2")]))
      try await harness.loseEachWrite(migration, settings, writes: 3)
    }
  }
}
