import Foundation
import DynamoJournalJSON
import TestSupport
import Testing

@Suite("A run that holds by itself", .serialized) struct HealthHoldTests {
  private static let migration = "04_remove_discord_username_attribute"

  private func withProxy(
    items: Int = 60, _ body: (Product, FaultProxy) async throws -> Void
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
        let lines = (0..<items).map { #"{"discordId":{"S":"k\#($0)"},"discordUsername":{"S":"u\#($0)"}}"# }
        try write(lines.joined(separator: "\n"), to: folder + "/items.jsonl")
        try await product.succeed("tables", "import", source, folder + "/items.jsonl", "--key", "discordId:S")
        result = .success(try await body(product, started))
      } catch { result = .failure(error) }
      await proxy?.process.kill()
      await server.kill()
      try result.get()
    }
  }

  private static func rule(_ code: String, _ status: Int) -> JSONValue {
    [
      "service": "dynamodb", "operation": "UpdateItem",
      "error": ["code": .string(code), "status": .number("\(status)")],
    ]
  }

  private func start(_ product: Product, _ options: [String], scratch: String) async throws -> ControlBench {
    let child = try await product.start(
      ["run", Self.migration, "--yes", "--no-backup"] + options, scratch: scratch)
    return ControlBench(product: product, child: child)
  }

  @Test("a command that ends with 0 holds the run, its words are told everywhere, and it goes on by itself")
  func command() async throws {
    try await withOperators(owned: 40, idle: 0) { data in
      try write("", to: data.folder + "/unwell")
      try await withTemporaryFolder { scratch in
        let check = "test -e unwell && echo the replica lags && test -z \"$CANARY\""
        let product = data.product(["CANARY": "secret"])
        let child = try await product.start(
          ["run", rekeying, "--hold-if", check, "--hold-every", "0.1", "--max-write-units", "40"],
          scratch: scratch)
        let bench = ControlBench(product: product, child: child)
        try await bench.until("held") {
          try await bench.heldCause() == "command"
        }
        let watched = try await withTemporaryFolder { more in
          let watch = try await product.start(["watch"], scratch: more)
          try await bench.until("seen") { try watch.output().contains("the replica lags") }
          watch.send(SIGKILL)
          _ = try await watch.wait()
          return try watch.output()
        }
        #expect(watched.contains("held since "))
        expectSentence(try await product.run("continue"), 2, ["held", "goes on by itself"])
        try FileManager.default.removeItem(atPath: data.folder + "/unwell")
        let outcome = try await bench.end()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("held since ") && outcome.errors.contains("the replica lags"))
        #expect(try await bench.events("held").first?["cause"]?.stringValue == "command")
        #expect(try await bench.events("released").count == 1)
        #expect(try await product.export(target).count == 40)
        try await product.succeed("audit", "verify")
      }
    }
  }

  @Test(
    "a command that can't be run, or hangs, holds nothing and is warned of",
    arguments: ["no-such-program", "exit 3"])
  func noCommand(_ line: String) async throws {
    try await withOperators { data in
      let outcome = try await data.product().run(
        "run", rekeying, "--hold-if", line, "--max-write-units", "60")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("--hold-if can't be run") == (line == "no-such-program"))
      #expect(try await ControlBench.events("held", in: data.folder).isEmpty)
    }
  }

  @Test("a target that throttles nearly everything holds the run, which goes on when it recovers")
  func throttles() async throws {
    try await withProxy { product, proxy in
      try await proxy.setRules([Self.rule("ProvisionedThroughputExceededException", 400)])
      try await withTemporaryFolder { scratch in
        let bench = try await start(
          product, ["--hold-window", "1", "--retry-budget", "80000"], scratch: scratch)
        try await bench.until("held") {
          try await bench.heldCause() == "throttles"
        }
        try await proxy.setRules([])
        let outcome = try await bench.end()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("refused for want of capacity"))
        #expect(try await bench.events("held").first?["cause"]?.stringValue == "throttles")
        #expect(try await product.export(source).count == 60)
      }
    }
  }

  @Test("a pause, a pace and a stop are obeyed while every write backs off, and nothing of it is lost")
  func whileBackingOff() async throws {
    try await withProxy { product, proxy in
      try await proxy.setRules([Self.rule("InternalServerError", 500)])
      try await withTemporaryFolder { scratch in
        let bench = try await start(
          product, ["--hold-at", "none", "--retry-budget", "80000", "--concurrency", "4"], scratch: scratch)
        try await bench.until("failing") { try await !proxy.fired().isEmpty }
        try await product.succeed("pause")
        // Once what was on its way has come back, nothing is sent any more.
        var (seen, same) = (try await proxy.fired().count, 0)
        while same < 20 {
          try await Task.sleep(for: .milliseconds(50))
          let now = try await proxy.fired().count
          same = now == seen ? same + 1 : 0
          seen = now
        }
        try await proxy.setRules([])
        try await product.succeed("pace", "--concurrency", "none")
        try await product.succeed("continue")
        let outcome = try await bench.end()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let text = try await product.succeed("show", "latest", "--format", "json")
        #expect(try JSONValue(parsing: text)["counts"]?["applied"]?.integerValue == 60)
        try await product.succeed("rollback", "latest", "--yes")
        try await product.succeed("audit", "verify")
      }
    }
  }

  @Test(
    "access denied in the middle ends the run at once: exit code 3, nothing failed, and resume applies the rest"
  )
  func denied() async throws {
    try await withProxy(items: 400) { product, proxy in
      try await withTemporaryFolder { scratch in
        let bench = try await start(
          product, ["--max-write-units", "20", "--concurrency", "4"], scratch: scratch)
        try await bench.until("some applied") {
          try await bench.applied() >= 0 && bench.child.errors().contains("applying")
        }
        try await proxy.setRules([Self.rule("AccessDeniedException", 400)])
        let outcome = try await bench.end()
        expectSentence(
          outcome, 3, ["AccessDeniedException", "none was marked as failed", "sparta-journal resume "])
        // No more than what was under way.
        #expect(try await proxy.fired().count <= 4)
        let shown = try JSONValue(parsing: try await product.succeed("show", "latest", "--format", "json"))
        #expect(
          shown["counts"]?["failed"]?.integerValue == 0 && shown["counts"]?["inDoubt"]?.integerValue == 0)
        try await proxy.setRules([])
        try await product.succeed("resume", "latest", "--yes")
        try await product.succeed("audit", "verify")
      }
    }
  }
}
