import Foundation
import TestSupport
import Testing

/// What the seed's own variables, limits and counters come to on the command line.
@Suite("Variables, limits and counters of a run") struct SeedJobTests {
  private struct Report: Decodable {
    struct Counter: Decodable {
      let name: String
      let value: Int
      let planned: Int?
    }
    let counters: [Counter]
  }

  private func counters(_ data: OperatorFolder) async throws -> [String: Report.Counter] {
    let report: Report = try await data.product().run("report", "latest", "--format", "json").decoded()
    return Dictionary(uniqueKeysWithValues: report.counters.map { ($0.name, $0) })
  }

  @Test("DRY_RUN and TEST_MODE of a file or the environment are told of, and overruled by options")
  func variables() async throws {
    try await withOperators { data in
      try write("DRY_RUN=true\nTEST_MODE=1\n", to: data.folder + "/.env")
      let dry = try await data.product().run("run", rekeying)
      #expect(dry.status == 0, "\(dry.errors)")
      for part in [
        "dry run, because DRY_RUN=true in .env; --no-dry-run overrules it",
        "a small batch only, because TEST_MODE=1 in .env; --no-test overrules it", "nothing was written",
      ] { #expect(dry.output.contains(part), "\(dry.output)") }
      let environment = try await data.product(["DRY_RUN": "1"]).run("run", rekeying, "--no-test")
      #expect(environment.output.contains("because DRY_RUN=1 in the environment"))
      #expect(!environment.output.contains("TEST_MODE"))
      #expect(try await data.product().export(target).isEmpty)
      let asked = try await data.product().run("run", rekeying, "--dry-run", "--test")
      #expect(!asked.output.contains("because"))
      let whole = try await data.product().run(
        "run", rekeying, "--no-dry-run", "--no-test", "--format", "json")
      #expect(whole.status == 0, "\(whole.errors)")
      let answer: RunAnswer = try whole.decoded()
      #expect(answer.state == "applied" && answer.counts["applied"] == 24)
    }
  }

  @Test(
    "a beginning of a name is no name: the one that is meant is named, and run on a terminal once somebody says so"
  )
  func beginnings() async throws {
    try await withOperators { data in
      try await expectRefusals(
        data,
        [
          (["run", "06"], 64, ["did you mean '\(rekeying)'"]),
          (["run", "6", "--yes"], 64, ["did you mean '\(rekeying)'"]),
          (["run", "0"], 64, ["type one of '00_", "'06_"]),
        ])
      let terminal = { (command: String, line: String) in
        try await Shell.run(
          "/usr/bin/script", ["-qec", "'\(Product.path)' \(command)", "/dev/null"],
          input: Array((line + "\n").utf8),
          environment: data.product(["TERM": "xterm"]).environment, folder: data.folder)
      }
      let no = try await terminal("run 06 --yes", "n")
      #expect(no.status == 2 && no.output.contains("nothing was run"), "\(no.output)")
      #expect(try await data.product().export(target).isEmpty)
      let yes = try await terminal("run 06 --yes", "y")
      #expect(yes.status == 0 && yes.output.contains("Run '\(rekeying)'?"), "\(yes.output)")
      #expect(try await data.product().export(target).count == 12)
    }
  }

  @Test("counters of a report say what was achieved, and failures are errors")
  func achieved() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      #expect(try await counters(data)["migrated"]?.value == 12)
      for number in 0..<3 { try await data.change(number) }
      #expect(try await data.product().run("resume", "latest").status == 1)
      var found = try await counters(data)
      #expect(found["migrated"]?.value == 9 && found["migrated"]?.planned == 12)
      #expect(found["errors"]?.value == 6)
      #expect(found["processed"]?.value == 15)
      let text = try await data.product().succeed("report", "latest")
      #expect(text.contains("9 of 12"))
      try await data.product().succeed("rollback", "latest")
      found = try await counters(data)
      #expect(found["migrated"]?.value == 0)
    }
  }

  @Test("a dry run shows a plan that is too large, and warns; the run is refused and interrupts nothing")
  func tooManyChanges() async throws {
    try await withOperators { data in
      let dry = try await data.product().run("run", rekeying, "--dry-run", "--max-changes", "5")
      #expect(dry.status == 0, "\(dry.errors)")
      let words = "the plan has 24 changes, and a run with --max-changes 5 would be refused"
      #expect(dry.output.contains(words) && dry.errors.contains("warning: \(words)"))
      #expect(
        !(try await data.product().run("run", rekeying, "--dry-run", "--max-changes", "24")).errors.contains(
          "would be"))
      let run = try await data.product().run("run", rekeying, "--max-changes", "5")
      #expect(run.status == 2)
      for command in [["runs"], ["list"], ["doctor"], ["show", "latest"]] {
        let outcome = try await data.product().run(command)
        let words = outcome.output.replacingOccurrences(of: "none interrupted", with: "")
        #expect(!words.contains("interrupted"), "\(command): \(outcome.output)")
      }
    }
  }

  @Test("a limit says what nobody looked at", arguments: [["--limit", "4"], ["--test"]])
  func unread(options: [String]) async throws {
    try await withOperators { data in
      let dry = try await data.product().run(["run", rekeying, "--dry-run"] + options)
      #expect(
        dry.output.contains(" of 15 items of table '\(source)' read; the rest was not looked at"),
        "\(dry.output)")
      let all = try await data.product().run("run", rekeying, "--limit", "400")
      #expect(all.status == 0 && !all.output.contains("not looked at"))
    }
  }

  @Test("a table that is not there comes with its neighbours' names")
  func nearTables() async throws {
    try await withOperators { data in
      let wrong = try await data.product(["NODE_OPERATORS_TABLE_NAME": "operatorz"]).run("run", rekeying)
      expectSentence(wrong, 2, ["there is no table 'operatorz'", "did you mean 'operators'?"])
      for command in [["tables", "describe"], ["tables", "export"], ["backup"]] {
        let outcome = try await data.product().run(command + ["opperators"])
        expectSentence(outcome, 2, ["there is no table 'opperators'", "did you mean 'operators'?"])
      }
    }
  }

  @Test("one of a thing is one")
  func singular() async throws {
    try await withOperators(owned: 1, idle: 1) { data in
      let outcome = try await data.product(["NEW_NODE_OPERATORS_TABLE_NAME": target]).run("run", rekeying)
      #expect(outcome.errors.contains("planned 2 changes, 1 note\n"), "\(outcome.errors)")
      let described = try await data.product().succeed("tables", "list")
      #expect(described.contains("  1 item  ") && !described.contains(" 1 items"))
    }
  }

  @Test("the help that is pointed at is that of the very command")
  func help() async throws {
    try await withTemporaryFolder { folder in
      for command in [
        ["tables", "import"], ["audit", "verify"], ["journal", "erase"], ["guard", "show"], ["run"],
      ] {
        let outcome = try await Product(in: folder).run(command + ["--bogus"])
        let name = command.joined(separator: " ")
        expectSentence(outcome, 64, ["see 'sparta-journal \(name) --help'"])
      }
    }
  }

  @Test("what stands in a lock's file is escaped where it is told")
  func lockFile() async throws {
    try await withOperators(owned: 1, idle: 0) { data in
      try await data.product().succeed("run", rekeying)
      let lock = data.journal + ".lock"
      try write("7 on \u{1B}[31mhost\u{202E}\n", to: lock)
      let descriptor = open(lock, O_RDONLY)
      defer { close(descriptor) }
      #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
      for command in [["resume", "latest"], ["doctor"], ["runs"]] {
        let outcome = try await data.product().run(command)
        #expect(
          !(outcome.output + outcome.errors).unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
      }
    }
  }
}
