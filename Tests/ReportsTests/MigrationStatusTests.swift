import DynamoJournalEvents
import Testing

@testable import DynamoJournalReports

@Suite("How migrations stand on a target")
struct MigrationStatusTests {
  private let here = "local:.sparta/tables.sqlite"
  private let name = "06_add_wallet_to_operators"

  private func entry(version: Int = 1, codeDigest: String = "sha256:now") -> MigrationStatus.Entry {
    MigrationStatus.Entry(name: name, summary: "Re-key operators", version: version, codeDigest: codeDigest)
  }

  /// A run that is planned.
  private func planned(
    _ journal: Journal, _ changes: Int = 1, options: [String: String] = [:],
    codeDigest: String? = "sha256:now"
  ) async throws -> Int64 {
    let id = "06-20261123-051402-\(await journal.head.seq)"
    let run = try await journal.start(
      StartedDetail(
        run: id, migration: name, version: 1, target: here, options: options, dryRun: false, reason: nil,
        tool: "1.0.0", codeDigest: codeDigest))
    _ = try await journal.plan((0..<changes).map { approve("\($0)") }, run: run)
    return run
  }

  private func applied(
    _ journal: Journal, _ changes: Int = 1, options: [String: String] = [:],
    codeDigest: String? = "sha256:now"
  ) async throws -> Int64 {
    let run = try await planned(journal, changes, options: options, codeDigest: codeDigest)
    try await journal.startApplying(run: run)
    try await journal.finish(.applied, run: run)
    return run
  }

  private func rollBack(_ journal: Journal, _ run: Int64) async throws {
    let terms = RollbackStartedDetail(onConflict: "stop", table: nil, key: nil)
    try await journal.append([EventDraft(.rollbackStarted, terms)], run: run)
    try await journal.finish(.rolledBack, run: run)
  }

  private func status(_ journal: Journal, _ entry: MigrationStatus.Entry? = nil) async throws
    -> MigrationStatus
  {
    let runs = try await journal.runs().map { RunReport($0) }
    return MigrationListing([entry ?? self.entry()], runs: runs, target: here).statuses[0]
  }

  @Test("a migration that never ran is pending, one that was only planned is planned")
  func beforeAnything() async throws {
    try await withJournal { journal in
      let pending = try await status(journal)
      #expect(pending.state == "pending" && pending.stateText == "pending" && pending.code == nil)
      _ = try await planned(journal)
      let planned = try await status(journal)
      #expect(planned.state == "planned" && planned.stateText == "planned only" && planned.code == nil)
      #expect(!planned.isApplied && !planned.hasLeftChanges)
    }
  }

  @Test("a plan, and a run with nothing to do, take nothing from one that is applied")
  func appliedStays() async throws {
    try await withJournal { journal in
      let run = try await applied(journal)
      _ = try await applied(journal, 0)
      _ = try await planned(journal)
      let status = try await status(journal)
      #expect(status.isApplied && !status.isPartial && status.code == .same)
      #expect(status.run?.fold.number == run)
      #expect(status.last?.state == .planned)
    }
  }

  @Test("a run with nothing to do is as good as an applied one where none was")
  func nothingToDo() async throws {
    try await withJournal { journal in
      _ = try await applied(journal, 0)
      #expect(try await status(journal).isApplied)
    }
  }

  @Test("one that was undone is rolled back, even when a run found nothing to do in between")
  func undone() async throws {
    try await withJournal { journal in
      let run = try await applied(journal)
      _ = try await applied(journal, 0)
      try await rollBack(journal, run)
      let status = try await status(journal)
      #expect(status.state == "rolledBack" && status.stateText == "rolled back")
      #expect(!status.isApplied && !status.hasLeftChanges && status.code == nil)
      _ = try await applied(journal)
      #expect(try await self.status(journal).isApplied)
    }
  }

  @Test("a run with a limit applies a part, and so does one of two of which the other was undone")
  func inPart() async throws {
    try await withJournal { journal in
      let first = try await applied(journal, options: ["--limit": "1"])
      let part = try await status(journal)
      #expect(part.isApplied && part.isPartial && part.stateText == "applied in part")
      let rest = try await applied(journal)
      #expect(try await !status(journal).isPartial)
      try await rollBack(journal, first)
      let left = try await status(journal)
      #expect(left.isPartial && left.run?.fold.number == rest)
    }
  }

  @Test("one that failed in part is incomplete, one that was stopped while it wrote is interrupted")
  func unfinished() async throws {
    try await withJournal { journal in
      let run = try await planned(journal)
      try await journal.startApplying(run: run)
      try await journal.finish(.incomplete, run: run, counts: counts(planned: 1, failed: 1))
      let failed = try await status(journal)
      #expect(failed.stateText == "incomplete (1 failed)" && failed.hasLeftChanges && !failed.isApplied)
      let next = try await planned(journal)
      try await journal.startApplying(run: next)
      let detail = InterruptedDetail(cause: .signal, drained: true, message: "stopped")
      try await journal.append([EventDraft(.interrupted, detail)], run: next)
      let stopped = try await status(journal)
      #expect(stopped.state == "interrupted" && stopped.hasLeftChanges && stopped.code == .same)
    }
  }

  @Test("code that has changed since is told by version or digest, and is unknown in an older journal")
  func changedCode() async throws {
    try await withJournal { journal in
      _ = try await applied(journal)
      #expect(try await status(journal).codeText == "same")
      let raised = try await status(journal, entry(version: 2, codeDigest: "sha256:new"))
      #expect(raised.code == .changed && raised.codeText == "changed since (version 1 → 2)")
      let edited = try await status(journal, entry(codeDigest: "sha256:new"))
      #expect(edited.code == .changed && edited.codeText == "changed since (version 1, other code)")
    }
    try await withJournal { journal in
      _ = try await applied(journal, codeDigest: nil)
      #expect(try await status(journal).code == .unknown)
      #expect(try await status(journal, entry(version: 2)).code == .changed)
    }
  }
}
