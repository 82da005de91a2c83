import Foundation
import DynamoJournalJSON
import TestSupport
import Testing

/// One signal while a server says nothing for longer than any test lasts: a command that waited for it would never end.
@Suite("A signal ends every command that waits for a silent server", .serialized, .timeLimit(.minutes(20)))
struct SilenceTests {
  private static let migration = "04_remove_discord_username_attribute"

  /// A command, and the call of it that stays without an answer.
  private struct Wait {
    let arguments: [String]
    let operation: String
    /// What it may end with: 3 where there is something to go on with, or as a command that leaves nothing behind.
    var ends: Set<Int32> = [ExitCode.interrupted]
  }

  private enum ExitCode {
    static let interrupted: Int32 = 3
    /// As `Child` reports the end by a signal.
    static let signals: Set<Int32> = [-SIGINT, -SIGTERM]
  }

  private static let before = [
    Wait(arguments: ["run", migration, "--yes", "--no-backup"], operation: "ListTables"),
    Wait(arguments: ["run", migration, "--yes", "--no-backup"], operation: "Scan"),
    Wait(arguments: ["run", migration, "--yes"], operation: "CreateBackup"),
    Wait(arguments: ["run", migration, "--yes", "--backup", "export"], operation: "DescribeTable"),
    Wait(
      arguments: ["change", "--table", source, "--set", "a = 1", "--reason", "x", "--yes", "--no-backup"],
      operation: "Scan"),
    Wait(arguments: ["tables", "list"], operation: "ListTables", ends: ExitCode.signals),
    Wait(arguments: ["tables", "export", source], operation: "Scan", ends: ExitCode.signals),
    Wait(
      arguments: ["tables", "create", "table-9", "--key", "id:S"], operation: "CreateTable",
      ends: ExitCode.signals),
    Wait(arguments: ["doctor", migration], operation: "DescribeTable", ends: ExitCode.signals),
  ]

  private static let after = [
    Wait(arguments: ["verify", "latest"], operation: "BatchGetItem", ends: ExitCode.signals),
    Wait(arguments: ["rollback-plan", "latest"], operation: "BatchGetItem", ends: ExitCode.signals),
    Wait(arguments: ["rollback", "latest", "--yes"], operation: "BatchGetItem"),
    Wait(arguments: ["rollback", "latest", "--yes"], operation: "UpdateItem"),
  ]

  @Test("before and after a run, in every command")
  func commands() async throws {
    try await withProxy { product, proxy, folder in
      for wait in Self.before { try await interrupt(wait, product, proxy) }
      let items = folder + "/items.jsonl"
      try await interrupt(
        Wait(
          arguments: ["tables", "import", "fresh", items, "--key", "discordId:S"],
          operation: "BatchWriteItem", ends: [3]), product, proxy)
      try await product.succeed("run", Self.migration, "--yes", "--no-backup")
      for wait in Self.after { try await interrupt(wait, product, proxy) }
      try await product.succeed("resume", "latest", "--yes")
      try await product.succeed("audit", "verify")
    }
  }

  private func interrupt(_ wait: Wait, _ product: Product, _ proxy: FaultProxy) async throws {
    for signal in [SIGINT, SIGTERM] {
      try await proxy.setRules([
        ["service": "dynamodb", "operation": .string(wait.operation), "latency": 3_600_000]
      ])
      let outcome = try await withTemporaryFolder { scratch in
        let child = try await product.start(wait.arguments, scratch: scratch)
        while child.isRunning, try await proxy.fired().isEmpty {
          try await Task.sleep(for: .milliseconds(20))
        }
        #expect(child.isRunning, "\(wait.arguments) did not ask for \(wait.operation)")
        child.send(signal)
        return Shell.Outcome(
          status: try await child.wait(), output: try child.output(), errors: try child.errors())
      }
      #expect(
        wait.ends.contains(outcome.status),
        "\(wait.arguments), \(wait.operation): \(outcome.status) \(outcome.errors)")
    }
    try await proxy.setRules([])
  }

  private func withProxy(_ body: (Product, FaultProxy, String) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      for name in ["server", "proxy", "wire"] { try Folder.make("\(folder)/\(name)") }
      let lines = (0..<4).map { #"{"discordId":{"S":"k\#($0)"},"discordUsername":{"S":"u\#($0)"}}"# }
      try write(lines.joined(separator: "\n"), to: folder + "/items.jsonl")
      let server = try await Emulator.start(.ministack, in: folder + "/server")
      var proxy: FaultProxy?
      let result: Result<Void, any Error>
      do {
        let started = try await FaultProxy.start(.http, before: server, in: folder + "/proxy")
        proxy = started
        let product = Product(
          in: folder + "/wire",
          environment: OperatorFolder(folder).variables.merging(["SPARTA_TARGET": started.url]) { $1 })
        try await product.succeed(
          "tables", "import", source, folder + "/items.jsonl", "--key", "discordId:S")
        result = .success(try await body(product, started, folder))
      } catch { result = .failure(error) }
      await proxy?.process.kill()
      await server.kill()
      try result.get()
    }
  }
}
