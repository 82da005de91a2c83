import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

/// A recovery may put outcomes aside: what is found done afterwards is taken for the run's own, in whatever stage.
@Suite("A run of a journal that was recovered")
struct RecoveredRunTests {
  private static let alice = ActorIdentity(user: "alice", host: "here", tool: "test 1")

  /// Two stages of different toys.
  private static let twoStages = Toy(name: "21_two_stages") { planner in
    try await planner.prepare("all") { step in
      for number in 0..<6 {
        let change = Change(
          table: "toys", key: Toy.key(number), before: [:], after: ["colour": .string("red")])
        step.plan([change], stage: number / 3)
      }
    }
  }

  /// Spoils the first event of that kind, which nothing but a recovery gets past.
  private func recover(_ folder: String, before kind: EventKind) throws {
    let path = folder + "/journal.sqlite"
    try JournalSample.edit(
      path,
      "UPDATE events SET at = 1 WHERE seq = (SELECT min(seq) FROM events WHERE event = '\(kind.rawValue)')")
    _ = try JournalRecovery(path: path, as: Self.alice, reason: "damaged").run()
  }

  @Test("that lost all its outcomes finds them again, and a rollback takes all of them back")
  func outcomes() async throws {
    try await withTemporaryFolder { folder in
      let before: [String]
      do {
        let bench = try Workbench(folder)
        try await Toy.fill(bench.tables, 6)
        before = try await bench.contents()
        #expect(try await bench.run(Self.twoStages).end == .done)
      }
      try recover(folder, before: .applied)
      let bench = try Workbench(folder)
      let states = try await bench.journal.changeStates(of: bench.fold().number)
      #expect(states.inDoubt.count == 6 && states.isUncertain)
      #expect(try await bench.resume(Self.twoStages).counts.applied == 6)
      #expect(try await bench.outcomes().values.joined().allSatisfy { $0.detail?.foreign == nil })
      #expect(try await bench.rollback().result.fold.position.state == .rolledBack)
      #expect(try await bench.contents() == before)
      try await bench.verified()
    }
  }

  @Test("that lost its rollback finds it done, and a redo makes all of it again")
  func rollback() async throws {
    try await withTemporaryFolder { folder in
      let after: [String]
      do {
        let bench = try Workbench(folder)
        try await Toy.fill(bench.tables, 6)
        _ = try await bench.run(Self.twoStages)
        after = try await bench.contents()
        _ = try await bench.rollback()
      }
      try recover(folder, before: .rollbackStarted)
      let bench = try Workbench(folder)
      #expect(try await bench.fold().position.state == .applied)
      let undone = try await bench.rollback()
      #expect(undone.preview.alreadySo == 6 && undone.result.fold.position.state == .rolledBack)
      #expect(try await bench.redo().fold.position.state == .applied)
      #expect(try await bench.contents() == after)
    }
  }
}
