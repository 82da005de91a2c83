import Foundation
import TestSupport
import Testing

@Suite("Wrong usage") struct UsageTests {
  @Test("an unknown migration is refused with the nearest name")
  func unknownMigration() async throws {
    try await withOperators(owned: 1, idle: 0) { data in
      try await expectRefusal(data, ["run", "06_add_walet"], 64, ["'06_add_walet'", "did you mean '\(rekeying)'"])
      try await expectRefusal(data, ["run", "6"], 64, ["did you mean '\(rekeying)'"])
      try await expectRefusal(data, ["run", "zzz"], 64, ["'zzz'", "sparta-journal list"])
    }
  }

  @Test(
    "options that can't be are refused",
    arguments: [
      (["run", rekeying, "--bogus"], "unknown option '--bogus'"),
      (["run"], "missing expected argument"),
      (["bogus"], "bogus"),
      (["run", rekeying, "--limit", "0"], "--limit must be 1 or more"),
      (["run", rekeying, "--limit", "many"], "--limit"),
      (["run", rekeying, "--max-changes", "-1"], "--max-changes"),
      (["run", rekeying, "--max-failures=-1"], "--max-failures must be 0 or more"),
      (["run", rekeying, "--allow-mass-delete"], "has no option --allow-mass-delete"),
      (["run", "test-migration", "--create-target"], "has no option --create-target"),
      (["show", "latest", "--format", "xml"], "xml"),
      (["rollback", "latest", "--on-conflict", "maybe"], "maybe"),
      (["rollback", "latest", "--key", "discordId=1"], "--key needs --table"),
      (["rollback-plan", "latest", "--key", "discordId=1"], "--key needs --table"),
      (["audit", "--key", "discordId=1"], "--key needs --table"),
      (["audit", "--event", "started"], "'started' is no change event"),
      (["audit", "--since", "yesterday"], "'yesterday' is no time"),
      (["tables", "create", "x"], "--key"),
      (["tables", "create", "x", "--key", "id"], "'id' is no key attribute"),
      (["tables", "create", "x", "--key", "id:X"], "'id:X' is no key attribute"),
      (["tables", "create", "x", "--key", "id:S", "--index", "ByName"], "'ByName' is no index"),
      (["tables", "import", "x", "file", "--sort", "slot:N"], "--key"),
      (["history", source, "address=1"], "discordId"),
      (["history", source, "{nonsense"], "JSON"),
      (["list", "--target", "mars"], "'mars' is no target"),
    ])
  func options(arguments: [String], part: String) async throws {
    try await withTemporaryFolder { folder in
      let data = OperatorFolder(folder, owned: 1, idle: 0)
      try await data.load()
      try await data.product().succeed("run", rekeying, "--dry-run")
      let status: Int32 = part.hasSuffix("is no target") ? 2 : 64
      try await expectRefusal(data, arguments, status, [part])
    }
  }

  @Test(
    "a variable that is neither true nor false is refused",
    arguments: ["DRY_RUN", "TEST_MODE", "IS_LOCAL", "LOCAL_DYNAMO_DB"])
  func strangeBooleans(name: String) async throws {
    try await withOperators(owned: 1, idle: 0) { data in
      let before = try await Snapshot.take(data)
      let outcome = try await data.product([name: "maybe"]).run("run", rekeying)
      expectSentence(outcome, 64, [name, "'true' or 'false'"])
      #expect(try await Snapshot.take(data) == before)
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
      for command in [["show"], ["report"], ["resume"], ["rollback"], ["rollback-plan"], ["audit", "--run"]] {
        try await expectRefusal(data, command + ["07-x"], 64, ["no run '07-x'", "sparta-journal runs"])
        try await expectRefusal(data, command + ["06-"], 64, ["'06-' could be any of 06-", "type more of it"])
      }
    }
  }

  @Test("the help names every command, and every command explains itself")
  func help() async throws {
    try await withTemporaryFolder { folder in
      let product = Product(in: folder)
      let help = try await product.succeed("--help")
      let commands = [
        "run", "resume", "rollback-plan", "rollback", "list", "runs", "show", "report", "audit", "history",
        "tables",
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
