import TestSupport
import Testing

@Suite("Migrations out of order") struct OrderTests {
  private let removing = "04_remove_discord_username_attribute"

  private func warnings(_ outcome: Shell.Outcome) -> [Substring] {
    outcome.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
  }

  @Test("a migration that is run before earlier ones is warned of in one line, and is run")
  func earlierMissing() async throws {
    try await withOperators { data in
      for arguments in [["--dry-run"], []] {
        let outcome = try await data.product().run(["run", rekeying] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
          warnings(outcome) == [
            "warning: \(rekeying) is out of order on local:.sparta/tables.sqlite: by this journal, 00, 01, 02, 03, 04 and 05 are not applied"
          ])
      }
      let quiet = try await data.product().run("run", rekeying, "--quiet")
      #expect(quiet.status == 0 && warnings(quiet).isEmpty)
    }
  }

  @Test("a migration that is run after a later one is warned of, until that is rolled back")
  func laterApplied() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying)
      let late = try await data.product().run("run", removing)
      #expect(late.status == 0, "\(late.errors)")
      let warning = try #require(warnings(late).first)
      #expect(warning.hasSuffix("and \(rekeying) is applied already"))
      try await data.product().succeed("rollback", "06-")
      let early = try await data.product().run("run", removing)
      #expect(warnings(early).first?.contains(rekeying) == false)
    }
  }

  @Test("--require-order refuses it before anything is written or journaled")
  func required() async throws {
    try await withOperators { data in
      try await expectRefusals(
        data,
        [
          (["run", rekeying, "--require-order"], 2, ["00, 01, 02, 03, 04 and 05 are not applied"]),
          (["run", rekeying, "--require-order", "--dry-run", "--yes"], 2, ["leave out --require-order"]),
        ])
    }
  }

  @Test("the first migration and the test are in order, and another target is another story")
  func inOrder() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying)
      let test = try await data.product().run("run", "test-migration", "--require-order")
      #expect(test.status == 0 && warnings(test).isEmpty, "\(test.errors)")
      let other = "local:other.sqlite"
      try await data.product().succeed(
        "tables", "import", source, data.operatorsFile, "--key", "discordId:S", "--target", other)
      let first = try await data.product().run(
        "run", "00_update_node_operators", "--require-order", "--target", other)
      #expect(first.status == 0 && warnings(first).isEmpty, "\(first.errors)")
    }
  }
}
