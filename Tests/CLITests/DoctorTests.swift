import FlyingFox
import Foundation
import TestSupport
import Testing

@Suite("doctor on the embedded store") struct DoctorTests {
  @Test("where all is well it says so, and leaves every file as it was")
  func healthy() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      let answer = try await data.doctor([rekeying])
      #expect(answer.kinds("fail").isEmpty, "\(answer.checks)")
      #expect(answer.target == "local:.sparta/tables.sqlite")
      #expect(answer.migration == rekeying)
      #expect(answer.checks("table").map(\.subject) == [source, target])
      let made = [
        "settings", "guard", "target", "table", "input", "migration", "journal", "runs", "backups", "disk",
      ]
      #expect(Set(answer.checks.map(\.check)) == Set(made))
      let text = try await data.product().run("doctor", rekeying)
      #expect(text.status == 0)
      #expect(text.output.split(separator: "\n").count == answer.checks.count + 1)
      #expect(text.output.contains("ok    table \(source)"))
      #expect(try await data.product().run("doctor", "--format", "json").members() == DoctorAnswer.members)
    }
  }

  @Test("in an empty folder it makes nothing, and says what to do first")
  func emptyFolder() async throws {
    try await withTemporaryFolder { folder in
      let answer = try await OperatorFolder(folder).doctor()
      expectFailure(answer, "target", found: "no embedded store", remedy: "tables import")
      #expect(answer.checks("table").allSatisfy { $0.mark == "skip" })
      #expect(answer.checks("journal").first?.found.contains("none yet") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test("a missing table is named with its variable, and so is one that is keyed otherwise")
  func tables() async throws {
    try await withOperators { data in
      let missing = try await data.doctor([rekeying], ["NODE_OPERATORS_TABLE_NAME": "nothing"])
      expectFailure(missing, "table", found: "no such table", remedy: "NODE_OPERATORS_TABLE_NAME")
      #expect(missing.checks("migration").first?.mark == "skip")
      let swapped = try await data.doctor([rekeying], ["NEW_NODE_OPERATORS_TABLE_NAME": source])
      expectFailure(
        swapped, "table", found: "has the key discordId:S and needs address:S",
        remedy: "set NEW_NODE_OPERATORS_TABLE_NAME")
      let general = try await data.doctor([], ["VALIDATORS_TABLE_NAME": source])
      expectFailure(
        general, "table", found: "needs validatorAddress:S", remedy: "set VALIDATORS_TABLE_NAME")
    }
  }

  @Test("a table that an option creates is a warning that names the option")
  func missingTarget() async throws {
    try await withOperators { data in
      let answer = try await data.doctor([rekeying], ["NEW_NODE_OPERATORS_TABLE_NAME": "nothing"])
      expectFailure(answer, "table", found: "no such table", remedy: "--create-target", mark: "warn")
      expectFailure(answer, "migration", found: "no table 'nothing'", remedy: "--create-target", mark: "warn")
      #expect(answer.healthy)
    }
  }

  @Test("what a migration needs and nobody set is named")
  func unset() async throws {
    try await withOperators { data in
      let answer = try await data.doctor(["05_populate_validator_history"])
      #expect(answer.checks("table", "VALIDATOR_HISTORY_TABLE_NAME").first?.mark == "fail")
      expectFailure(answer, "input", found: "AZTEC_RPC_URL is not set", remedy: "set it")
    }
  }

  @Test("bad settings fail, and the other checks are made all the same")
  func settings() async throws {
    try await withOperators { data in
      try write("A=1\nhunter2 is the password\n", to: data.folder + "/bad.env")
      let file = try await data.doctor([rekeying, "--env-file", "bad.env"])
      expectFailure(file, "settings", found: "line 2 of 'bad.env'", remedy: "fix")
      #expect(file.checks("table").map(\.mark) == ["ok", "ok"])
      let mode = try await data.doctor([rekeying], ["TEST_MODE": "maybe"])
      expectFailure(mode, "settings", found: "TEST_MODE", remedy: "set it to one of these")
      let target = try await data.doctor(["--target", "ftp:x"])
      expectFailure(target, "target", found: "is not a target", remedy: "use local")
      #expect(target.target == nil)
      expectSentence(try await data.product().run("doctor", "6"), 64, ["did you mean '\(rekeying)'"])
    }
  }

  @Test("a store that is something else, damaged or not writable fails")
  func stores() async throws {
    try await withOperators { data in
      try write("hello, this is no database at all", to: data.folder + "/text")
      let foreign = try await data.doctor(["--target", "local:text"])
      expectFailure(foreign, "target", found: "'text' is a file of something else", remedy: "another file")
      try write("", to: data.folder + "/empty")
      let empty = try await data.doctor(["--target", "local:empty"])
      expectFailure(empty, "target", found: "'empty' is empty", remedy: "load a table")
    }
  }
}

@Suite("doctor on the journal") struct DoctorJournalTests {
  @Test("a file that is not a journal, or a damaged one, fails")
  func damaged() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      var bytes = try Data(contentsOf: URL(fileURLWithPath: data.journal))
      bytes.replaceSubrange(100..<20_000, with: Data(repeating: 0xA5, count: 19_900))
      try bytes.write(to: URL(fileURLWithPath: data.journal))
      let answer = try await data.doctor()
      expectFailure(answer, "journal", found: "is damaged", remedy: "keep")
      #expect(answer.checks("runs").map(\.mark) == ["skip"])
      try write("Dear diary", to: data.folder + "/diary")
      let diary = try await data.doctor(["--journal", "diary"])
      expectFailure(diary, "journal", found: "not a journal", remedy: "--journal")
    }
  }

  @Test("a place where no journal can be made fails")
  func notWritable() async throws {
    try await withOperators { data in
      try write("", to: data.folder + "/file")
      let answer = try await data.doctor(["--journal", "file/journal.sqlite"])
      expectFailure(answer, "journal", found: "'file' is not a folder", remedy: "--journal")
    }
  }

  @Test("another process at work is named, and once it was killed it is said that nothing was written")
  func inUse() async throws {
    try await withOperators { data in
      let (asked, asking) = AsyncStream<Void>.makeStream()
      let (over, ending) = AsyncStream<Void>.makeStream()
      try await withServer({ _ in
        asking.finish()
        for await _ in over {}
        return HTTPResponse(statusCode: .ok)
      }) { url in
        try await withTemporaryFolder { scratch in
          let slow = data.product(["API_URL": url, "BACKEND_API_KEY": "k"])
          let run = try await slow.start(["run", rekeying], scratch: scratch)
          for await _ in asked {}
          let busy = try await data.doctor([rekeying])
          expectFailure(
            busy, "journal", found: "in use by process \(run.processIdentifier) on", remedy: "wait for it",
            mark: "warn")
          #expect(busy.checks("runs").map(\.mark) == ["ok"])
          run.send(SIGKILL)
          _ = try await run.wait()
          let after = try await data.doctor([rekeying])
          #expect(after.checks("journal").map(\.mark) == ["ok"])
          #expect(after.checks("runs").map(\.mark) == ["ok"])
          #expect(after.checks("runs").first?.found.contains("1 stopped before anything was written") == true)
          #expect(after.healthy)
        }
        ending.finish()
      }
    }
  }
}
