import Foundation
import TestSupport
import Testing

@Suite("Tables and settings that the migration can't work with") struct ConfigurationTests {
  @Test func aMissingSourceIsRefused() async throws {
    try await withOperators { data in
      try await expectRefusal(
        data, ["run", rekeying], 2, ["'nothing'", "NODE_OPERATORS_TABLE_NAME"],
        variables: ["NODE_OPERATORS_TABLE_NAME": "nothing"])
    }
  }

  @Test("a missing target is refused with the offer to create it")
  func missingTarget() async throws {
    try await withOperators { data in
      try await expectRefusal(
        data, ["run", rekeying], 2, ["'nothing'", "--create-target"],
        variables: ["NEW_NODE_OPERATORS_TABLE_NAME": "nothing"])
    }
  }

  @Test("tables that are keyed otherwise are refused with both keys")
  func keyedOtherwise() async throws {
    try await withOperators { data in
      try await data.product().succeed("tables", "create", "odd", "--key", "discordId:N")
      try await expectRefusal(
        data, ["run", rekeying], 2, ["'odd'", "discordId"], variables: ["NODE_OPERATORS_TABLE_NAME": "odd"])
      try await expectRefusal(
        data, ["run", rekeying], 2, ["'odd'", "address", "--create-target"],
        variables: ["NEW_NODE_OPERATORS_TABLE_NAME": "odd"])
    }
  }

  @Test("without NEW_NODE_OPERATORS_TABLE_NAME the target must be the only one of its design")
  func noTargetName() async throws {
    try await withTemporaryFolder { folder in
      let data = OperatorFolder(folder)
      try data.writeFiles()
      try await data.product().succeed("tables", "import", source, data.operatorsFile, "--key", "discordId:S")
      try await expectRefusal(
        data, ["run", rekeying], 2, ["NEW_NODE_OPERATORS_TABLE_NAME is not set", "--create-target"],
        variables: ["NEW_NODE_OPERATORS_TABLE_NAME": ""])
      try await data.createTarget()
      try await data.product(["NEW_NODE_OPERATORS_TABLE_NAME": ""]).succeed("run", rekeying)
    }
  }

  @Test("an API over HTTP needs its key, and one of an unknown scheme is refused")
  func apiSettings() async throws {
    try await withOperators { data in
      try await expectRefusal(
        data, ["run", rekeying], 2, ["BACKEND_API_KEY is not set"],
        variables: ["API_URL": "http://127.0.0.1:1"])
      try await expectRefusal(
        data, ["run", rekeying], 2, ["API_URL is not a URL"], variables: ["API_URL": "ftp://127.0.0.1"])
    }
  }

  @Test("an environment file that is missing or malformed is refused, and its values are not repeated")
  func environmentFiles() async throws {
    try await withOperators { data in
      try await expectRefusal(
        data, ["run", rekeying, "--env-file", "none.env"], 2, ["'none.env'", "--env-file"])
      try write("A=1\n\n# a comment\nhunter2 is the password\n", to: data.folder + "/bad.env")
      let arguments = ["run", rekeying, "--env-file", "bad.env"]
      try await expectRefusal(data, arguments, 2, ["line 4 of 'bad.env'"])
      #expect(!(try await data.product().run(arguments).errors.contains("hunter2")))
    }
  }

  @Test("a store that can't be opened is refused or, where it may come back, interrupts")
  func stores() async throws {
    try await withOperators { data in
      try write("hello, this is no database at all", to: data.folder + "/text")
      try await expectRefusals(
        data,
        [
          (["run", rekeying, "--target", "local:text"], 2, ["'text'", "not an embedded store"]),
          (["run", rekeying, "--target", "local:text/x"], 3, ["text"]),
          (["tables", "list", "--target", "local:none"], 2, ["no embedded store at 'none'"]),
          (["tables", "describe", "none"], 2, ["no table 'none'", "sparta-journal tables list"]),
          (["tables", "export", "none"], 2, ["no table 'none'"]),
          (["tables", "create", source, "--key", "discordId:S"], 2, [source]),
        ])
    }
  }

  @Test("any target but the embedded store needs --yes where nobody can be asked")
  func remoteTargets() async throws {
    try await withOperators { data in
      let targets = ["aws", "http://127.0.0.1:9"]
      try await expectRefusals(
        data, targets.map { (["run", rekeying, "--target", $0], 2, ["\($0) is written only", "--yes"]) })
    }
  }
}
