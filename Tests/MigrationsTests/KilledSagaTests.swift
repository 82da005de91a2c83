import Foundation
import DynamoJournalTables
import TestSupport
import Testing

@Suite("01_migrate_validators, killed")
struct KilledSagaTests {
  private static let operators = 16
  private static let kills = 4

  private let variables = [
    "NODE_OPERATORS_TABLE_NAME": Sparta.old, "VALIDATORS_TABLE_NAME": Sparta.validators,
  ]

  private func load(_ product: Product) async throws {
    let lines = (1...Self.operators).map { number in
      let list = (0..<500).map { AttributeValue.string("0x\(number)-\(1_000 + $0)") }
      return DynamoDBJSON.text(Sparta.anOperator("\(number)", ["validators": .list(list)])) + "\n"
    }
    try lines.joined().write(toFile: product.folder + "/items.jsonl", atomically: true, encoding: .utf8)
    try await product.succeed("tables", "import", Sparta.old, "items.jsonl", "--key", "discordId:S")
  }

  /// What to type after a kill, or nil when the program was killed with its work done.
  private func next(_ product: Product, _ command: [String]) async throws -> [String]? {
    let shown = try await product.succeed("show", "latest", "--format", "json")
    let goal = command[0] == "run" ? "applied" : "rolledBack"
    if shown.contains(#""state": "\#(goal)""#) { return nil }
    return shown.contains(#""state": "interrupted""#) ? ["resume", "latest"] : command
  }

  /// Runs a command to its end, killing it a few times once it says that line, and going on with `resume`.
  ///
  /// - Returns: how often it was killed.
  private func run(
    _ command: [String], killedAfter line: String, _ product: Product, _ generator: inout SeededGenerator
  ) async throws -> Int {
    var arguments = command
    for kill in 0..<Self.kills {
      let scratch = "\(product.folder)/\(line)-\(kill)"
      try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
      let child = try await product.start(arguments, scratch: scratch)
      while child.isRunning, try !child.errors().contains(line) {
        try await Task.sleep(for: .milliseconds(1))
      }
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...30, using: &generator)))
      child.send(SIGKILL)
      let status = try await child.wait()
      if status == 0 { return kill }
      #expect(status == -SIGKILL)
      guard let next = try await next(product, command) else { return kill + 1 }
      arguments = next
    }
    let last = try await product.run(arguments)
    #expect(last.status == 0, "\(last.errors)")
    return Self.kills
  }

  @Test(
    "killed between the parts of its sagas and resumed, a run ends as if nothing had happened, and so does its rollback"
  )
  func killed() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("killed sagas: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    try await withTemporaryFolder { folder in
      let product = Product(in: folder, environment: variables)
      try await load(product)
      let start = try await product.export(Sparta.old)
      let applied = try await run(
        ["run", "01_migrate_validators"], killedAfter: "applying", product, &generator)
      #expect(try await product.export(Sparta.validators).count == 500 * Self.operators)
      #expect(try await product.export(Sparta.old).allSatisfy { !$0.contains("validators") })
      let undone = try await run(
        ["rollback", "latest", "--yes"], killedAfter: "undoing", product, &generator)
      print("killed sagas: \(applied) kills while applying, \(undone) while undoing")
      #expect(try await product.export(Sparta.old) == start)
      #expect(try await !product.succeed("tables", "list").contains(Sparta.validators))
    }
  }
}
