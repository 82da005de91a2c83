import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Planning")
struct PlannerTests {
  /// Reads an input, looks at the boxes, and plans from every toy; may ask to stop at one.
  private func toy(
    _ seen: Recorder<String>, stop: StopSignal? = nil, at number: Int = .max,
    accepts: @escaping @Sendable (String) -> Bool = { _ in true }
  ) -> Toy {
    Toy(name: "20_reads_an_input") { planner in
      let reply = try await planner.input(
        InputRequest(name: "colours", url: "https://u:p@example.org/c?key=secret"))
      var reader = try reply.reader()
      guard case .string(let colour)? = try reader.next() else { throw reply.unusable("it is not a string") }
      if !accepts(colour) { throw reply.unusable("'\(colour)' is no colour") }
      try await planner.prepare("gather") { step in
        step.count("prepared")
        try step.note(.warning, "prepared", "it was prepared")
        step.plan([Change(table: "boxes", key: Toy.key(0), before: nil, after: Toy.item(0))])
      }
      let table = try await planner.tables.require("toys", variable: "TOYS")
      var count = 0
      try await planner.forEachItem(of: table, step: "toys") { step, item in
        count += 1
        if count == number { stop?.request() }
        guard let key = Toy.toys.key.key(of: item), let id = item["id"]?.stringValue else { return }
        seen.add(id)
        step.count("toys seen")
        if id.hasSuffix("7") {
          try step.note(.skipped, "seven", table: "toys", key: key, "it ends in seven")
        }
        step.plan([Change(table: "toys", key: key, before: [:], after: ["colour": .string(colour)])])
      }
    }
  }

  @Test func aPlanOfThreeThousandItemsIsTheSameHoweverOftenItIsInterrupted() async throws {
    try await withTemporaryFolder { folder in
      let inputs = FakeInputs(["colours": [#""red""#, #""blue""#]])
      let whole: RunResult
      do {
        let bench = try Workbench(folder, inputs: inputs)
        try await Toy.fill(bench.tables, 3_000)
        whole = try await bench.run(toy(Recorder()), RunRequest(dryRun: true))
        let cut = try await bench.run(toy(Recorder(), stop: bench.stop, at: 700), RunRequest(dryRun: true))
        #expect(cut.fold.position.interruptedWhile == .planning && cut.counts.planned < 700)
      }
      // The second run's input was another reply, so that what is compared is planned from one that was kept.
      let again = FakeInputs(["colours": [#""green""#]])
      for stopAt in [900, 5, 1_100] {
        let bench = try Workbench(folder, inputs: again)
        let result = try await bench.resume(toy(Recorder(), stop: bench.stop, at: stopAt))
        #expect(result.fold.position.state == .interrupted)
      }
      let bench = try Workbench(folder, inputs: again)
      let seen = Recorder<String>()
      let result = try await bench.resume(toy(seen))
      #expect(again.requests.values == [], "the reply was captured once")
      #expect(seen.values.count < 3_000)
      #expect(result.fold.position.state == .planned)
      #expect(result.counts.planned == 3_001 && result.counts.notes == whole.counts.notes)
      #expect(result.fold.plan?.counters == whole.fold.plan?.counters)
      #expect(result.fold.plan?.tally == whole.fold.plan?.tally)
      let changes = try await bench.journal.planned(of: result.fold.number, after: 0, limit: 4_000)
      #expect(Set(changes.map { $0.key.map { String(decoding: $0, as: UTF8.self) } ?? "" }).count == 3_000)
      #expect(
        changes.dropFirst().allSatisfy {
          $0.after.map { String(decoding: $0, as: UTF8.self) } == #"{"colour":{"S":"blue"}}"#
        })
      _ = try await bench.events()
    }
  }

  @Test func aReplyThatIsRejectedIsFetchedAgain() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder, inputs: FakeInputs(["colours": [#""nonsense""#, #""red""#]]))
      try await Toy.fill(bench.tables, 2)
      let picky = toy(Recorder(), accepts: { $0 != "nonsense" })
      let rejected = try await bench.run(picky)
      guard case .refused(let reason) = rejected.end else {
        Issue.record("the reply was not rejected")
        return
      }
      #expect(
        reason.contains("https://example.org [secret part ") && !reason.contains("=secret")
          && !reason.contains("u:p"))
      #expect(rejected.fold.interruption?.cause == .input)
      #expect(try await bench.resume(picky).end == .done)
      #expect(bench.inputs.requests.values.count == 2)
    }
  }

  @Test func aReplyThatCannotBeHadInterruptsThePlan() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 2)
      let result = try await bench.run(toy(Recorder()))
      #expect(result.fold.position.interruptedWhile == .planning && result.counts.planned == 0)
    }
  }

  @Test func aTargetThatIsLostWhilePlanningIsResumedWhereItWas() async throws {
    try await withTemporaryFolder { folder in
      var faults = FaultyStore.Faults()
      faults.lostScans = [1]
      let bench = try Workbench(folder, faults: faults)
      try await Toy.fill(bench.tables, 4)
      let lost = try await bench.run(Toy.addsAttribute)
      #expect(lost.fold.interruption?.cause == .target && lost.fold.position.interruptedWhile == .planning)
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.end == .done && result.counts.applied == 4)
    }
  }

  @Test func aLimitCountsUnitsOfItemsAndTheSmallerOneHolds() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 9, withBoxes: false)
      let dry = RunRequest(dryRun: true)
      let limits: [(Settings, Int)] = [
        (Settings(variables: [:], limit: 5), 5), (Settings(variables: [:], testMode: true), 3),
        (Settings(variables: [:], testMode: true, limit: 2), 2), (Settings(variables: [:], limit: 50), 9),
      ]
      for (settings, units) in limits {
        let result = try await bench.run(Toy.createsTableThenItems, dry, settings)
        #expect(result.counts.planned == units + 1, "the table's creation is not counted")
      }
    }
  }

  @Test func aLimitHoldsWhenTheRunIsResumed() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 9)
      let failing = Toy.failsWhilePlanning(after: 2, Refusal("stop here"))
      _ = try await bench.run(failing, RunRequest(), Settings(variables: [:], limit: 4))
      #expect(try await bench.resume(Toy.failsWhilePlanning(after: 99, Refusal("never"))).counts.planned == 4)
    }
  }

  @Test func aTablePlannedInAPreparationIsPlannedOnceThoughItIsRepeated() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 2, withBoxes: false)
      let failing = Toy(name: Toy.createsTableThenItems.name) { planner in
        try await planner.prepare("table") { step in
          step.plan(table: TableChange(before: nil, after: Toy.boxes))
          try step.note(.warning, "tableMissing", "there is no table of boxes, so it is created")
          step.count("tables missing")
        }
        throw Refusal("stop here")
      }
      #expect(try await bench.run(failing).counts.planned == 1)
      let result = try await bench.resume(Toy.createsTableThenItems)
      #expect(result.end == .done && result.counts.planned == 3 && result.counts.notes == 1)
      #expect(result.fold.plan?.counters == [Counter(name: "tables missing", value: 1)])
    }
  }
}
