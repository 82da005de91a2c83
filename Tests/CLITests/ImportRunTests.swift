import DynamoJournalProgram
import DynamoJournalRunner
import DynamoJournalTables
import Foundation
import TestSupport
import Testing

@testable import SpartaJournalCommands

/// Imports into tables that have items.
@Suite("An import into a table with items") struct ImportRunTests {
  private struct Answer: Decodable {
    let run: String?
    let imported: Int
    let new: Int
    let replaced: Int
    let unchanged: Int
    let kept: Int
    var figures: [Int] { [imported, new, replaced, unchanged, kept] }
  }

  private static let json = ["--format", "json"]

  private func line(_ id: String, _ value: String) -> String {
    #"{"Item":{"id":{"S":"\#(id)"},"v":{"S":"\#(value)"}}}"#
  }

  /// A table with the items 1 to 3, and a file that changes 1, repeats 2 and adds 4.
  private func withTable(
    _ environment: [String: String] = [:], in folder: String, _ body: (Product) async throws -> Void
  )
    async throws
  {
    let product = Product(in: folder, environment: environment)
    try write(["1", "2", "3"].map { line($0, "live") }.joined(separator: "\n"), to: folder + "/a.jsonl")
    try write(
      [line("1", "stale"), line("2", "live"), line("4", "new")].joined(separator: "\n"),
      to: folder + "/b.jsonl")
    try await product.succeed("tables", "import", "toys", "a.jsonl", "--key", "id:S")
    try await body(product)
  }

  private var start: [String] { ["1", "2", "3"].map { line($0, "live") } }
  private var end: [String] { [line("1", "stale"), line("2", "live"), line("3", "live"), line("4", "new")] }

  @Test("is a run that counts what it does, and is undone to the byte")
  func run() async throws {
    try await withTemporaryFolder { folder in
      try await withTable(in: folder) { product in
        let dry: Answer = try await product.run(
          ["tables", "import", "toys", "b.jsonl", "--dry-run"] + Self.json
        ).decoded()
        #expect(dry.figures == [0, 1, 1, 1, 0])
        #expect(try await product.export("toys") == start)
        let text = try await product.run("tables", "import", "toys", "b.jsonl", "--yes", "--reason", "seed")
        #expect(
          text.output.hasPrefix("imported 2 items into toys: 1 new, 1 replaced, 1 unchanged\n"),
          "\(text.errors)"
        )
        #expect(try await product.export("toys") == end)
        let shown = try await product.succeed("history", "toys", "id=1")
        #expect(shown.contains("seed") || shown.contains("tables-import"))
        #expect(try await product.succeed("runs").contains("tables-import"))
        try await product.succeed("rollback", "latest", "--yes")
        #expect(try await product.export("toys") == start)
        let again: Answer = try await product.run(["tables", "import", "toys", "a.jsonl"] + Self.json)
          .decoded()
        #expect(again.figures == [0, 0, 0, 3, 0])
      }
    }
  }

  @Test("with --if-absent writes the keys that are not there alone, journaled or not")
  func ifAbsent() async throws {
    for options in [[], ["--no-journal"]] {
      try await withTemporaryFolder { folder in
        try await withTable(in: folder) { product in
          let answer: Answer = try await product.run(
            ["tables", "import", "toys", "b.jsonl", "--if-absent"] + options + Self.json
          ).decoded()
          #expect(answer.figures == [1, 1, 0, 1, 1])
          #expect((answer.run == nil) == !options.isEmpty)
          #expect(try await product.export("toys") == start + [line("4", "new")])
        }
      }
    }
  }

  @Test("without a journal replaces nothing without --yes, and is no run")
  func withoutJournal() async throws {
    try await withTemporaryFolder { folder in
      try await withTable(in: folder) { product in
        let command = ["tables", "import", "toys", "b.jsonl", "--no-journal"]
        expectSentence(
          try await product.run(command), 2,
          [
            "2 of the 3 keys exist already in table 'toys'", "1 item would be replaced",
            "nothing was written",
            "--yes", "--if-absent",
          ])
        #expect(try await product.export("toys") == start)
        let answer: Answer = try await product.run(command + ["--yes"] + Self.json).decoded()
        #expect(answer.figures == [2, 1, 1, 1, 0] && answer.run == nil)
        #expect(try await product.export("toys") == end)
        #expect(!FileManager.default.fileExists(atPath: folder + "/.sparta/journal.sqlite"))
        let approved = Product(in: folder, environment: ["SPARTA_REQUIRE_APPROVALS": "1"])
        expectSentence(try await approved.run(command + ["--yes"]), 2, ["need approvals"])
        let contradiction = try await product.run(command + ["--backup", "export"])
        #expect(contradiction.status == 64)
      }
    }
  }

  @Test(
    "on a server needs --yes where it replaces, and leaves nothing behind without it",
    arguments: Emulator.Kind.allCases)
  func server(_ kind: Emulator.Kind) async throws {
    try await withTemporaryFolder { folder in
      try Folder.make(folder + "/server")
      let server = try await Emulator.start(kind, in: folder + "/server")
      let result: Result<Void, any Error>
      do {
        try await withTable(["SPARTA_TARGET": server.url], in: folder) { product in
          let command = ["tables", "import", "toys", "b.jsonl"]
          expectSentence(
            try await product.run(command), 2, ["2 of the 3 keys exist already", "1 item would be replaced"])
          #expect(try await product.export("toys") == start)
          #expect(!FileManager.default.fileExists(atPath: folder + "/.sparta/journal.sqlite"))
          try write(line("5", "new"), to: folder + "/c.jsonl")
          let added: Answer = try await product.run(["tables", "import", "toys", "c.jsonl"] + Self.json)
            .decoded()
          #expect(added.figures == [1, 1, 0, 0, 0] && added.run != nil)
          let replaced: Answer = try await product.run(command + ["--yes"] + Self.json).decoded()
          #expect(replaced.figures == [2, 1, 1, 1, 0])
          try await product.succeed("rollback", "latest", "--yes")
          #expect(try await product.export("toys") == start + [line("5", "new")])
        }
        result = .success(())
      } catch { result = .failure(error) }
      await server.kill()
      try result.get()
    }
  }

  @Test("goes on from the journal alone when it was killed, whatever has become of the file")
  func killed() async throws {
    try await withTemporaryFolder { folder in
      try await withTable(in: folder) { product in
        let lines = (0..<30_000).map { line("n\($0)", "x") } + [line("1", "stale")]
        try write(lines.joined(separator: "\n"), to: folder + "/many.jsonl")
        try await withTemporaryFolder { scratch in
          let child = try await product.start(
            ["tables", "import", "toys", "many.jsonl", "--yes"], scratch: scratch)
          while child.isRunning, try await !product.run("runs").output.contains("applying") {
            try await Task.sleep(for: .milliseconds(5))
          }
          child.send(SIGKILL)
          _ = try await child.wait()
        }
        try FileManager.default.removeItem(atPath: folder + "/many.jsonl")
        let resumed = try await product.run("resume", "latest", "--yes")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try await product.export("toys").count == 30_003)
        try await product.succeed("rollback", "latest", "--yes")
        #expect(try await product.export("toys") == start)
      }
    }
  }
}

