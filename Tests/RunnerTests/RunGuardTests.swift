import DynamoJournalProgram
import Foundation
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("The guard of a run's tables")
struct RunGuardTests {
  /// A bench whose runs take the guards of the embedded store.
  private struct Guarded {
    let bench: Workbench
    let warnings = Recorder<String>()
    let environment: RunEnvironment
    let runGuard: RunGuard

    init(_ folder: String, acceptsMarks: Bool = false, owner: String = "alice@here process 1") throws {
      bench = try Workbench(folder)
      runGuard = RunGuard(
        bench.store, bench.journal, owner: owner, acceptsMarks: acceptsMarks, isExpected: true,
        warn: { [warnings] in warnings.add($0) })
      var environment = bench.environment
      environment.tableGuard = runGuard
      self.environment = environment
    }

    func run(_ toy: Toy, _ request: RunRequest = RunRequest()) async throws -> RunResult {
      let result: RunResult
      do {
        result = try await Runner(environment, toy, request).run(Settings(variables: [:]))
      } catch {
        await runGuard.release()
        throw error
      }
      await runGuard.release()
      return result
    }
  }

  private static func copy(_ folder: String, to other: String) throws {
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    for name in ["journal.sqlite", "journal.sqlite-wal"]
    where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
      try? FileManager.default.removeItem(atPath: "\(other)/\(name)")
      try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(other)/\(name)")
    }
  }

  /// Puts a journal in the place of the folder's.
  private static func put(_ journal: String, into folder: String) throws {
    for name in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"] {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    try copy(journal, to: folder)
  }

  /// A folder with a run, a copy of its journal from before a second run, and the second run.
  private func twoRuns(_ folder: String) async throws {
    do {
      let first = try Guarded(folder)
      try await Toy.fill(first.bench.tables, 4)
      #expect(try await first.run(.plansOne(1)).end == .done)
      #expect(first.warnings.values == [])
    }
    try Self.copy(folder, to: folder + "/old")
    #expect(try await Guarded(folder).run(.plansOne(2)).end == .done)
  }

  @Test("one run after the other of one journal goes on without a word, and says where the journal stands")
  func inOrder() async throws {
    try await withTemporaryFolder { folder in
      try await twoRuns(folder)
      let third = try Guarded(folder)
      #expect(try await third.run(.plansOne(3)).end == .done)
      #expect(third.warnings.values == [])
      let claim = try #require(try await third.bench.tables.claim(on: "toys"))
      let head = await third.bench.journal.head
      #expect(
        claim.state == .released && claim.mark?.head == head.hexadecimal && claim.mark?.size == head.seq)
    }
  }

  @Test("an older copy of the journal, and one whose end was cut off, are refused before anything is written")
  func older() async throws {
    try await withTemporaryFolder { folder in
      try await twoRuns(folder)
      try Self.put(folder + "/old", into: folder)
      let third = try Guarded(folder)
      let contents = try await third.bench.contents()
      let error = await #expect(throws: JournalError.self) { try await third.run(.plansOne(3)) }
      guard case .behindGuard("toys", _, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(try await third.bench.contents() == contents)
      #expect(try await third.bench.fold().appliedBy == nil)
    }
  }

  @Test("a fork of the journal is refused, also when it has grown beyond what the guard knows")
  func fork() async throws {
    try await withTemporaryFolder { folder in
      try await twoRuns(folder)
      do {
        let fork = try Workbench(folder + "/old")
        try await Toy.fill(fork.tables, 4)
        for number in [0, 2, 3] {
          let end = try await fork.run(Toy.plansOne(number)).end
          #expect(end == .done, "\(end)")
        }
      }
      try Self.put(folder + "/old", into: folder)
      let third = try Guarded(folder)
      let error = await #expect(throws: JournalError.self) { try await third.run(.plansOne(3)) }
      guard case .besideGuard("toys", _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("whoever accepts an older copy is warned and goes on")
  func accepted() async throws {
    try await withTemporaryFolder { folder in
      try await twoRuns(folder)
      try Self.put(folder + "/old", into: folder)
      let third = try Guarded(folder, acceptsMarks: true)
      #expect(try await third.run(.plansOne(3)).end == .done)
      #expect(third.warnings.values.count == 1 && third.warnings.values[0].contains("older copy"))
    }
  }

  @Test("what a run of an accepted older copy finds done may be its own, so that a rollback takes it back")
  func acceptedWork() async throws {
    try await withTemporaryFolder { folder in
      let before: [String]
      do {
        let first = try Guarded(folder)
        try await Toy.fill(first.bench.tables, 4)
        before = try await first.bench.contents()
        _ = try await first.run(.plansOne(0), RunRequest(dryRun: true))
        try Self.copy(folder, to: folder + "/old")
        #expect(
          try await Runner(first.environment, Toy.plansOne(0), RunRequest()).resume(
            try await first.bench.fold().handle, variables: [:]
          ).end == .done)
        await first.runGuard.release()
      }
      try Self.put(folder + "/old", into: folder)
      let second = try Guarded(folder, acceptsMarks: true)
      let handle = try await second.bench.fold().handle
      let resumed = try await Runner(second.environment, Toy.plansOne(0), RunRequest()).resume(
        handle, variables: [:])
      #expect(resumed.end == .done && resumed.counts.applied == 1)
      await second.runGuard.release()
      #expect(try await second.bench.outcomes().values.joined().allSatisfy { $0.detail?.foreign == nil })
      let states = try await second.bench.journal.changeStates(of: second.bench.fold().number)
      #expect(states.isUncertain)
      #expect(try await second.bench.rollback().result.fold.position.state == .rolledBack)
      #expect(try await second.bench.contents() == before)
      try await second.bench.verified()
    }
  }

  @Test("a journal that was recovered is no older copy")
  func recovered() async throws {
    try await withTemporaryFolder { folder in
      try await twoRuns(folder)
      let path = folder + "/journal.sqlite"
      try JournalSample.edit(path, "UPDATE events SET at = 1 WHERE seq = (SELECT max(seq) - 2 FROM events)")
      let identity = ActorIdentity(user: "alice", host: "here", tool: "test 1")
      _ = try JournalRecovery(path: path, as: identity, reason: "OPS-3").run()
      let third = try Guarded(folder)
      let open = try await third.bench.fold()
      if open.position.state != .applied {
        _ = try await Runner(third.environment, Toy.plansOne(2), RunRequest()).resume(
          open.handle, variables: [:])
        await third.runGuard.release()
      }
      #expect(try await third.run(.plansOne(3)).end == .done)
      #expect(third.warnings.values == [])
    }
  }

  @Test("another journal on the same table is warned of, and not refused")
  func another() async throws {
    try await withTemporaryFolder { folder in
      try await twoRuns(folder)
      for name in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"] {
        try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
      let other = try Guarded(folder)
      #expect(try await other.run(.plansOne(3)).end == .done)
      #expect(other.warnings.values.count == 1 && other.warnings.values[0].contains("another journal"))
    }
  }

  private func claim(_ table: String, expiresIn seconds: Int64, fence: Int64 = 9) -> GuardClaim {
    GuardClaim(
      table: table, holder: GuardHolder(owner: "bob@there process 7", journal: "j", run: "06-r", token: "t"),
      fence: fence, expiresAt: Timestamp.now() + seconds * 1_000_000, mark: nil, state: .held)
  }

  @Test("a table that somebody else holds is left alone, and their name is told")
  func held() async throws {
    try await withTemporaryFolder { folder in
      let guarded = try Guarded(folder)
      try await Toy.fill(guarded.bench.tables, 4)
      _ = try await guarded.bench.tables.replace(nil, with: claim("toys", expiresIn: 3_600))
      let error = await #expect(throws: GuardHeld.self) { try await guarded.run(.plansOne(1)) }
      #expect(error?.description.contains("bob@there process 7") == true)
      #expect(await guarded.bench.store.callCount == 0)
      #expect(try await guarded.bench.fold().position.state == .planned)
    }
  }

  @Test("a claim that ran out is taken over, and it is said whose it was")
  func takenOver() async throws {
    try await withTemporaryFolder { folder in
      let guarded = try Guarded(folder)
      try await Toy.fill(guarded.bench.tables, 4)
      _ = try await guarded.bench.tables.replace(nil, with: claim("toys", expiresIn: -60))
      #expect(try await guarded.run(.plansOne(1)).end == .done)
      #expect(guarded.warnings.values.count == 1)
      #expect(guarded.warnings.values[0].contains("bob@there process 7"))
    }
  }

  @Test("a run that loses its guard stops before its next write, and what was sent has its outcome")
  func lost() async throws {
    try await withTemporaryFolder { folder in
      let guarded = try Guarded(folder)
      try await Toy.fill(guarded.bench.tables, 20)
      var faults = FaultyStore.Faults()
      faults.after = { [tables = guarded.bench.tables] call in
        guard call == 2 else { return }
        let ours = try await tables.claim(on: "toys")
        _ = try await tables.replace(
          ours, with: claim("toys", expiresIn: 3_600, fence: (ours?.fence ?? 0) + 1))
      }
      await guarded.bench.store.set(faults)
      let result = try await guarded.run(Toy.addsAttribute)
      guard case .heldElsewhere(let why) = result.end else {
        Issue.record("\(result.end)")
        return
      }
      #expect(why.contains("bob@there process 7"))
      #expect(result.fold.interruption?.cause == .heldElsewhere && result.fold.interruption?.drained == true)
      #expect(result.counts.applied == 10 && result.counts.inDoubt == 0)
      #expect(try await guarded.bench.contents().count { $0.contains("red") } == 10)
    }
  }
}

extension Toy {
  /// Gives one toy an attribute of its own.
  static func plansOne(_ number: Int) -> Toy {
    Toy(name: "16_plans_one") { planner in
      try await planner.prepare("one") { step in
        step.plan([Change(table: "toys", key: key(number), before: [:], after: ["one": .null])])
      }
    }
  }
}
