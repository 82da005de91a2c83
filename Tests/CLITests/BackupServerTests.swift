import Foundation
import DynamoJournalJSON
import TestSupport
import Testing

@Suite("Backups on servers", .serialized) struct BackupServerTests {
  private struct Answer: Decodable {
    struct Backup: Decodable {
      let table: String
      let name: String
      let kind: String
      let items: Int?
    }
    struct Cost: Decodable {
      let requests: Int
      let retries: Int
      let throttles: [String: Int]
      let throttledMilliseconds: Int
      let writeUnits: Double
    }

    let run: String
    let state: String
    let backups: [Backup]
    let cost: Cost
  }

  private struct Restored: Decodable {
    let items: Int
    let expectedItems: Int?
    let isExpectedExact: Bool
    let commands: [String]
    let lostOnRestore: [String: String]
  }

  /// Runs `body` with operators on a server, and with a program that reaches it, by way of a proxy where one is wanted.
  private func withServer(
    _ kind: Emulator.Kind, proxied: Bool = false,
    _ body: (OperatorFolder, Product, FaultProxy?) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let data = OperatorFolder(folder)
      try data.writeFiles()
      for name in ["server", "proxy", "wire"] { try Folder.make("\(folder)/\(name)") }
      let server = try await Emulator.start(kind, in: folder + "/server")
      var proxy: FaultProxy?
      let result: Result<Void, any Error>
      do {
        if proxied { proxy = try await FaultProxy.start(.http, before: server, in: folder + "/proxy") }
        let variables = data.product().environment.merging(["SPARTA_TARGET": proxy?.url ?? server.url]) { $1 }
        let product = Product(in: folder + "/wire", environment: variables)
        try await product.succeed("tables", "import", source, data.operatorsFile, "--key", "discordId:S")
        try await product.succeed(
          "tables", "create", target, "--key", "address:S", "--index", "DiscordIdIndex=discordId:S")
        result = .success(try await body(data, product, proxy))
      } catch { result = .failure(error) }
      await proxy?.process.kill()
      await server.kill()
      try result.get()
    }
  }

  private static func rule(_ operation: String, _ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    let common: [(String, JSONValue)] = [("service", "dynamodb"), ("operation", .string(operation))]
    return .object((common + members.map { ($0.key, $0.value) }).map { .init(name: $0.0, value: $0.1) })
  }

  /// What DynamoDB Local answers.
  private static let noBackups = ["CreateBackup", "ListBackups"].map {
    rule($0, ["error": ["code": "UnknownOperationException", "status": 400]])
  }

  @Test(
    "both kinds are restored byte for byte, with the counts compared and the settings to put back",
    arguments: [Emulator.Kind.ministack, .roto], ["on-demand", "export"])
  func restore(_ server: Emulator.Kind, _ kind: String) async throws {
    try await withServer(server) { _, product, _ in
      let start = try await product.export(source)
      let outcome = try await product.run("run", rekeying, "--yes", "--backup", kind, "--format", "json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let run: Answer = try outcome.decoded()
      #expect(run.backups.map(\.kind) == [kind, kind] && run.cost.requests > 24)
      let restored = try await product.run(
        "restore", run.run, "--table", source, "--to", "copy", "--format", "json")
      #expect(restored.status == 0, "\(restored.errors)")
      let answer: Restored = try restored.decoded()
      #expect(answer.items == 15 && answer.isExpectedExact == (kind == "export"))
      #expect(try await product.export("copy") == start)
      let again = try await product.run("restore", run.run, "--table", source, "--to", "copy")
      expectSentence(again, 2, ["table 'copy' exists"])
      #expect(try await product.export("copy") == start)
    }
  }

  @Test(
    "a server on this machine that makes no backups is exported, which is said once; asked for its own, it is refused"
  )
  func withoutBackups() async throws {
    try await withServer(.ministack, proxied: true) { _, product, proxy in
      try await proxy?.setRules(Self.noBackups)
      let refused = try await product.run("run", rekeying, "--yes", "--backup", "on-demand")
      expectSentence(refused, 2, ["makes no backups", "--backup export", "--no-backup"])
      let start = try await product.export(source)
      let outcome = try await product.run("resume", "--yes", "--format", "json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let said = outcome.errors.split(separator: "\n").filter { $0.contains("makes no backups") }
      #expect(said.count == 1 && said[0].contains("exported to .sparta/journal.sqlite.backups instead"))
      let run: Answer = try outcome.decoded()
      #expect(run.backups.map(\.kind) == ["export", "export"])
      try await product.succeed("restore", run.run, "--table", source, "--to", "copy")
      #expect(try await product.export("copy") == start)
      #expect(try await product.succeed("backups", source).contains("  export  "))
    }
  }

  @Test("a server elsewhere that makes no backups is never exported by itself, and nothing is written")
  func elsewhere() async throws {
    try await withServer(.ministack, proxied: true) { _, product, proxy in
      let proxy = try #require(proxy)
      try await proxy.setRules(Self.noBackups)
      let start = try await product.export(source)
      // Another machine by its name; the proxy answers in its place.
      let secrets = ["AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "http_proxy": proxy.url]
      let away = Product(in: product.folder, environment: product.environment.merging(secrets) { $1 })
      let outcome = try await away.run(
        "run", rekeying, "--yes", "--target", "http://tables.example:8000", "--insecure-endpoint")
      expectSentence(outcome, 2, ["http://tables.example:8000", "makes no backups", "--backup export"])
      #expect(try await product.export(source) == start)
      #expect(try await product.export(target) == [])
      let resumed = try await away.run(
        "resume", "--yes", "--backup", "export", "--target", "http://tables.example:8000",
        "--insecure-endpoint", "--format", "json")
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(try resumed.decoded(Answer.self).state == "applied")
    }
  }

  @Test("a backup that fails stops the run before anything is written")
  func failing() async throws {
    try await withServer(.ministack, proxied: true) { _, product, proxy in
      try await proxy?.setRules([
        Self.rule("CreateBackup", ["error": ["code": "AccessDeniedException", "status": 400]])
      ])
      let start = try await product.export(source)
      let outcome = try await product.run("run", rekeying, "--yes")
      expectSentence(outcome, 2, ["AccessDeniedException"])
      #expect(try await [product.export(source), product.export(target)] == [start, []])
      let shown: RunAnswer = try await product.run("show", "latest", "--format", "json").decoded()
      #expect(shown.state == "planned")
    }
  }

  @Test("a kill in the middle of an export leaves nothing under its name, and resume makes it anew")
  func killed() async throws {
    try await withServer(.ministack, proxied: true) { _, product, proxy in
      try await product.succeed("run", rekeying, "--dry-run")
      let start = try await product.export(source)
      try await proxy?.setRules([Self.rule("Scan", ["latency": 60_000])])
      let folder = product.folder + "/.sparta/journal.sqlite.backups"
      try await withTemporaryFolder { scratch in
        let child = try await product.start(["resume", "--yes", "--backup", "export"], scratch: scratch)
        while child.isRunning, try names(folder).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        child.send(SIGKILL)
        #expect(try await child.wait() == -SIGKILL)
      }
      #expect(try names(folder).allSatisfy { $0.hasPrefix(".") && $0.hasSuffix(".partial") })
      #expect(try names(folder).count == 1)
      try await proxy?.setRules([])
      #expect(try await product.succeed("backups").isEmpty)
      let outcome = try await product.run(
        "resume", "latest", "--yes", "--backup", "export", "--format", "json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try names(folder).sorted() == outcome.decoded(Answer.self).backups.map(\.name).sorted())
      try await product.succeed("restore", "latest", "--table", source, "--to", "copy")
      #expect(try await product.export("copy") == start)
    }
  }

  private func names(_ folder: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  @Test("Ctrl-C in a restore says what is left, the next one how to go on, and that is enough")
  func interrupted() async throws {
    try await withServer(.ministack, proxied: true) { _, product, proxy in
      try await product.succeed("backup", source, "--backup", "export")
      try await proxy?.setRules([Self.rule("BatchWriteItem", ["latency": 60_000])])
      let folder = product.folder + "/.sparta/journal.sqlite.backups"
      let name = try #require(try names(folder).first)
      let stopped = try await withTemporaryFolder { scratch in
        let child = try await product.start(["restore", name, "--to", "copy"], scratch: scratch)
        while child.isRunning, try await product.run("tables", "describe", "copy").status != 0 {
          try await Task.sleep(for: .milliseconds(20))
        }
        child.send(SIGINT)
        let status = try await child.wait()
        return Shell.Outcome(status: status, output: try child.output(), errors: try child.errors())
      }
      let command = "tables import copy .sparta/journal.sqlite.backups/\(name)/items.jsonl.gz"
      expectSentence(stopped, 3, ["table 'copy' holds 0 of 15 items", "sparta-journal \(command)"])
      try await proxy?.setRules([])
      let again = try await product.run("restore", name, "--to", "copy")
      expectSentence(again, 2, ["table 'copy' exists", "delete it first", command])
      let outcome = try await product.run(command.split(separator: " ").map(String.init))
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try await product.export("copy") == product.export(source))
    }
  }

  @Test("throttles are shown while they hold a run back, journaled with their codes and time, and reported")
  func throttles() async throws {
    try await withServer(.ministack, proxied: true) { _, product, proxy in
      try await proxy?.setRules([
        Self.rule(
          "TransactWriteItems", ["times": 7, "error": ["code": "ThrottlingException", "status": 400]])
      ])
      var environment = product.environment
      environment["TERM"] = "xterm"
      let command = "'\(Product.path)' run \(rekeying) --yes --no-backup --concurrency 1"
      let seen = try await Shell.run(
        "/usr/bin/script", ["-qec", command, "/dev/null"], environment: environment, folder: product.folder)
      // How long each retry waits is left to chance, so which line is the first to tell is, too.
      let told = seen.output.contains(/applying \d+ of 24 \([^\r\n]*, throttled [1-9]\d* s/)
      #expect(seen.status == 0 && told, "\(seen.output)")
      let cost = try await product.run("show", "latest", "--format", "json").decoded(Answer.self).cost
      #expect(cost.throttles == ["ThrottlingException": 7] && cost.retries == 7)
      #expect(cost.throttledMilliseconds > 0 && cost.requests > 15)
      for format in ["text", "markdown"] {
        let report = try await product.succeed("report", "latest", "--format", format)
        #expect(report.contains("7 throttles (ThrottlingException 7), throttled "))
        #expect(report.contains(" write units"))
      }
      let shown: Answer = try await product.run("report", "latest", "--format", "json").decoded()
      #expect(shown.cost.throttles == cost.throttles)
    }
  }
}
