import Foundation
import TestSupport
import Testing

@Suite("Items that somebody else has changed") struct ConflictTests {
  @Test("one changed after the plan is reported, left alone, and applied once it is as it was")
  func afterThePlan() async throws {
    try await withOperators { data in
      let product = data.product()
      try await product.succeed("run", rekeying, "--dry-run")
      try await data.change(4)
      let outcome = try await product.run("resume", "latest", "--format", "json")
      #expect(outcome.status == 1, "\(outcome.errors)")
      let answer: RunAnswer = try outcome.decoded()
      #expect(answer.state == "incomplete")
      #expect(answer.counts["applied"] == 22)
      #expect(answer.counts["failed"] == 2)
      let left = try await product.export(source)
      #expect(left == (data.operators.suffix(3) + [data.operatorLine(4, name: "changed")]).sorted())
      let report = try await product.succeed("report", "latest")
      for part in ["conflict", data.id(4), "name"] { #expect(report.contains(part), "\(part)") }
      #expect(!report.contains("changed 4"))
      #expect(try await product.succeed("report", "latest", "--show-values").contains("changed 4"))
      expectSentence(try await product.run("resume", "latest"), 2, ["add --retry-failed"])
      try await data.change(4, name: "someone")
      let again = try await product.run("resume", "latest", "--retry-failed", "--format", "json")
      #expect(again.status == 0, "\(again.errors)")
      #expect(try again.decoded(RunAnswer.self).state == "applied")
      #expect(try again.decoded(RunAnswer.self).counts["failed"] == 0)
      #expect(try await product.export(target).count == 12)
    }
  }

  @Test("with --max-failures a run stops and keeps what it has not sent for later")
  func maxFailures() async throws {
    try await withOperators(owned: 1_500, idle: 0) { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      try write(
        (0..<1_500).map { data.operatorLine($0, name: "new") }.joined(separator: "\n"), to: data.operatorsFile
      )
      try await data.product().succeed(
        "tables", "import", source, data.operatorsFile, "--no-journal", "--yes")
      let outcome = try await data.product().run(
        "resume", "latest", "--max-failures", "0", "--format", "json")
      #expect(outcome.status == 1, "\(outcome.errors)")
      let answer: RunAnswer = try outcome.decoded()
      #expect(answer.state == "incomplete")
      let failed = try #require(answer.counts["failed"])
      #expect(failed > 0 && failed < 3_000)
      #expect(answer.counts["applied"] == 0)
    }
  }

  /// Runs the migration and changes one operator in the target.
  private func withLaterChange(_ body: (OperatorFolder, [String]) async throws -> Void) async throws {
    try await withOperators { data in
      let start = try await data.product().export(source)
      try await data.product().succeed("run", rekeying)
      try await data.change(4, in: target)
      try await body(data, start)
    }
  }

  @Test("a rollback stops at a conflict by default and has changed nothing, not even the journal")
  func stop() async throws {
    try await withLaterChange { data, _ in
      let plan = try await data.product().run("rollback-plan", "latest", "--format", "json")
      #expect(plan.status == 0)
      #expect(try plan.decoded(RollbackPlanAnswer.self).conflictCount == 1)
      #expect(!plan.output.contains("changed 4"))
      let before = try await Snapshot.take(data)
      let head = try await data.product().succeed("audit", "verify")
      let outcome = try await data.product().run("rollback", "latest")
      expectSentence(
        outcome, 1, ["1 item was changed since the run", "nothing was undone", "--on-conflict skip or force"])
      #expect(try await Snapshot.take(data) == before)
      #expect(try await data.product().succeed("audit", "verify") == head)
    }
  }

  @Test("verify tells which items are no more as the run left them")
  func verify() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying)
      let untouched = try await data.product().succeed("verify", "latest")
      #expect(untouched == "24 changes are as the run left them\n")
      try await data.change(4, in: target)
      let outcome = try await data.product().run("verify", "latest", "--format", "json")
      #expect(outcome.status == 1, "\(outcome.errors)")
      let answer: VerifyAnswer = try outcome.decoded()
      #expect(answer.asLeft == 23)
      #expect(answer.changedSince == 1)
      #expect(answer.changed == [.init(table: target, key: "address=\(data.address(4))")])
      #expect(!outcome.output.contains("changed 4"))
    }
  }

  private struct VerifyAnswer: Decodable {
    struct Item: Decodable, Equatable {
      let table: String
      let key: String
    }

    let asLeft: Int
    let changedSince: Int
    let changed: [Item]
  }

  @Test("a rollback that skips conflicts undoes the rest")
  func skip() async throws {
    try await withLaterChange { data, start in
      let outcome = try await data.product().run(
        "rollback", "latest", "--on-conflict", "skip", "--format", "json")
      #expect(outcome.status == 1, "\(outcome.errors)")
      let answer: RunAnswer = try outcome.decoded()
      #expect(answer.state == "rolledBack")
      #expect(try await data.product().succeed("show", "latest").contains("rolledBack but for 2, as asked"))
      #expect(answer.counts["applied"] == 24)
      #expect(answer.counts["compensated"] == 22)
      let report = try await data.product().succeed("report", "latest")
      for part in ["conflict", data.address(4)] { #expect(report.contains(part), "\(part)") }
      let left = try await data.product().export(target)
      #expect(left.count == 1)
      #expect(left[0].contains("changed 4"))
      #expect(try await data.product().export(source) == start.filter { !$0.contains(data.id(4)) })
    }
  }

  @Test("a rollback that forces overwrites, and the journal keeps what was overwritten")
  func force() async throws {
    try await withLaterChange { data, start in
      let outcome = try await data.product().run(
        "rollback", "latest", "--on-conflict", "force", "--format", "json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try outcome.decoded(RunAnswer.self).state == "rolledBack")
      #expect(try outcome.decoded(RunAnswer.self).counts["compensated"] == 24)
      #expect(try await data.product().export(source) == start)
      #expect(try await data.product().export(target).isEmpty)
      #expect(try await data.product().succeed("audit", "--format", "json").contains("changed 4"))
      let history = try await data.product().succeed("history", target, "address=\(data.address(4))")
      #expect(history.contains("forced over a later change"))
      #expect(history.contains("changed 4"))
    }
  }
}

/// What a script reads of `rollback-plan`.
struct RollbackPlanAnswer: Decodable {
  let run: String
  let changes: Int
  let conflictCount: Int
  let alreadyUndone: Int
}

@Suite("rollback-plan and rollback") struct RollbackTests {
  @Test("a rollback gives the tables back byte for byte, and there is nothing left to roll back")
  func wholeRun() async throws {
    try await withOperators { data in
      let product = data.product()
      let before = try await Snapshot.take(data)
      try await product.succeed("run", rekeying)
      let applied = try await Snapshot.take(data)
      let plan = try await product.run("rollback-plan", "latest", "--format", "json")
      #expect(try plan.decoded(RollbackPlanAnswer.self).changes == 24)
      #expect(try await product.succeed("rollback-plan", "latest").contains("sparta-journal rollback 06-"))
      #expect(try await Snapshot.take(data) == applied)
      let outcome = try await product.run("rollback", "latest", "--format", "json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("target local:"))
      let answer: RunAnswer = try outcome.decoded()
      #expect(answer.state == "rolledBack")
      #expect(answer.counts["compensated"] == 24)
      #expect(try await Snapshot.take(data).items == before.items)
      try await expectRefusal(data, ["rollback", "latest"], 2, ["is rolledBack", "can't be rolled back"])
      // Whoever supervises it types this again and again: it is done.
      let again = try await product.run("resume", "latest")
      #expect(again.status == 0 && again.errors.contains("is done already (rolledBack)"))
      #expect(try await product.run("run", rekeying).status == 0)
      #expect(try await Snapshot.take(data).items == applied.items)
    }
  }

  @Test("one item is undone with its unit, then one table, then the rest")
  func parts() async throws {
    try await withOperators { data in
      let product = data.product()
      let start = try await product.export(source)
      try await product.succeed("run", rekeying)
      let key = "discordId=\(data.id(7))"
      let plan = try await product.run(
        "rollback-plan", "latest", "--table", source, "--key", key, "--format", "json")
      #expect(try plan.decoded(RollbackPlanAnswer.self).changes == 2)
      let one = try await product.run(
        "rollback", "latest", "--table", source, "--key", key, "--format", "json")
      #expect(one.status == 0, "\(one.errors)")
      #expect(try one.decoded(RunAnswer.self).counts["compensated"] == 2)
      #expect(try one.decoded(RunAnswer.self).state == "applied")
      #expect(try await product.succeed("show", "latest").contains("applied but for 2 undone, as asked"))
      #expect(try await product.export(source).contains { $0.contains(data.id(7)) })
      #expect(try await product.export(target).count == 11)
      let rest = try await product.run("rollback", "latest", "--table", target, "--format", "json")
      #expect(rest.status == 0, "\(rest.errors)")
      #expect(try rest.decoded(RunAnswer.self).state == "rolledBack")
      #expect(try await product.export(source) == start)
    }
  }

  @Test("a run that has written nothing can't be rolled back")
  func nothingWritten() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      try await expectRefusal(data, ["rollback", "latest"], 2, ["is planned", "can't be rolled back"])
    }
  }

  @Test("what a run was started against is what it is resumed and rolled back on")
  func otherTargets() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      try await expectRefusal(
        data, ["resume", "latest", "--target", "local:other"], 2,
        ["was started on 'local:.sparta/tables.sqlite'", "nothing was written"])
      #expect(try await data.product(["SPARTA_TARGET": "local:other"]).run("resume").status == 0)
      try await expectRefusal(
        data, ["rollback", "latest", "--target", "local:other"], 2,
        ["was started on 'local:.sparta/tables.sqlite'", "nothing was written"])
    }
  }
}
