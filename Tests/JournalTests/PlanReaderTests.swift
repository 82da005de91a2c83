import DynamoJournalEvents
import DynamoJournalSQLite
import TestSupport
import Testing

@Suite("Reading a sealed plan")
struct PlanReaderTests {
  /// A sealed plan of two blocks in a journal that stays open.
  private func sealed(_ folder: String, _ drafts: [EventDraft] = Draft.many(10_020)) async throws -> (
    Journal, Int64
  ) {
    let journal = try Journal(path: folder + "/journal.sqlite", for: .append(JournalSample.actor))
    let run = try await journal.begin()
    try await journal.plan(drafts, run: run)
    return (journal, run)
  }

  @Test("hands out every change once, forward and backward, block by block")
  func bothWays() async throws {
    try await withTemporaryFolder { folder in
      let (journal, run) = try await sealed(folder)
      let reader = try await PlanReader(journal, try await journal.run(run))
      #expect(reader.blocks == [1..<10_001, 10_001..<10_021])
      #expect(try await journal.rows(of: run).map(\.ordinal) == Array(1...10_020))
      let backward = try await journal.rows(of: run, backward: true)
      #expect(backward.map(\.ordinal) == Array(10_001...10_020) + Array(1...10_000))
    }
  }

  @Test("finds its rows although another run was planned between them")
  func interleaved() async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(path: folder + "/journal.sqlite", for: .append(JournalSample.actor))
      let one = try await journal.begin("06-20261123-051402-aaaa")
      let other = try await journal.begin("06-20261123-051402-bbbb")
      try await journal.append([Draft.draft(1)], run: one)
      try await journal.append([Draft.draft(1, name: "x")], run: other)
      try await journal.append([Draft.draft(2)], run: one)
      var digest = PlanDigest()
      for draft in Draft.many(2) { digest.add(draft) }
      let (blocks, text) = digest.finish()
      let sealed = SealedDetail(
        changes: 2, units: 2, tally: [], counters: [], digest: text, refusal: nil, blocks: blocks,
        stages: [PlanStage(stage: 1, firstChange: 1)])
      try await journal.append([EventDraft(.sealed, sealed)], run: one)
      #expect(try await journal.rows(of: one).map(\.seq) == [3, 5])
    }
  }

  static let edits = [
    "UPDATE events SET after = replace(after, 'new', 'bad') WHERE seq = %",
    "UPDATE events SET after = NULL WHERE seq = %",
    "UPDATE events SET before = replace(before, 'old', 'bad') WHERE seq = %",
    "UPDATE events SET key = replace(key, 'id-', 'ix-') WHERE seq = %",
    "UPDATE events SET table_name = 'other' WHERE seq = %", "UPDATE events SET stage = 2 WHERE seq = %",
    "UPDATE events SET unit = 1 WHERE seq = %", "UPDATE events SET change = 1 WHERE seq = %",
    "UPDATE events SET event = 'note' WHERE seq = %", "DELETE FROM events WHERE seq = %",
  ]

  @Test(
    "hands out nothing of a block with an edited row, and the other blocks all the same", arguments: edits)
  func edited(sql: String) async throws {
    try await withTemporaryFolder { folder in
      let (journal, run) = try await sealed(folder)
      let reader = try await PlanReader(journal, try await journal.run(run))
      try Forger.edit(journal.path, sql.replacing("%", with: "10010"))
      await #expect(throws: JournalError.planAltered(run: "06-20261123-051402-k3f9")) {
        try await reader.rows(of: 1)
      }
      #expect(try await reader.rows(of: 0).count == 10_000)
      // Change n stands in event n + 1: the first block, now.
      try Forger.edit(journal.path, sql.replacing("%", with: "4"))
      await #expect(throws: JournalError.planAltered(run: "06-20261123-051402-k3f9")) {
        try await reader.rows(of: 0)
      }
    }
  }

  @Test("is not deceived by a row whose hash, and whose chain, were taken anew")
  func rehashed() async throws {
    try await withTemporaryFolder { folder in
      let (journal, run) = try await sealed(folder, Draft.many(20))
      try Forger.rewrite(journal.path, "UPDATE events SET after = replace(after, 'new', 'bad') WHERE seq = 4")
      let reading = try Journal(path: journal.path, for: .read)
      await #expect(throws: JournalError.planAltered(run: "06-20261123-051402-k3f9")) {
        _ = try await reading.rows(of: run)
      }
      #expect(await damage { _ = try await reading.verify() } == 22)
    }
  }

  @Test("is not deceived by a row that was planted behind the seal or before it")
  func planted() async throws {
    try await withTemporaryFolder { folder in
      let (journal, run) = try await sealed(folder, Draft.many(3))
      try Forger.edit(
        journal.path,
        "INSERT INTO events SELECT seq + 50, run, event, at, actor, 1, 1, stage, planned, shard, attempt, table_name, key, before, '{}', detail, body, seals, hash FROM events WHERE seq = 2"
      )
      #expect(
        try await journal.rows(of: run).map(\.seq) == [2, 3, 4], "what stands behind the plan is not of it")
      try Forger.edit(journal.path, "UPDATE events SET seq = 99 WHERE seq = 3")
      await #expect(throws: JournalError.self) { _ = try await journal.rows(of: run) }
    }
  }

  @Test(
    "a sealed plan whose digest, blocks or count are others is refused before anything is read",
    arguments: ["digest", "block", "changes", "one block less"])
  func wrongSeal(what: String) async throws {
    try await withTemporaryFolder { folder in
      let (journal, run) = try await sealed(folder, Draft.many(4))
      let path = journal.path
      var detail = try #require(try await journal.run(run).plan)
      let zeros = String(repeating: "0", count: 64)
      switch what {
      case "digest": detail.digest = "sha256:" + zeros
      case "block": detail.blocks = [PlanBlock(changes: 4, digest: zeros)]
      case "changes": (detail.changes, detail.units) = (3, 3)
      default: detail.blocks = []
      }
      let text = String(decoding: try #require(try EventDraft(.sealed, detail).detail), as: UTF8.self)
      try Forger.rewrite(path, Forger.set(text, at: 6))
      let reading = try Journal(path: path, for: .read)
      await #expect(throws: JournalError.planAltered(run: "06-20261123-051402-k3f9")) {
        _ = try await PlanReader(reading, try await reading.run(run))
      }
      if what != "changes" { #expect(await damage { _ = try await reading.verify() } == 6) }
    }
  }

  @Test("a run that was let through with another digest than its plan's is not read")
  func otherDigestConfirmed() async throws {
    try await withTemporaryFolder { folder in
      let (journal, run) = try await sealed(folder, Draft.many(4))
      try await journal.append(
        [EventDraft(.applyStarted, ApplyStartedDetail(confirmedBy: "--yes", digest: "sha256:00"))], run: run)
      await #expect(throws: JournalError.planAltered(run: "06-20261123-051402-k3f9")) {
        _ = try await PlanReader(journal, try await journal.run(run))
      }
    }
  }

  @Test("a run without a sealed plan has nothing to read")
  func unsealed() async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(path: folder + "/journal.sqlite", for: .append(JournalSample.actor))
      let run = try await journal.begin()
      try await journal.append([Draft.draft(1)], run: run)
      await #expect(throws: JournalError.self) {
        _ = try await PlanReader(journal, try await journal.run(run))
      }
    }
  }

  @Test("knows the stage of every change without reading it")
  func stages() async throws {
    try await withTemporaryFolder { folder in
      let drafts = (1...9).map { Draft.draft($0, stage: ($0 + 2) / 3) }
      let (journal, run) = try await sealed(folder, drafts)
      let reader = try await PlanReader(journal, try await journal.run(run))
      #expect((1...9).map(reader.stage) == [1, 1, 1, 2, 2, 2, 3, 3, 3])
    }
  }
}
