import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Closing a run that will not go on")
struct ClosingTests {
  private func close(_ bench: Workbench, run: String = "latest") async throws -> (fold: RunFold, isNew: Bool)
  {
    try await Closing(bench.journal).close(try await bench.journal.run(named: run).handle, reason: "OPS-9")
  }

  /// Closes, and looks at what is to be seen of it.
  private func closes(_ bench: Workbench) async throws {
    let (contents, calls) = (try await bench.contents(), await bench.store.callCount)
    let (fold, isNew) = try await close(bench)
    #expect(isNew && fold.position.state == .closed && fold.closing == ReasonDetail(reason: "OPS-9"))
    #expect(fold.closedBy?.user == "alice")
    #expect(try await bench.contents() == contents)
    #expect(await bench.store.callCount == calls)
    // It is at its end: closing and resuming it again is no error and changes nothing.
    let events = try await bench.events()
    #expect(try await close(bench).isNew == false)
    #expect(try await bench.resume(Toy.addsAttribute).end == .done)
    #expect(try await bench.events() == events)
    // Nor does it keep others from its tables.
    #expect(try await bench.run(Toy.plansNothing).end == .done)
  }

  private func refuses(_ bench: Workbench, _ words: [String]) async throws {
    let state = try await bench.fold().position
    let refusal = await #expect(throws: Refusal.self) { try await close(bench) }
    for word in words {
      #expect(refusal?.description.contains(word) == true, "\(refusal?.description ?? "")")
    }
    #expect(try await bench.fold().position == state)
  }

  @Test("a dry run is closed")
  func dryRun() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      _ = try await bench.run(Toy.addsAttribute, RunRequest(dryRun: true))
      try await closes(bench)
    }
  }

  @Test("a run that stopped while it was planned is closed")
  func interruptedPlanning() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      _ = try await bench.run(Toy.failsWhilePlanning(after: 1, Refusal("no")))
      #expect(try await bench.fold().position.interruptedWhile == .planning)
      try await closes(bench)
    }
  }

  @Test("a run with failures and nothing left to send is closed")
  func incomplete() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.refusal = { unit in unit[0].key == Toy.key(1) ? StoreError.validation("no") : nil }
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 3)
      #expect(try await bench.run(Toy.addsAttribute).end == .incomplete)
      try await closes(bench)
      await bench.store.set(FaultyStore.Faults())
      let run = try await bench.journal.runs()[0].started.run
      #expect(try await bench.rollback(.stop, run: run).result.fold.position.state == .rolledBack)
    }
  }

  @Test("a run that was stopped before its first write is closed")
  func interruptedBeforeAnyWrite() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      var faults = FaultyStore.Faults()
      faults.before = { [stop = bench.stop] _, _, _ in stop.request() }
      faults.refusal = { _ in StoreError.validation("no") }
      await bench.store.set(faults)
      try await Toy.fill(bench.tables, 12)
      let result = try await bench.run(Toy.addsAttribute)
      #expect(result.fold.position.interruptedWhile == .applying && result.counts.applied == 0)
      let (fold, isNew) = try await close(bench)
      #expect(isNew && fold.position.state == .closed)
    }
  }

  @Test("changes in doubt keep a run from being closed, and the ways out are named")
  func doubt() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder, faults: .lost(after: 1))
      try await Toy.fill(bench.tables, 3)
      #expect(try await bench.run(Toy.addsAttribute).counts.inDoubt == 3)
      let run = try await bench.fold().started.run
      try await refuses(
        bench,
        [
          "3 changes in doubt", "sparta-journal resume \(run)", "sparta-journal rollback \(run)",
          "not closed",
        ])
      await bench.store.set(FaultyStore.Faults())
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
    }
  }

  @Test("a run that is half done is not closed")
  func halfDone() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 20)
      var faults = FaultyStore.Faults()
      faults.after = { [stop = bench.stop] call in if call == 2 { stop.request() } }
      await bench.store.set(faults)
      let result = try await bench.run(Toy.addsAttribute)
      #expect(result.counts.applied == 10 && result.counts.pending == 10 && result.counts.inDoubt == 0)
      try await refuses(bench, ["half done", "10 of 20"])
    }
  }

  @Test("a rollback and a redo that stopped on the way are not closed", arguments: [false, true])
  func halfBack(isRedo: Bool) async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 12)
      #expect(try await bench.run(Toy.addsAttribute).end == .done)
      if isRedo { _ = try await bench.rollback() }
      await bench.store.set(.lost(before: await bench.store.callCount + 2))
      if isRedo { _ = try await bench.redo() } else { _ = try await bench.rollback() }
      try await refuses(bench, ["half way back", "sparta-journal resume"])
    }
  }

  @Test("a run that died is looked at as what it left: in doubt")
  func died() async throws {
    try await withTemporaryFolder { folder in
      let copy = folder + "/copy"
      do {
        var faults = FaultyStore.Faults()
        faults.after = { call in if call == 1 { try Workbench.copy(folder, to: copy) } }
        let bench = try Workbench(folder, faults: faults)
        try await Toy.fill(bench.tables, 3)
        _ = try await bench.run(Toy.addsAttribute)
      }
      let bench = try Workbench(copy)
      let refusal = await #expect(throws: Refusal.self) { try await close(bench) }
      #expect(refusal?.description.contains("in doubt") == true)
    }
  }

  @Test("a run that has ended stays as it is", arguments: [false, true])
  func ended(isRolledBack: Bool) async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 3)
      #expect(try await bench.run(Toy.addsAttribute).end == .done)
      if isRolledBack { _ = try await bench.rollback() }
      let events = try await bench.events()
      let (fold, isNew) = try await close(bench)
      #expect(!isNew && fold.position.state == (isRolledBack ? .rolledBack : .applied))
      #expect(try await bench.events() == events)
    }
  }
}
