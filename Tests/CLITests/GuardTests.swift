import Foundation
import DynamoJournalTables
import TestSupport
import Testing

@Suite("guard create, show and release") struct GuardTests {
  private struct Answer: Decodable {
    struct Guard: Decodable, Equatable {
      struct Mark: Decodable, Equatable {
        let journal: String
        let head: String
        let size: Int
      }

      let table: String
      let state: String
      let expired: Bool
      let owner: String
      let run: String
      let fence: Int
      let expiresAt: String
      let mark: Mark?
      let reason: String?
    }

    let target: String
    let guarded: Bool
    let guardTable: String?
    let guards: [Guard]
  }

  private static let now = GuardLease.Clock.system.now()
  private static let longAgo: Int64 = 1_700_000_000_000_000

  @Test("in the embedded store the guards are always on, and are no table")
  func embedded() async throws {
    try await withTemporaryFolder { folder in
      let product = Product(in: folder)
      let made = try await product.run("guard", "create")
      #expect(made.status == 0 && made.output.contains("always on"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/.sparta"))
      let store = try EmbeddedStore(path: "\(folder)/.sparta/tables.sqlite")
      try await expectOutput(product.run("guard", "show"), "")
      let mark = GuardMark(journal: "j-1", head: "beef", size: 9)
      guard case .taken(let claim, _) = try await take(store, "items", at: Self.now) else { throw NoGuard() }
      _ = try await store.renew(claim, lease: .seconds(3_600), mark: mark, now: Self.now)
      _ = try await take(store, "others", at: Self.longAgo)
      let shown: Answer = try await product.run("guard", "show", "--format", "json").decoded()
      #expect(shown.guarded && shown.guardTable == nil && shown.target == "local:.sparta/tables.sqlite")
      #expect(shown.guards.map(\.table) == ["items", "others"])
      #expect(shown.guards.map(\.expired) == [false, true] && shown.guards.map(\.state) == ["held", "held"])
      #expect(shown.guards[0].mark == .init(journal: "j-1", head: "beef", size: 9))
      #expect(shown.guards[1].expiresAt.hasPrefix("2023-11-14T22:14:20"))
      let text = try await product.run("guard", "show")
      #expect(text.output.contains("items  held until") && text.output.contains("others  expired 2023-11-14"))
      #expect(text.output.contains("alice@host process 12, run 06-alice"))
      #expect(!(text.output + text.errors).contains("token of"))
      #expect(try await product.run("tables", "list").output.isEmpty)
    }
  }

  @Test("a guard is released after it has expired, never before, and with a reason")
  func release() async throws {
    try await withTemporaryFolder { folder in
      let product = Product(in: folder)
      let store = try EmbeddedStore(path: "\(folder)/.sparta/tables.sqlite")
      _ = try await take(store, "items", at: Self.now)
      _ = try await take(store, "others", at: Self.longAgo)
      let release = ["guard", "release", "items", "--reason", "the host burnt"]
      expectSentence(
        try await product.run(release), 5, ["'items'", "alice@host process 12", "06-alice", "seconds"])
      #expect(try await store.claim(on: "items")?.state == .held)
      expectSentence(try await product.run("guard", "release", "others"), 64, ["--reason"])
      expectSentence(try await product.run("guard", "release", "others", "--reason", " "), 64, ["--reason"])
      let released = try await product.run("guard", "release", "others", "--reason", "the host burnt")
      #expect(released.status == 0 && released.output.contains("released the guard of others"))
      let claim = try await store.claim(on: "others")
      #expect(claim?.state == .released && claim?.reason?.hasPrefix("the host burnt (") == true)
      for none in ["others", "never"] {
        expectSentence(
          try await product.run("guard", "release", none, "--reason", "again"), 2, [none, "guard show"])
      }
      try await expectSentence(
        product.run("guard", "release", "x", "--reason", "y", "--target", "local:none"), 2,
        ["no embedded store"])
    }
  }

  @Test("on a server the guards are a table that a command makes", arguments: Emulator.Kind.allCases)
  func server(_ kind: Emulator.Kind) async throws {
    try await withTemporaryFolder { folder in
      let server = try await Emulator.start(kind, in: folder)
      let result: Result<Void, any Error>
      do {
        result = .success(
          try await useServer(Product(in: folder, environment: ["SPARTA_TARGET": server.url])))
      } catch {
        result = .failure(error)
      }
      await server.kill()
      try result.get()
    }
  }

  private func useServer(_ product: Product) async throws {
    let none = try await product.run("guard", "show")
    #expect(none.status == 0 && none.output.isEmpty)
    #expect(none.errors.contains("no guard table 'sparta-journal-guard'"))
    #expect(none.errors.contains("sparta-journal guard create"))
    let missing: Answer = try await product.run("guard", "show", "--format", "json").decoded()
    #expect(!missing.guarded && missing.guardTable == nil && missing.guards.isEmpty)
    expectSentence(
      try await product.run("guard", "release", "items", "--reason", "r"), 2, ["no guard table"])
    for (name, words) in [("created", "created"), ("there", "is there already")] {
      let made = try await product.run("guard", "create")
      #expect(made.status == 0 && made.output.contains(words), "\(name): \(made.errors)")
    }
    try await product.succeed("guard", "create", "--guard-table", "other-guards")
    #expect(try await product.succeed("tables", "list").contains("other-guards"))
    let lines = [Self.line("items", expiresAt: Self.now + 3_600_000_000), Self.line("old", expiresAt: 0)]
    try write(lines.joined(separator: "\n"), to: product.folder + "/guards.jsonl")
    try await product.succeed("tables", "import", "other-guards", product.folder + "/guards.jsonl")
    #expect(try await product.succeed("guard", "show").isEmpty)
    let other = Product(
      in: product.folder,
      environment: product.environment.merging(["SPARTA_GUARD_TABLE": "other-guards"]) { $1 })
    let shown: Answer = try await other.run("guard", "show", "--format", "json").decoded()
    #expect(shown.guardTable == "other-guards" && shown.guards.map(\.table) == ["items", "old"])
    // What another program wrote there can't steer the terminal.
    #expect(!(try await other.succeed("guard", "show")).contains("\u{1B}"))
    expectSentence(
      try await other.run("guard", "release", "items", "--reason", "r"), 5, ["guarded by", "run 06-x"])
    let released: Answer.Guard = try await other.run(
      "guard", "release", "old", "--reason", "r", "--format", "json"
    ).decoded()
    #expect(released.state == "released" && released.table == "old")
    try await product.succeed("tables", "create", "no-guards", "--key", "id:S")
    expectSentence(
      try await product.run("guard", "show", "--guard-table", "no-guards"), 2, ["no-guards", "guard create"])
  }

  /// A guard as an item.
  private static func line(_ table: String, expiresAt: Int64) -> String {
    #"{"table":{"S":"\#(table)"},"owner":{"S":"bob\u001b[2J@host"},"journal":{"S":"j"},"run":{"S":"06-x"},"#
      + #""token":{"S":"t"},"fence":{"N":"7"},"expiresAt":{"N":"\#(expiresAt)"},"state":{"S":"held"}}"#
  }

  private struct NoGuard: Error {}

  private func take(_ store: EmbeddedStore, _ table: String, at now: Int64) async throws -> GuardTake {
    try await store.take(table, by: .sample(), lease: .seconds(now == Self.now ? 3_600 : 60), now: now)
  }

  private func expectOutput(_ outcome: Shell.Outcome, _ output: String) {
    #expect(outcome.status == 0 && outcome.output == output, "\(outcome.errors)")
  }
}
