import Foundation
import TestSupport
import Testing

@Suite("The target aws, behind a proxy", .serialized) struct AmazonTests {
  private static let migration = "04_remove_discord_username_attribute"

  private func withFront(
    unreachable: String = "nothing", tables: Bool = true,
    _ body: (_ folder: String, _ product: ([String: String]) -> Product, AmazonFront) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      for name in ["server", "front", "home"] { try Folder.make("\(folder)/\(name)") }
      let server = try await Emulator.start(.ministack, in: folder + "/server")
      var front: AmazonFront?
      let result: Result<Void, any Error>
      do {
        if tables {
          let item = folder + "/items.jsonl"
          try write(#"{"discordId":{"S":"k"},"discordUsername":{"S":"u"}}"#, to: item)
          let product = Product(in: folder + "/home", environment: ["SPARTA_TARGET": server.url])
          try await product.succeed("tables", "import", source, item, "--key", "discordId:S")
        }
        let started = try await AmazonFront.start(
          before: server.url, unreachable: unreachable, in: folder + "/front")
        front = started
        result = .success(
          try await body(
            folder,
            {
              Product(
                in: folder + "/home",
                environment: OperatorFolder(folder).variables.merging(started.environment) { $1 }.merging($0)
                { $1 })
            },
            started))
      } catch { result = .failure(error) }
      front?.process.send(SIGKILL)
      await server.kill()
      try result.get()
    }
  }

  @Test("the caller is asked in the region, and a run goes through")
  func usual() async throws {
    try await withFront { _, product, front in
      let outcome = try await product([:]).run("run", Self.migration, "--yes", "--no-backup")
      #expect(outcome.status == 0 && outcome.errors.contains("caller arn:aws:"), "\(outcome.errors)")
      #expect(
        try front.hosts() == ["dynamodb.eu-west-2.amazonaws.com", "sts.eu-west-2.amazonaws.com"])
      try await product([:]).succeed("rollback", "latest", "--yes")
    }
  }

  @Test("the hosts are those of FIPS, of both versions of IP, and of the region that is named last")
  func hosts() async throws {
    let cases: [([String: String], [String], [String])] = [
      (
        ["AWS_USE_FIPS_ENDPOINT": "true"], [],
        ["dynamodb-fips.eu-west-2.amazonaws.com", "sts-fips.eu-west-2.amazonaws.com"]
      ),
      (
        ["AWS_USE_DUALSTACK_ENDPOINT": "true"], [], ["dynamodb.eu-west-2.api.aws", "sts.eu-west-2.api.aws"]
      ),
      (
        [:], ["--region", "us-east-2"], ["dynamodb.us-east-2.amazonaws.com", "sts.us-east-2.amazonaws.com"]
      ),
    ]
    for (variables, options, expected) in cases {
      try await withFront(tables: false) { _, product, front in
        let outcome = try await product(variables).run(["tables", "list"] + options)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try front.hosts() == expected)
      }
    }
  }

  @Test("the profile's authorities are trusted as those of the variable, and no others are")
  func authorities() async throws {
    try await withFront(tables: false) { folder, product, front in
      let bundle = front.environment["AWS_CA_BUNDLE"] ?? ""
      try write("[default]\nca_bundle = \(bundle)\n", to: folder + "/config")
      let unset = ["AWS_CA_BUNDLE": "", "AWS_CONFIG_FILE": folder + "/config"]
      #expect(try await product(unset).run("tables", "list").status == 0)
      let none = try await product(["AWS_CA_BUNDLE": ""]).run("tables", "list")
      expectSentence(none, 2, ["certificate"])
    }
  }

  @Test("with STS out of reach the account is that of the table's ARN, and the caller is unknown")
  func noTokenService() async throws {
    try await withFront(unreachable: "sts") { _, product, _ in
      let outcome = try await product([:]).run(
        "run", Self.migration, "--yes", "--no-backup", "--format", "json")
      #expect(outcome.status == 0 && outcome.errors.contains("caller unknown"), "\(outcome.errors)")
      let answer: RunAnswer = try outcome.decoded()
      #expect(answer.target == "aws:000000000000:eu-west-2")
      try await product([:]).succeed("rollback", answer.run, "--yes")
      // The journal's account and region are compared all the same.
      let elsewhere = try await product(["AWS_REGION": "us-east-2"]).run("verify", answer.run)
      #expect(elsewhere.status == 0, "\(elsewhere.errors)")
      let other = try await product([:]).run("verify", answer.run, "--region", "us-east-2")
      expectSentence(other, 2, ["us-east-2"])
      let named = try await product([
        "SPARTA_TARGET": "https://vpce-1.dynamodb.eu-west-2.vpce.amazonaws.com"
      ]).run("tables", "list")
      #expect(named.status == 0, "\(named.errors)")
    }
  }

  @Test("with STS out of reach and no table to tell the account, nothing is done")
  func noAccount() async throws {
    try await withFront(unreachable: "sts", tables: false) { folder, product, _ in
      let outcome = try await product([:]).run("run", Self.migration, "--yes", "--no-backup")
      expectSentence(outcome, 2, ["sts.eu-west-2.amazonaws.com", "there is no table", "nothing was written"])
      #expect(!FileManager.default.fileExists(atPath: folder + "/home/.sparta/journal.sqlite"))
    }
  }
}
