import Foundation
import TestSupport
import Testing

@Suite("Options, environment, .env file and defaults") struct OptionTests {
  @Test("an option beats the environment, the environment the .env file, and that the default")
  func precedence() async throws {
    try await withOperators { data in
      func target(_ arguments: [String] = [], _ variables: [String: String] = [:]) async throws -> String {
        let product = Product(in: data.folder, environment: variables)
        return try await product.run(
          ["tables", "create", "t\(UUID().uuidString)", "--key", "id:S"] + arguments
        )
        .errors.split(separator: "\n").first.map(String.init) ?? ""
      }
      #expect(try await target() == "target local:.sparta/tables.sqlite (the default)")
      try write("SPARTA_TARGET=local:file.sqlite # a comment\n", to: data.folder + "/.env")
      #expect(try await target() == "target local:file.sqlite (SPARTA_TARGET in '.env')")
      #expect(
        try await target([], ["SPARTA_TARGET": "local:env.sqlite"])
          == "target local:env.sqlite (SPARTA_TARGET)")
      // An empty variable is a variable that is not set.
      #expect(
        try await target([], ["SPARTA_TARGET": ""]) == "target local:file.sqlite (SPARTA_TARGET in '.env')")
      let option = ["--target", "local:option.sqlite"]
      #expect(
        try await target(option, ["SPARTA_TARGET": "local:env.sqlite"])
          == "target local:option.sqlite (--target)")
      try write("export SPARTA_TARGET='local:other.sqlite'\r\n", to: data.folder + "/other.env")
      #expect(
        try await target(["--env-file", "other.env"])
          == "target local:other.sqlite (SPARTA_TARGET in 'other.env')")
    }
  }

  @Test("nothing reaches AWS or a server unless somebody said so")
  func resolution() async throws {
    try await withTemporaryFolder { folder in
      func refusal(_ variables: [String: String]) async throws -> String {
        let outcome = try await Product(in: folder, environment: variables).run("run", "test-migration")
        return outcome.status == 2 ? outcome.sentence : "exit \(outcome.status)"
      }
      let said = " is written only when somebody says so"
      let named: [([String: String], String)] = [
        (["DYNAMODB_ENDPOINT": "http://127.0.0.1:9"], "http://127.0.0.1:9"),
        (["DYNAMODB_ENDPOINT": "http://127.0.0.1:9", "IS_LOCAL": "false"], "http://127.0.0.1:9"),
        (["IS_LOCAL": "true"], "http://localhost:8000"),
        (["LOCAL_DYNAMO_DB": "1"], "http://localhost:8000"),
        (["IS_LOCAL": "0"], "aws"),
        (["SPARTA_TARGET": "aws", "DYNAMODB_ENDPOINT": "http://127.0.0.1:9"], "aws"),
      ]
      for (variables, name) in named {
        let sentence = try await refusal(variables)
        #expect(sentence.contains(name + said), "\(variables)")
      }
      for variables in [
        [:], ["AWS_REGION": "eu-west-2"], ["LOCAL_DYNAMO_DB": "false"], ["SPARTA_TARGET": "local"],
      ] {
        let end = try await refusal(variables)
        #expect(end == "exit 0", "\(variables)")
      }
    }
  }

  @Test("the journal is where --journal says, else SPARTA_JOURNAL, else the .env file")
  func journals() async throws {
    try await withOperators { data in
      func expect(_ path: String, _ arguments: [String], _ variables: [String: String]) async throws {
        let outcome = try await data.product(variables).run(["run", rekeying, "--dry-run"] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(FileManager.default.fileExists(atPath: data.folder + "/" + path), "\(path)")
      }
      try write("SPARTA_JOURNAL=\"file/j.sqlite\"\n", to: data.folder + "/.env")
      try await expect("file/j.sqlite", [], [:])
      try await expect("env/j.sqlite", [], ["SPARTA_JOURNAL": "env/j.sqlite"])
      try await expect(
        "option/j.sqlite", ["--journal", "option/j.sqlite"], ["SPARTA_JOURNAL": "unused/j.sqlite"])
      #expect(!FileManager.default.fileExists(atPath: data.folder + "/unused"))
      #expect(!FileManager.default.fileExists(atPath: data.journal))
    }
  }

  @Test("the migration's variables come from the .env file, too")
  func migrationVariables() async throws {
    try await withOperators { data in
      let lines = data.variables.map { "\($0.key)=\"\($0.value)\"" } + ["DRY_RUN=true"]
      try write(lines.joined(separator: "\n"), to: data.folder + "/.env")
      let bare = Product(in: data.folder)
      let dry: RunAnswer = try await bare.run("run", rekeying, "--format", "json").decoded()
      #expect(dry.state == "planned")
      let real = Product(in: data.folder, environment: ["DRY_RUN": "false"])
      let answer: RunAnswer = try await real.run("run", rekeying, "--format", "json").decoded()
      #expect(answer.state == "applied")
      #expect(answer.counts["planned"] == 24)
    }
  }
}
