import Foundation
import DynamoJournalRunner
import SpartaMigrations
import TestSupport
import Testing

@testable import SpartaJournalCommands

@Suite("Variables of the environment and of a file") struct VariablesTests {
  private func variables(_ file: [String: String], _ environment: [String: String] = [:]) -> Variables {
    Variables(
      file: file, fileName: ".env", environment: environment, migrations: SpartaMigrations.all)
  }

  @Test(
    "a file makes no program run, names nothing to trust and leads AWS nowhere",
    arguments: [
      "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
      "AWS_ENDPOINT_URL",
      "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_STS", "AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE",
      "SSL_CERT_DIR", "PATH", "HOME", "LD_PRELOAD", "LD_LIBRARY_PATH", "http_proxy", "all_proxy", "no_proxy",
      "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_WEB_IDENTITY_TOKEN_FILE",
      "AWS_EC2_METADATA_SERVICE_ENDPOINT",
      "SPARTA_PROXY_LOOPBACK", "DYLD_INSERT_LIBRARIES",
    ])
  func never(_ name: String) throws {
    let read = variables([name: "SECRET", "DRY_RUN": "true"])
    #expect(read[name] == nil && read["DRY_RUN"] == "true")
    let line = try #require(read.ignoredLine)
    #expect(line.contains(name) && line.contains("'.env'") && !line.contains("SECRET"))
    #expect(variables([name: "a"], [name: "b"])[name] == "b")
  }

  @Test("the variables of the README's table are taken, and no line is said")
  func taken() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let table = try #require(page.range(of: "## Configuration"))
    let names = page[table.upperBound...].prefix { $0 != "#" }.split(separator: "\n")
      .filter { $0.hasPrefix("| `") }.flatMap { $0.split(separator: "|")[0].split(separator: "`") }
      .map(String.init).filter { $0.allSatisfy { $0.isUppercase || $0 == "_" } }
    #expect(names.contains("AZTEC_RPC_URL") && names.contains("AWS_REGION"))
    for name in names where !name.hasPrefix("AWS_") || name == "AWS_REGION" {
      #expect(variables([name: "x"])[name] == "x", "\(name)")
    }
    #expect(variables(["API_URL": "x"]).ignoredLine == nil)
  }

  // MARK: The target

  private func resolve(_ file: [String: String], _ environment: [String: String]) throws -> ResolvedTarget {
    try ResolvedTarget.resolve(option: nil, variables(file, environment))
  }

  @Test("a variable of the environment takes the place of the same one in the file")
  func same() throws {
    let found = try resolve(["SPARTA_TARGET": "aws"], ["SPARTA_TARGET": "http://127.0.0.1:1"])
    #expect(found.target.name == "http://127.0.0.1:1" && found.source == "SPARTA_TARGET")
  }

  @Test(
    "a file that leads elsewhere than the environment is refused with both",
    arguments: [
      (["SPARTA_TARGET": "aws"], ["DYNAMODB_ENDPOINT": "http://127.0.0.1:1"]),
      (["SPARTA_TARGET": "aws"], ["IS_LOCAL": "true"]),
      (["SPARTA_TARGET": "aws"], ["LOCAL_DYNAMO_DB": "true"]),
      (["DYNAMODB_ENDPOINT": "https://h.example"], ["IS_LOCAL": "true"]),
      (["IS_LOCAL": "false"], ["SPARTA_TARGET": "local"]),
    ])
  func elsewhere(_ file: [String: String], _ environment: [String: String]) throws {
    let refusal = #expect(throws: Refusal.self) { _ = try resolve(file, environment) }
    for name in Array(file.keys) + environment.keys { #expect(refusal?.description.contains(name) == true) }
    #expect(refusal?.description.contains("--target") == true)
    #expect(try ResolvedTarget.resolve(option: "local", variables(file, environment)).source == "--target")
  }

  @Test("the same target from both is no contradiction, and where it comes from is told")
  func agreeing() throws {
    let both = try resolve(["DYNAMODB_ENDPOINT": "http://127.0.0.1:8000"], ["IS_LOCAL": "true"])
    #expect(both.source == "IS_LOCAL")
    #expect(try resolve(["SPARTA_TARGET": "aws"], [:]).source == "SPARTA_TARGET in '.env'")
    #expect(try resolve([:], [:]).source == "the default")
  }

  @Test(
    "a target that could hold a password is refused without a word of it",
    arguments: [
      "http://user:CANARY@h:1", "http:/user:CANARY@h", "HTTP:/CANARY@h", "http:///CANARY", "http://h/CANARY",
      "https://h?CANARY", "http://evil.example%2FCANARY.localhost",
    ])
  func passwords(_ words: String) {
    let error = #expect(throws: (any Error).self) { _ = try Target(words) }
    #expect(!"\(error as Any)".contains("CANARY"))
  }

  @Test(
    "numbers that are none are refused",
    arguments: [
      "--max-write-units", "--max-read-units", "--concurrency", "--retry-budget", "--request-timeout",
      "--input-timeout",
    ], ["nan", "inf", "-inf", "1e999", "-1", "0x", ""])
  func numbers(_ option: String, _ value: String) async throws {
    try await withTemporaryFolder { folder in
      let outcome = try await Product(in: folder, environment: [:]).run(
        "tables", "list", "\(option)=\(value)")
      expectSentence(outcome, 64, [option])
    }
  }
}
