import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Planning from facts and elements")
struct PlannerLoopTests {
  private static func paints(_ number: Int) -> Change {
    Change(table: "toys", key: Toy.key(number), before: [:], after: ["colour": .string("red")])
  }

  /// Plans from a lookup table of toys, five at once; may ask to stop at one.
  private func facts(_ numbers: [Int], stop: StopSignal? = nil, at stopAt: Int = -1) -> Toy {
    Toy(name: "21_facts") { planner in
      let table = try planner.lookupTable()
      try await planner.prepare("gather") { step in
        for number in numbers { _ = try table.add(Toy.id(number), "\(number)") }
      }
      try await planner.forEachFact(of: table, step: "facts", batch: 5) { step, facts in
        for number in facts.compactMap({ Int($0.value) }) where !planner.isFull {
          if number == stopAt { stop?.request() }
          step.plan([Self.paints(number)])
        }
      }
    }
  }

  /// Plans from the numbers from 0 on, seven at once; may ask to stop at one.
  private func elements(_ count: Int, stop: StopSignal? = nil, at stopAt: Int = -1) -> Toy {
    Toy(name: "22_elements") { planner in
      var next = 0
      let read = { () -> Int? in
        defer { next += 1 }
        return next < count ? next : nil
      }
      try await planner.forEachElement(step: "elements", batch: 7, next: read) { step, numbers in
        for number in numbers where !planner.isFull {
          if number == stopAt { stop?.request() }
          step.plan([Self.paints(number)])
        }
      }
    }
  }

  private func planned(_ bench: Workbench, _ run: RunResult) async throws -> [String] {
    try await bench.journal.planned(of: run.fold.number, after: run.fold.number, limit: 10_000).map {
      String(decoding: $0.key ?? [], as: UTF8.self)
    }
  }

  private var keys: [String] { (0..<2_003).map { DynamoDBJSON.text(Toy.key($0).attributes) } }

  @Test func factsComeInTheOrderOfTheirNamesAndGoOnAfterTheLastOne() async throws {
    try await withTemporaryFolder { folder in
      do {
        let bench = try Workbench(folder)
        try await Toy.fill(bench.tables, 0)
        let toy = facts(Array((0..<2_003).reversed()), stop: bench.stop, at: 1_200)
        #expect(try await bench.run(toy, RunRequest(dryRun: true)).fold.position.state == .interrupted)
      }
      let bench = try Workbench(folder)
      // One that was planned already is gone by now, which must not shift the others.
      let run = try await bench.resume(facts(Array(1..<2_003)))
      #expect(try await planned(bench, run) == keys)
    }
  }

  @Test func elementsGoOnAfterAsManyAsWereDone() async throws {
    try await withTemporaryFolder { folder in
      do {
        let bench = try Workbench(folder)
        try await Toy.fill(bench.tables, 0)
        let toy = elements(2_003, stop: bench.stop, at: 1_700)
        #expect(try await bench.run(toy, RunRequest(dryRun: true)).fold.position.state == .interrupted)
      }
      let bench = try Workbench(folder)
      #expect(try await planned(bench, try await bench.resume(elements(2_003))) == keys)
    }
  }

  @Test func bothEndAtTheLimit() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      try await Toy.fill(bench.tables, 0)
      let limited = Settings(variables: [:], limit: 9)
      for toy in [facts(Array(0..<30)), elements(30)] {
        let run = try await bench.run(toy, RunRequest(dryRun: true), limited)
        #expect(try await planned(bench, run) == Array(keys[..<9]))
      }
    }
  }
}
