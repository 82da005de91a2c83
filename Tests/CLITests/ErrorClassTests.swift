import Foundation
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Errors in a report, by the class that they belong to") struct ErrorClassTests {
  /// What `report --format json` says of errors.
  private struct Errors: Decodable {
    struct Class: Decodable {
      let `class`: String
      let count: Int
    }
    let errors: [Class]
    var counts: [String: Int] { Dictionary(uniqueKeysWithValues: errors.map { ($0.class, $0.count) }) }
  }

  private func report(_ data: OperatorFolder) async throws -> (text: String, counts: [String: Int]) {
    let errors: Errors = try await data.product().run("report", "latest", "--format", "json").decoded()
    return (try await data.product().succeed("report", "latest"), errors.counts)
  }

  // A unit of this migration is two changes, which fail together.
  @Test("an item that would grow beyond DynamoDB's limit is a validation error, under its key")
  func validation() async throws {
    try await withOperators { data in
      // With the longer key beside it, 409,590 bytes of name are more than 400 KB.
      let name = String(repeating: "x", count: 409_590 - 90)
      try await data.change(4, name: name)
      #expect(try await data.product().run("run", rekeying).status == 1)
      let (text, counts) = try await report(data)
      #expect(counts == ["validation": 2, "api": 0, "database": 0, "data": 0])
      #expect(text.contains("\nvalidation errors: not applied, ValidationException (2 changes)\n"), "\(text)")
      #expect(text.contains("\n  \(target) address=\(data.address(4))\n"), "\(text)")
      #expect(!text.contains("xxx"))
    }
  }

  @Test("a reply that can't be had is an API error")
  func api() async throws {
    try await withOperators { data in
      try FileManager.default.removeItem(atPath: data.replyFile)
      #expect(try await data.product().run("run", rekeying).status == 2)
      let (text, counts) = try await report(data)
      #expect(counts == ["validation": 0, "api": 1, "database": 0, "data": 0])
      #expect(text.contains("\nAPI errors\n"), "\(text)")
    }
  }

  @Test("a table that is gone is a database error, and no item's: the run is interrupted, and can be ended")
  func database() async throws {
    try await withOperators(owned: 3, idle: 0) { data in
      let product = data.product()
      try await product.succeed("run", rekeying, "--dry-run")
      try await EmbeddedStore(path: data.store).delete(target)
      let outcome = try await product.run("resume", "latest", "--no-backup")
      expectSentence(outcome, 3, ["ResourceNotFoundException", "none was marked as failed"])
      let (text, counts) = try await report(data)
      #expect(counts["database"] == 1, "\(counts)")
      #expect(text.contains("\ndatabase errors"), "\(text)")
      #expect(!text.contains("not applied,"), "\(text)")
      try await product.succeed("close", "latest", "--reason", "the table is gone")
    }
  }

  @Test("an item that was changed since is a data error, under its key")
  func data() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      try await data.change(4)
      #expect(try await data.product().run("resume", "latest").status == 1)
      let (text, counts) = try await report(data)
      #expect((counts["data"] ?? 0) > 0, "\(counts)")
      #expect(text.contains("\ndata errors: not applied, conflict"), "\(text)")
      #expect(text.contains("discordId=\(data.id(4))"), "\(text)")
    }
  }
}