@Suite("An import that ends before its end") struct ImportCutShortTests {
  private static let spec = TableSpec(
    name: "toys", key: KeySchema(partition: KeyAttribute("id", .string), sort: nil), indexes: [])

  /// Imports 1 200 items into a store that fails at the given put, before or behind it.
  private func cut(
    _ error: any Error, atPut number: Int, isWritten: Bool, isNew: Bool = false
  ) async throws -> (any Error, Int) {
    try await withTemporaryFolder { folder in
      let store = try EmbeddedStore(path: folder + "/tables.sqlite")
      if !isNew { try await store.create(Self.spec) }
      let lines = (0..<1_200).map { #"{"id":{"S":"\#($0)"}}"# }
      try write(lines.joined(separator: "\n"), to: folder + "/items.jsonl")
      let puts = Count()
      let fail: @Sendable (WatchedStore.Call) throws -> Void = { call in
        // The table's making is a write, too.
        if case .write = call, puts.next() == number + (isNew ? 1 : 0) { throw error }
      }
      let watched = isWritten ? WatchedStore(store, after: fail) : WatchedStore(store, before: fail)
      let load = ItemImport(paths: [folder + "/items.jsonl"], into: Self.spec)
      let found = await #expect(throws: (any Error).self) {
        try await DirectImport(load, Self.spec, watched, isNew: isNew).fill(1_200)
      }
      var count = 0
      var request = ScanRequest(table: "toys")
      repeat {
        let page = try await store.scan(request)
        count += page.items.count
        request.after = page.lastKey
      } while request.after != nil
      return (try #require(found), count)
    }
  }

  @Test(
    "says how many items were written at least, and exits with 3 for what may pass",
    arguments: [false, true])
  func lost(isWritten: Bool) async throws {
    let (error, count) = try await cut(
      StoreError(.unavailable, code: "Lost", "the server is gone"), atPut: 2, isWritten: isWritten)
    #expect(count == (isWritten ? 1_000 : 500))
    let short = try #require(error as? ImportCutShort)
    #expect(short.exitStatus == .interrupted)
    #expect("\(short)".contains("at least 500 of 1200 items were written to table 'toys'"), "\(short)")
    #expect("\(short)".contains("type the same command again"))
  }

  @Test("counts what was written without an answer, where the server still answers")
  func counted() async throws {
    let refusal = StoreError(code: "AccessDeniedException", "session policy ended")
    let (error, count) = try await cut(refusal, atPut: 2, isWritten: true)
    #expect(count == 1_000)
    #expect("\(error)".contains("(session policy ended (AccessDeniedException)): 1000 of 1200"), "\(error)")
  }

  @Test("exits with 1 when it was refused, and with the refusal's own words when nothing was written")
  func refused() async throws {
    let refusal = StoreError(code: "AccessDeniedException", "session policy ended")
    let (error, count) = try await cut(refusal, atPut: 3, isWritten: false)
    #expect(count == 1_000)
    let short = try #require(error as? ImportCutShort)
    #expect(short.exitStatus == .incomplete && "\(short)".contains("1000 of 1200"), "\(short)")
    #expect(try await cut(refusal, atPut: 1, isWritten: false).0 is StoreError)
    let made = try await cut(refusal, atPut: 1, isWritten: false, isNew: true)
    #expect("\(made.0)".contains("0 of 1200 items were written to table 'toys'"), "\(made.0)")
  }
}
