import Foundation
import TestSupport
import Testing

@Suite("run, show, report, list") struct RunTests {
  @Test("a run applies its plan, and its JSON is that of the contract")
  func applies() async throws {
    try await withOperators { data in
      let outcome = try await data.product().run("run", rekeying, "--format", "json", "--reason", "OPS-1")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try outcome.members().isSuperset(of: RunAnswer.members))
      let answer: RunAnswer = try outcome.decoded()
      #expect(answer.migration == rekeying)
      #expect(answer.state == "applied")
      #expect(answer.target == "local:.sparta/tables.sqlite")
      #expect(Set(answer.counts.keys).isSuperset(of: RunAnswer.countNames))
      let counts = ["planned": 24, "applied": 24, "failed": 0, "inDoubt": 0, "compensated": 0, "notes": 3]
      for (name, count) in counts { #expect(answer.counts[name] == count, "\(name)") }
      #expect(answer.planDigest?.hasPrefix("sha256:") == true)
      #expect(answer.journalHead?.hasPrefix("sha256:") == true)
      #expect(answer.finishedAt != nil)
      #expect(answer.reason == "OPS-1")
      #expect(Set(answer.backups.map(\.table)) == [source, target])
      #expect(answer.backups.allSatisfy { $0.name.hasPrefix("migration-backup-") && !$0.arn.isEmpty })
      #expect(try await data.product().export(source) == data.operators.suffix(3).sorted())
      #expect(try await data.product().export(target).count == 12)
      #expect(outcome.errors.contains("target local:.sparta/tables.sqlite ("))
      #expect(outcome.errors.contains("applying 24 changes"))
      #expect(try await data.product().run("show", "latest", "--format", "json").output == outcome.output)
    }
  }

