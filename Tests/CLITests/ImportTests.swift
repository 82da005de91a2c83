import Foundation
import TestSupport
import Testing

@Suite("tables import and export") struct ImportTests {
  private func withFolder(_ body: (OperatorFolder) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let data = OperatorFolder(folder)
      try data.writeFiles()
      try await body(data)
    }
  }

  private func gzip(_ path: String) async throws -> String {
    let outcome = try await Shell.run("/bin/sh", ["-c", "gzip -k '\(path)'"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return path + ".gz"
  }

  @Test(
    "a line that is no item of the table is refused with file and line, and nothing of any file is imported",
    arguments: [
      (#"{"Item":{"discordId":{"S":"1"}"#, "line 3"),
      ("nonsense", "line 3"),
      (#"{"Item":{"discordId":{"N":"1"}}}"#, "discordId"),
      (#"{"Item":{"name":{"S":"1"}}}"#, "discordId"),
      (#"{"Item":{"discordId":{"S":""}}}"#, "discordId"),
      (#"{"Item":{"discordId":{"S":"1"},"n":{"N":"1e999"}}}"#, "line 3"),
      (#"{"Item":{"discordId":{"S":"1"},"s":{"SS":["a","a"]}}}"#, "line 3"),
      (#"{"Item":{"discordId":{"S":"1"},"secret":{"X":"hunter2"}}}"#, "line 3"),
      (
        #"{"Item":{"discordId":{"S":"1"},"big":{"S":""# + String(repeating: "x", count: 410_000) + #""}}}"#,
        "line 3"
      ),
    ])
  func badLines(line: String, part: String) async throws {
    try await withFolder { data in
      let file = data.folder + "/bad.jsonl"
      try write(data.operatorLine(1) + "\n\n" + line + "\n" + data.operatorLine(2) + "\n", to: file)
      let outcome = try await data.product().run(
        "tables", "import", source, data.operatorsFile, file, "--key", "discordId:S")
      expectSentence(outcome, 2, ["bad.jsonl", "line 3", "nothing was written", part])
      #expect(!outcome.errors.contains("hunter2"))
      #expect(outcome.output.isEmpty)
      #expect(try await data.product().succeed("tables", "list").isEmpty)
    }
  }

  @Test("a bad line leaves a table that exists as it was")
  func anExistingTableStays() async throws {
    try await withOperators { data in
      let file = data.folder + "/bad.jsonl"
      try write(data.operatorLine(1, name: "new") + "\nnonsense\n", to: file)
      try await expectRefusals(
        data,
        [
          (["tables", "import", source, file], 2, ["bad.jsonl", "line 2"]),
          (["tables", "import", "none", file], 2, ["no table 'none'", "--key"]),
          (["tables", "import", source, file, "--key", "address:S"], 2, ["'\(source)' exists with the key"]),
          (["tables", "import", source, data.folder + "/none"], 2, ["/none"]),
          (["tables", "import", source, data.folder], 2, [data.folder]),
        ])
    }
  }

  @Test("a gzip'd file is read; one that is cut short is refused and nothing of it imported")
  func compressed() async throws {
    try await withFolder { data in
      let file = try await gzip(data.operatorsFile)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
      let short = data.folder + "/short.jsonl.gz"
      try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: short))
      let refused = try await data.product().run("tables", "import", source, short, "--key", "discordId:S")
      expectSentence(refused, 2, ["short.jsonl.gz"])
      #expect(try await data.product().succeed("tables", "list").isEmpty)
      try await data.product().succeed("tables", "import", source, file, "--key", "discordId:S")
      #expect(try await data.product().export(source) == data.operators.sorted())
    }
  }

  @Test("what is exported and imported again is the same, byte for byte, and bare items are read")
  func roundTrip() async throws {
    try await withFolder { data in
      let product = data.product()
      let item =
        #"{"Item":{"b":{"B":"AP8Q"},"bs":{"BS":["AQ==","AgM="]},"id":{"S":"é\n\"1"},"l":{"L":[{"NULL":true}]},"#
        + #""m":{"M":{"é":{"BOOL":false}}},"n":{"N":"12345678901234567890123456789012345678"},"#
        + #""ns":{"NS":["1","2.5"]},"slot":{"N":"-1"},"ss":{"SS":["a","b"]}}}"#
      try write(item + "\n" + #"{"id":{"S":"2"},"slot":{"N":"1E2"}}"# + "\n", to: data.folder + "/a.jsonl")
      let design = ["--key", "id:S", "--sort", "slot:N", "--index", "BySlot=slot:N,id:S"]
      let imported = try await product.run(
        ["tables", "import", "table-a", data.folder + "/a.jsonl"] + design)
      #expect(imported.output == "imported 2 items into table-a\n", "\(imported.errors)")
      let exported = try await product.succeed("tables", "export", "table-a")
      #expect(
        Set(exported.split(separator: "\n").map(String.init))
          == [item, #"{"Item":{"id":{"S":"2"},"slot":{"N":"100"}}}"#])
      try write(exported, to: data.folder + "/b.jsonl")
      let answer = try await product.run(
        ["tables", "import", "table-b", data.folder + "/b.jsonl", "--format", "json"] + design)
      #expect(
        try answer.members() == [
          "table", "imported", "created", "new", "replaced", "unchanged", "kept", "run",
        ])
      #expect(try await product.succeed("tables", "export", "table-b") == exported)
    }
  }

  @Test("tables are created, listed and described, as text and as JSON")
  func descriptions() async throws {
    try await withOperators { data in
      let product = data.product()
      let list = try await product.succeed("tables", "list")
      #expect(list.contains("\(source)  discordId:S") || list.contains(source))
      #expect(list.contains("15 items"))
      let document = try await product.run("tables", "list", "--format", "json")
      #expect(try document.members() == ["target", "tables"])
      let described = try await product.run("tables", "describe", target, "--format", "json")
      #expect(try described.members() == ["table", "status", "items", "bytes", "key", "indexes"])
      let table: Description = try described.decoded()
      #expect(table.table == target)
      #expect(table.status == "ACTIVE")
      #expect(table.key == [Attribute(name: "address", type: "S")])
      #expect(
        table.indexes == [Index(name: "DiscordIdIndex", key: [Attribute(name: "discordId", type: "S")])])
      let text = try await product.succeed("tables", "describe", source)
      #expect(text.contains("items    15\n"))
      let made = try await product.run(
        "tables", "create", "history", "--key", "validatorAddress:S", "--sort", "slot:N", "--format", "json")
      #expect(try made.decoded(Description.self).key.map(\.name) == ["validatorAddress", "slot"])
    }
  }

  private struct Attribute: Decodable, Equatable {
    let name: String
    let type: String
  }

  private struct Index: Decodable, Equatable {
    let name: String
    let key: [Attribute]
  }

  private struct Description: Decodable {
    let table: String
    let status: String
    let key: [Attribute]
    let indexes: [Index]
  }
}
