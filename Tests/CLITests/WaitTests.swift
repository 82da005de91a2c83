import Foundation
import DynamoJournalJSON
import TestSupport
import Testing

/// One signal in the middle of a wait that lasts far longer than any test: it ends only if the wait is cut short.
@Suite("A signal ends every wait", .serialized) struct WaitTests {
  private static let migration = "04_remove_discord_username_attribute"

  private func withProxy(
    _ body: (OperatorFolder, Product, FaultProxy) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let data = OperatorFolder(folder)
      try data.writeFiles()
      for name in ["server", "proxy", "wire"] { try Folder.make("\(folder)/\(name)") }
      let server = try await Emulator.start(.ministack, in: folder + "/server")
      var proxy: FaultProxy?
      let result: Result<Void, any Error>
      do {
        let started = try await FaultProxy.start(.http, before: server, in: folder + "/proxy")
        proxy = started
        let variables = data.product().environment.merging(["SPARTA_TARGET": started.url]) { $1 }
        let product = Product(in: folder + "/wire", environment: variables)
        try await product.succeed("tables", "import", source, try items(in: folder), "--key", "discordId:S")
        result = .success(try await body(data, product, started))
      } catch { result = .failure(error) }
      await proxy?.process.kill()
      await server.kill()
      try result.get()
    }
  }

  private static func failing(_ code: String, _ status: Int) -> JSONValue {
    [
      "service": "dynamodb", "operation": "UpdateItem",
      "error": ["code": .string(code), "status": .number("\(status)")],
    ]
  }

  /// Operators with the attribute that the migration removes.
  private func items(in folder: String) throws -> String {
    let lines = (0..<12).map { #"{"discordId":{"S":"k\#($0)"},"discordUsername":{"S":"u\#($0)"}}"# }
    try write(lines.joined(separator: "\n"), to: folder + "/items.jsonl")
    return folder + "/items.jsonl"
  }

  /// Runs the migration, sends one signal when `isDue`, and waits for the end.
  private func interrupted(
    _ product: Product, _ options: [String] = [], when isDue: (Child) async throws -> Bool
  ) async throws -> RunAnswer {
    let arguments = ["run", Self.migration, "--yes", "--no-backup", "--retry-budget", "80000"]
    return try await withTemporaryFolder { scratch in
      let child = try await product.start(arguments + ["--format", "json"] + options, scratch: scratch)
      while child.isRunning, try await !isDue(child) { try await Task.sleep(for: .milliseconds(5)) }
      child.send(SIGINT)
      let outcome = Shell.Outcome(
        status: try await child.wait(), output: try child.output(), errors: try child.errors())
      #expect(outcome.status == 3, "\(outcome.errors)")
      return try outcome.decoded()
    }
  }

  @Test("a target that throttles has written nothing: all is pending")
  func throttled() async throws {
    try await withProxy { data, product, proxy in
      let before = try await product.export(source)
      try await proxy.setRules([Self.failing("ProvisionedThroughputExceededException", 400)])
      let answer = try await interrupted(product) { _ in try await !proxy.fired().isEmpty }
      #expect(answer.state == "interrupted" && answer.counts["inDoubt"] == 0 && answer.counts["applied"] == 0)
      try await proxy.setRules([])
      #expect(try await product.export(source) == before)
      let resumed = try await product.run("resume", answer.run, "--yes", "--format", "json")
      #expect(try resumed.decoded(RunAnswer.self).counts["applied"] == answer.counts["planned"])
    }
  }

  @Test("a target that fails may have written what was sent: that is in doubt, and resume finds out")
  func failing() async throws {
    try await withProxy { data, product, proxy in
      try await proxy.setRules([Self.failing("InternalServerError", 500)])
      let answer = try await interrupted(product, ["--concurrency", "2"]) { _ in
        try await !proxy.fired().isEmpty
      }
      #expect(answer.state == "interrupted" && answer.counts["applied"] == 0)
      // No more than what was under way.
      #expect((answer.counts["inDoubt"] ?? 99) <= 2)
      try await proxy.setRules([])
      let resumed = try await product.run("resume", answer.run, "--yes", "--format", "json")
      #expect(try resumed.decoded(RunAnswer.self).counts["applied"] == answer.counts["planned"])
    }
  }

  @Test("a pace of next to nothing is no reason to wait")
  func pace() async throws {
    try await withProxy { data, product, _ in
      let answer = try await interrupted(product, ["--max-write-units", "0.0001"]) {
        try $0.errors().contains("applying")
      }
      #expect(answer.state == "interrupted" && answer.counts["inDoubt"] == 0)
    }
  }
}
