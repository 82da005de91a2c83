import ArgumentParser
import DynamoJournalEvents
import DynamoJournalRunner
import Testing

@testable import SpartaJournalCommands

@Suite("A journal alone leads no credentials anywhere") struct NamedTargetTests {
  private func target(
    _ journaled: String, _ variables: [String: String], _ arguments: [String] = []
  ) throws -> Target {
    let started = StartedDetail(
      run: "04-x", migration: "04_x", version: 1, target: journaled, options: [:], dryRun: false, reason: nil,
      tool: "test 1")
    return try RunTarget(try CommonOptions.parse(arguments), Variables(variables)).of(started)
  }

  @Test(
    "a server that only the journal names is refused with both hosts",
    arguments: [
      ("http://evil.example:8000", ["SPARTA_TARGET": "http://mine.example:8000"], "mine.example"),
      ("https://evil.example", [:], "local"), ("https://evil.example", ["SPARTA_TARGET": "aws"], "aws"),
      ("http://127.0.0.1:6666", ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"], "local"),
    ] as [(String, [String: String], String)])
  func refused(_ journaled: String, _ variables: [String: String], _ named: String) {
    let refusal = #expect(throws: Refusal.self) { _ = try target(journaled, variables) }
    #expect(refusal?.description.contains(journaled) == true && refusal?.description.contains(named) == true)
    #expect(refusal?.description.contains("--target \(journaled)") == true)
  }

  @Test("one that an option or the environment names goes on, and so does this machine without real keys")
  func named() throws {
    let url = "http://mine.example:8000"
    #expect(try target(url, ["SPARTA_TARGET": url]).name == url)
    #expect(try target(url, ["DYNAMODB_ENDPOINT": url + "/"]).name == url)
    #expect(try target(url, [:], ["--target", url]).name == url)
    #expect(try target("http://127.0.0.1:8000", [:]).name == "http://127.0.0.1:8000")
    #expect(try target("aws:123456789012:eu-west-2", [:]).isAWS)
  }
}