  @Test("a second run plans nothing and says so")
  func secondRun() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying)
      let outcome = try await data.product().run("run", rekeying)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("nothing to do"))
      let answer: RunAnswer = try await data.product().run("run", rekeying, "--format", "json").decoded()
      #expect(answer.state == "applied")
      for name in RunAnswer.countNames.subtracting(["notes"]) { #expect(answer.counts[name] == 0, "\(name)") }
      #expect(answer.backups.isEmpty)
    }
  }

  @Test("a dry run changes no table, makes no backup, and is applied as it was planned")
  func dryRun() async throws {
    try await withOperators { data in
      let before = try await Snapshot.take(data)
      let outcome = try await data.product().run("run", rekeying, "--dry-run", "--format", "json")
      #expect(outcome.status == 0)
      let planned: RunAnswer = try outcome.decoded()
      #expect(planned.state == "planned")
      #expect(planned.counts["planned"] == 24)
      #expect(planned.counts["applied"] == 0)
      #expect(planned.finishedAt == nil)
      #expect(planned.backups.isEmpty)
      #expect(try await Snapshot.take(data).items == before.items)
      let text = try await data.product().succeed("show", "latest")
      for part in [
        "24 changes in 12 units", "operatorWithoutValidator", "--digest", "a dry run: nothing was written",
      ] {
        #expect(text.contains(part), "\(part)")
      }
      let digest = try #require(planned.planDigest)
      let resumed = try await data.product().run(
        "resume", planned.run, "--digest", digest, "--format", "json")
      #expect(resumed.status == 0, "\(resumed.errors)")
      let applied: RunAnswer = try resumed.decoded()
      #expect(applied.run == planned.run)
      #expect(applied.planDigest == digest)
      #expect(applied.state == "applied")
    }
  }

  @Test("a plan with another digest is not applied")
  func wrongDigest() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      let digest = "sha256:" + String(repeating: "0", count: 64)
      try await expectRefusal(
        data, ["resume", "latest", "--digest", digest], 2, ["not the one given", "sparta-journal show"])
    }
  }

  @Test(
    "DRY_RUN and TEST_MODE are as good as the options, a test plans five operators and --limit as many as it says"
  )
  func smallPlans() async throws {
    try await withOperators { data in
      func plan(_ arguments: [String], _ variables: [String: String] = [:]) async throws -> RunAnswer {
        try await data.product(variables).run(["run", rekeying, "--format", "json"] + arguments).decoded()
      }
      let dry = try await plan([], ["DRY_RUN": "1", "TEST_MODE": "TRUE"])
      #expect(dry.state == "planned")
      #expect(dry.counts["planned"] == 10)
      #expect(try await plan(["--dry-run", "--test"]).counts["planned"] == 10)
      #expect(try await plan(["--dry-run", "--limit", "3"]).counts["planned"] == 6)
      #expect(try await plan(["--dry-run", "--limit", "3", "--test"]).counts["planned"] == 6)
      #expect(try await plan(["--dry-run", "--limit", "1000"]).counts["planned"] == 24)
      let test = try await plan(["--test"])
      #expect(test.state == "applied")
      #expect(test.counts["applied"] == 10)
      #expect(try await plan([]).counts["applied"] == 14)
    }
  }

  @Test("--create-target makes the table as a change of the plan")
  func createTarget() async throws {
    try await withTemporaryFolder { folder in
      let data = OperatorFolder(folder)
      try data.writeFiles()
      let product = data.product()
      try await product.succeed("tables", "import", source, data.operatorsFile, "--key", "discordId:S")
      let start = try await product.export(source)
      let answer: RunAnswer = try await product.run("run", rekeying, "--create-target", "--format", "json")
        .decoded()
      #expect(answer.counts["planned"] == 25)
      #expect(answer.counts["applied"] == 25)
      #expect(try await product.succeed("tables", "describe", target).contains("DiscordIdIndex"))
      let undone: RunAnswer = try await product.run("rollback", "latest", "--format", "json").decoded()
      #expect(undone.counts["compensated"] == 25)
      #expect(try await product.export(source) == start)
      #expect(try await product.run("tables", "describe", target).status == 2)
    }
  }

  @Test("--keep-source leaves out the deletes, --no-backup the backups")
  func keepSource() async throws {
    try await withOperators { data in
      let start = try await data.product().export(source)
      let answer: RunAnswer = try await data.product().run(
        "run", rekeying, "--keep-source", "--no-backup", "--format", "json"
      ).decoded()
      #expect(answer.counts["planned"] == 12)
      #expect(answer.backups.isEmpty)
      #expect(try await data.product().export(source) == start)
    }
  }

  @Test("a plan of more changes than --max-changes is refused and stays planned")
  func maxChanges() async throws {
    try await withOperators { data in
      let before = try await Snapshot.take(data)
      let outcome = try await data.product().run("run", rekeying, "--max-changes", "23", "--format", "json")
      expectSentence(outcome, 2, ["the plan has 24 changes", "--max-changes allows 23"])
      let answer: RunAnswer = try outcome.decoded()
      #expect(answer.state == "planned")
      #expect(try await Snapshot.take(data).items == before.items)
      #expect(try await data.product().run("resume", "latest", "--max-changes", "24").status == 0)
    }
  }

  @Test("a plan that another run has made true meanwhile is found so, change by change")
  func planMadeTrue() async throws {
    try await withOperators { data in
      let first: RunAnswer = try await data.product().run("run", rekeying, "--dry-run", "--format", "json")
        .decoded()
      let second: RunAnswer = try await data.product().run("run", rekeying, "--format", "json").decoded()
      #expect(second.state == "applied")
      #expect(first.run != second.run)
      let late = try await data.product().run("resume", first.run, "--format", "json")
      #expect(late.status == 0, "\(late.errors)")
      #expect(try late.decoded(RunAnswer.self).counts["applied"] == 24)
      let plan: RollbackPlanAnswer = try await data.product().run(
        "rollback-plan", first.run, "--format", "json"
      )
      .decoded()
      #expect(plan.changes == 0, "what the other run did is not this one's to undo")
    }
  }

  @Test("--quiet says nothing, and nothing but the answer is on standard output")
  func quiet() async throws {
    try await withOperators { data in
      let product = data.product()
      for command in [
        ["run", rekeying, "--dry-run"], ["resume", "latest"], ["rollback-plan", "latest"],
        ["rollback", "latest"],
        ["show", "latest"], ["runs"], ["list"], ["audit"], ["history", source, "discordId=\(data.id(0))"],
        ["tables", "list"], ["tables", "create", "another", "--key", "id:S"], ["audit", "verify"],
        ["tables", "import", source, data.operatorsFile],
      ] {
        let outcome = try await product.run(command + ["--quiet", "--format", "json"])
        #expect(outcome.status == 0, "\(command): \(outcome.errors)")
        #expect(outcome.errors.isEmpty, "\(command): \(outcome.errors)")
        #expect(!outcome.output.contains("\u{1B}"))
        for line in command == ["audit"] ? outcome.output.split(separator: "\n") : [outcome.output[...]] {
          _ = try JSONSerialization.jsonObject(with: Data(line.utf8))
        }
      }
      let text = try await product.run("run", rekeying, "--quiet")
      #expect(text.errors.isEmpty)
      #expect(!text.output.contains("\u{1B}"))
    }
  }

  @Test("the report names every finding, in all its formats")
  func report() async throws {
    try await withOperators { data in
      let product = data.product()
      try await product.succeed("run", rekeying)
      let text = try await product.succeed("report", "latest")
      #expect(text.contains("skipped without address"))
      for number in 12..<15 { #expect(text.contains(data.id(number))) }
      #expect(try await product.succeed("report", "latest", "--format", "markdown").hasPrefix("#"))
      let document = try await product.run("report", "latest", "--format", "json")
      #expect(
        try document.members().isSuperset(of: [
          "run", "state", "counters", "tally", "failures", "notes", "next",
        ]))
    }
  }

  @Test("list and runs say how the migrations stand on the target")
  func listings() async throws {
    try await withOperators { data in
      let product = data.product()
      #expect(try await product.succeed("runs").contains("no runs yet"))
      #expect(try await product.succeed("list").contains("pending"))
      try await product.succeed("run", rekeying)
      let row = try await product.succeed("list").split(separator: "\n").first { $0.hasPrefix(rekeying) }
      #expect(row?.contains("applied") == true)
      let other = try await product.succeed("list", "--target", "local:other.sqlite")
      #expect(!other.contains("applied"))
      struct Listed: Decodable {
        struct Last: Decodable { let state: String }
        let migration: String
        let summary: String
        let lastRun: Last?
      }
      let listed: [Listed] = try await product.run("list", "--format", "json").decoded()
      #expect(listed.first { $0.migration == rekeying }?.lastRun?.state == "applied")
      #expect(
        listed.filter { $0.migration != rekeying }.allSatisfy { $0.lastRun == nil && !$0.summary.isEmpty })
      let runs: [RunAnswer] = try await product.run("runs", "--format", "json").decoded()
      #expect(runs.map(\.state) == ["applied"])
      #expect(runs[0].counts["applied"] == 24)
    }
  }

  @Test("test-migration checks a target from end to end and leaves nothing behind")
  func testMigration() async throws {
    try await withOperators { data in
      let before = try await Snapshot.take(data)
      let answer: RunAnswer = try await data.product().run("run", "test-migration", "--format", "json")
        .decoded()
      #expect(answer.state == "applied")
      #expect(answer.counts["applied"] == answer.counts["planned"])
      #expect(try await Snapshot.take(data).items == before.items)
    }
  }
}
