import Foundation
import TestSupport
import Testing

@Suite("Wrong usage") struct UsageTests {
  @Test("an unknown migration is refused with the nearest name")
  func unknownMigration() async throws {
    try await withOperators(owned: 1, idle: 0) { data in
      let meant = "did you mean '\(rekeying)'"
      try await expectRefusals(
        data,
        [
          (["run", "06_add_walet_to_operators"], 64, ["'06_add_walet_to_operators'", meant]),
          (["run", "6"], 64, [meant]), (["run", "zzz"], 64, ["'zzz'", "sparta-journal list"]),
        ])
    }
  }

  @Test("options that can't be are refused")
  func options() async throws {
    try await withOperators(owned: 1, idle: 0) { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      try await expectRefusals(
        data,
        [
          (["run", rekeying, "--bogus"], 64, ["unknown option '--bogus'"]),
          (["run"], 64, ["missing expected argument"]),
          (["bogus"], 64, ["bogus"]),
          (["run", rekeying, "--limit", "0"], 64, ["--limit must be 1 or more"]),
          (["run", rekeying, "--limit", "many"], 64, ["--limit"]),
          (["run", rekeying, "--max-changes", "-1"], 64, ["--max-changes"]),
          (["run", rekeying, "--max-failures=-1"], 64, ["--max-failures must be 0 or more"]),
          (["run", rekeying, "--retry-budget=-1"], 64, ["--retry-budget must be 0 or more seconds"]),
          (["run", rekeying, "--request-timeout", "0"], 64, ["--request-timeout must be 1 second or more"]),
          (["run", rekeying, "--allow-mass-delete"], 64, ["has no option --allow-mass-delete"]),
          (["run", "test-migration", "--create-target"], 64, ["has no option --create-target"]),
          (["show", "latest", "--format", "xml"], 64, ["xml"]),
          (["rollback", "latest", "--on-conflict", "maybe"], 64, ["maybe"]),
          (["rollback", "latest", "--key", "discordId=1"], 64, ["--key needs --table"]),
          (["rollback-plan", "latest", "--key", "discordId=1"], 64, ["--key needs --table"]),
          (["audit", "--key", "discordId=1"], 64, ["--key needs --table"]),
          (["audit", "--event", "started"], 64, ["'started' is not a change event"]),
          (["audit", "--since", "yesterday"], 64, ["'yesterday' is not a time"]),
          (["tables", "create", "x"], 64, ["--key"]),
          (["tables", "create", "x", "--key", "id"], 64, ["'id' is not a key attribute"]),
          (["tables", "create", "x", "--key", "id:X"], 64, ["'id:X' is not a key attribute"]),
          (
            ["tables", "create", "x", "--key", "id:S", "--index", "ByName"], 64, ["'ByName' is not an index"]
          ),
          (["tables", "import", "x", "file", "--sort", "slot:N"], 64, ["--key"]),
          (["history", source, "address=1"], 64, ["discordId"]),
          (["history", source, "{nonsense"], 64, ["JSON"]),
          (["list", "--target", "mars"], 64, ["'mars' is not a target"]),
        ])
    }
  }

  @Test("a variable that is neither true nor false is refused")
  func strangeBooleans() async throws {
    try await withOperators(owned: 1, idle: 0) { data in
      for name in ["DRY_RUN", "TEST_MODE", "IS_LOCAL", "LOCAL_DYNAMO_DB"] {
        let outcome = try await data.product([name: "maybe"]).run("run", rekeying)
        expectSentence(outcome, 64, [name, "'true' or 'false'"])
        #expect(!FileManager.default.fileExists(atPath: data.journal))
      }
      #expect(try await data.product().export(source).count == 1)
    }
  }

  @Test("a run that is unknown or ambiguous is refused by every command that takes one")
  func unknownRuns() async throws {
    try await withOperators { data in
      for command in ["show", "report", "resume", "rollback", "rollback-plan"] {
        expectSentence(try await data.product().run(command, "latest"), 2, ["there is no journal"])
      }
      try await data.product().succeed("run", rekeying, "--dry-run")
      try await data.product().succeed("run", rekeying, "--dry-run")
      let commands = [["show"], ["report"], ["resume"], ["rollback"], ["rollback-plan"], ["audit", "--run"]]
      try await expectRefusals(
        data, commands.map { ($0 + ["07-x"], 64, ["no run '07-x'", "sparta-journal runs"]) })
      try await expectRefusals(
        data, commands.map { ($0 + ["06-"], 64, ["'06-' could be any of 06-", "type more of it"]) })
    }
  }

  @Test("the help names every command, and every command explains itself")
  func help() async throws {
    try await withTemporaryFolder { folder in
      let product = Product(in: folder)
      let help = try await product.succeed("--help")
      let commands = [
        "run", "resume", "rollback-plan", "rollback", "list", "runs", "show", "report", "audit", "history",
        "tables", "backup", "backups", "restore", "verify", "new",
      ]
      for command in commands {
        #expect(help.contains("\n  \(command) "), "\(command)")
        #expect(try await product.succeed(command, "--help").contains("USAGE: sparta-journal \(command)"))
      }
      #expect(try await product.succeed("--version").hasPrefix("sparta-journal "))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }
}
