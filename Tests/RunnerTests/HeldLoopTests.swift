import DynamoJournalEvents
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalRunner

/// What the engine does when it is paused, paced, and refused for a reason that holds for every item.
@Suite("A loop that is held, paced or refused as a whole")
struct HeldLoopTests {
  /// A plan of one-change units.
  private static func toy(_ count: Int) -> Toy {
    Toy(name: "17_held") { planner in
      try await planner.prepare("all") { step in
        for number in 0..<count {
          step.plan(
            [Change(table: "toys", key: Toy.key(number), before: nil, after: Toy.item(number))],
            stage: 1)
        }
      }
    }
  }

  @Test("a write that was given back is sent again, and is the run's own if it may have arrived")
  func givenBack() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.before = { call, units, base in
        // The second call arrives, and nobody hears of it.
        guard call == 2 else { return }
        _ = try await base.write(units)
        throw WriteHeld(mayHaveHadEffect: true)
      }
      let bench = try Workbench(folder, unitsPerCall: 1, faults: faults)
      try await bench.tables.create(Toy.toys)
      let result = try await bench.run(Self.toy(4))
      #expect(result.end == .done && result.counts.applied == 4)
      let states = try await bench.journal.changeStates(of: result.fold.number)
      #expect(states.foreign.count == 0)
      // Undone with the rest: it is nobody else's.
      let undone = try await bench.rollback()
      #expect(undone.result.counts.compensated == 4)
    }
  }

  @Test("a stop while a write waits to be sent again leaves that one in doubt, and no other")
  func stopped() async throws {
    try await withTemporaryFolder { folder in
      let stop = Recorder<StopSignal>()
      var faults = FaultyStore.Faults()
      faults.before = { call, units, base in
        guard call == 2 else { return }
        _ = try await base.write(units)
        stop.values.first?.request()
        throw WriteHeld(mayHaveHadEffect: true)
      }
      let bench = try Workbench(folder, unitsPerCall: 1, faults: faults)
      stop.add(bench.stop)
      try await bench.tables.create(Toy.toys)
      let result = try await bench.run(Self.toy(4))
      #expect(result.counts.inDoubt == 1 && result.counts.applied == 1 && result.counts.pending == 2)
    }
  }

  @Test("while it is shut nothing is sent, what came before is durable, and it goes on where it was")
  func shut() async throws {
    try await withTemporaryFolder { folder in
      let control = Recorder<WorkControl>()
      var faults = FaultyStore.Faults()
      faults.after = { call in if call == 3 { control.values.first?.setShut(true) } }
      let bench = try Workbench(folder, unitsPerCall: 1, faults: faults)
      control.add(bench.stop.control)
      try await bench.tables.create(Toy.toys)
      let work = Task { try await bench.run(Self.toy(8)) }
      var durable = 0
      // The outcomes of what was sent are in the journal although no group of them is full.
      while durable < 3 {
        try await Task.sleep(for: .milliseconds(5))
        guard let run = try? await bench.journal.run(named: "latest") else { continue }
        durable = try await RunCounts.read(bench.journal, run.number, isDrained: true).applied
      }
      #expect(await bench.store.callCount == 3)
      bench.stop.control.setShut(false)
      let result = try await work.value
      #expect(result.end == .done && result.counts.applied == 8)
    }
  }

  @Test(
    "what every item would be refused for interrupts the run: nothing is marked as failed, and resume goes on"
  )
  func refusedForAll() async throws {
    for code in ["AccessDeniedException", "ResourceNotFoundException", "UnknownOperationException"] {
      try await withTemporaryFolder { folder in
        let bench = try Workbench(folder, unitsPerCall: 2)
        try await bench.tables.create(Toy.toys)
        var faults = FaultyStore.Faults()
        faults.refusal = { $0[0].key == Toy.key(4) ? StoreError(code: code, "not you") : nil }
        await bench.store.set(faults)
        let result = try await bench.run(Self.toy(12))
        guard case .interrupted(let words) = result.end else {
          Issue.record("\(code): \(result.end)")
          return
        }
        #expect(words.contains(code))
        #expect(result.counts.failed == 0 && result.counts.inDoubt == 0)
        #expect(result.counts.applied == 5 && result.counts.pending == 7)
        await bench.store.set(FaultyStore.Faults())
        let resumed = try await bench.resume(Self.toy(12))
        #expect(resumed.end == .done && resumed.counts.applied == 12)
        // The same on the way back.
        await bench.store.set(faults)
        let stopped = try await bench.rollback()
        #expect(stopped.result.counts.failed == 0)
        guard code != "ResourceNotFoundException" else { return }
        guard case .interrupted = stopped.result.end else {
          Issue.record("\(code): \(stopped.result.end)")
          return
        }
        await bench.store.set(FaultyStore.Faults())
        let undone = try await bench.resume(Self.toy(12))
        #expect(undone.counts.compensated == 12)
      }
    }
  }

  @Test("a refusal of one item alone is that item's")
  func refusedForOne() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.refusal = {
        $0[0].key == Toy.key(1) ? StoreError(code: "ValidationException", "too large") : nil
      }
      let bench = try Workbench(folder, unitsPerCall: 2, faults: faults)
      try await bench.tables.create(Toy.toys)
      let result = try await bench.run(Self.toy(6))
      #expect(result.end == .incomplete && result.counts.failed == 1 && result.counts.applied == 5)
    }
  }
}
