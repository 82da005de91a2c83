import Foundation
import TestSupport
import Testing

/// What an uninterrupted run and rollback leave behind.
struct Reference {
  /// The folder with the tables before any run.
  let home: String
  let start: [String: [String]]
  let applied: [String: [String]]
  let changes: Int

  static func make(_ data: OperatorData) async throws -> Reference {
    let home = data.folder + "/start"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    let product = Product(in: home, environment: data.environment)
    try await data.load(product)
    let start = try await OperatorData.tables(product)
    let copy = data.folder + "/reference"
    try FileManager.default.copyItem(atPath: home, toPath: copy)
    let other = Product(in: copy, environment: data.environment)
    try await other.succeed("run", "06_add_wallet_to_operators")
    let counts = try await Counts.read(other)
    return Reference(
      home: home, start: start, applied: try await OperatorData.tables(other),
      changes: try #require(counts["planned"]))
  }

  func expectApplied(_ product: Product) async throws {
    #expect(try await OperatorData.tables(product) == applied)
    let counts = try await Counts.read(product)
    #expect(counts["planned"] == changes)
    #expect(counts["applied"] == changes)
    #expect(counts["failed"] == 0)
    #expect(counts["inDoubt"] == 0)
    #expect(counts["pending"] == 0)
    let outcomes = try await Reference.changes(product, "applied")
    #expect(outcomes.count == changes)
    #expect(Set(outcomes).count == changes, "a change has two outcomes")
    try await product.succeed("audit", "verify")
  }

  func expectRolledBack(_ product: Product) async throws {
    #expect(try await OperatorData.tables(product) == start)
    let undone = try await Reference.changes(product, "compensated")
    #expect(undone.count == changes)
    #expect(Set(undone).count == changes, "a change was undone twice")
    #expect(try await product.succeed("show", "latest", "--format", "json").contains(#""rolledBack""#))
    try await product.succeed("audit", "verify")
  }

  /// The numbers of the changes that have an event of that kind, as often as they have one.
  private static func changes(_ product: Product, _ event: String) async throws -> [Int] {
    try await product.succeed("audit", "--event", event, "--format", "json").split(separator: "\n").map {
      try JSONDecoder().decode(AuditLine.self, from: Data($0.utf8)).change
    }
  }
}

private struct AuditLine: Decodable {
  let change: Int
}

/// The counts of the latest run.
enum Counts {
  private struct Answer: Decodable {
    let counts: [String: Int]
  }

  static func read(_ product: Product) async throws -> [String: Int] {
    let output = try await product.succeed("show", "latest", "--format", "json")
    return try JSONDecoder().decode(Answer.self, from: Data(output.utf8)).counts
  }
}

extension Product {
  /// What to type after a kill, or nil when the program was killed with its work done.
  func next(after command: [String]) async throws -> [String]? {
    let outcome = try await run("show", "latest", "--format", "json")
    // A process that is killed before its first event leaves nothing to resume: it is started again.
    guard outcome.status == 0 else { return command }
    let goal = command[0] == "run" ? "applied" : "rolledBack"
    if outcome.output.contains(#""state": "\#(goal)""#) { return nil }
    // A run that was killed between its plan and its first write has that plan already.
    let goesOn = ["interrupted", "planned"].contains { outcome.output.contains(#""state": "\#($0)""#) }
    return goesOn ? ["resume", "latest", "--yes"] : command
  }
}
