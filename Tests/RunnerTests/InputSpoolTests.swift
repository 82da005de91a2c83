import Foundation
import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalRunner

@Suite("Replies on their way into the journal") struct InputSpoolTests {
  /// Hands on what it was made with, and breaks where it was told to.
  private struct Pieces: InputSource {
    var pieces: [[UInt8]]
    /// Attempts that break off after the first piece.
    var broken = 0
    var breaksForGood = false

    func fetch(_ request: InputRequest, piece: ([UInt8]) async throws -> Void) async throws {
      for bytes in pieces { try await piece(bytes) }
      if breaksForGood { throw InputError(source: request.source, reason: "it broke off") }
    }

    func fetch(
      _ request: InputRequest, again: () async throws -> Void, piece: ([UInt8]) async throws -> Void
    ) async throws {
      for _ in 0..<broken {
        try await piece(pieces[0])
        try await again()
      }
      try await fetch(request, piece: piece)
    }
  }

  private func capture(
    _ bench: Workbench, _ source: Pieces, run: Int64, maximum: Int = InputRequest.usualMaximum
  ) async throws -> CapturedInput {
    try await InputCapture(journal: bench.journal, run: run, rejectedBefore: 0, source: source)
      .capture(InputRequest(name: "reply", url: "https://h.example/x", maximumBytes: maximum))
  }

  private func start(_ bench: Workbench) async throws -> Int64 {
    try await bench.journal.start(
      StartedDetail(
        run: "20-\(UUID().uuidString)", migration: "20_x", version: 1, target: "local:test", options: [:],
        dryRun: false, reason: nil, tool: "test 1"))
  }

  private func inputs(_ bench: Workbench) async throws -> Int64 { await bench.journal.head.seq }

  private func text(_ input: CapturedInput) throws -> JSONValue {
    var reader = try input.reader()
    return try reader.readValue()
  }

  @Test("a large reply is compressed, and read back as it came")
  func compressed() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      let run = try await start(bench)
      let words = String(repeating: "attestation-sent ", count: 200_000)
      let json = Array("\"\(words)\"".utf8)
      let half = json.count / 2
      let input = try await capture(
        bench, Pieces(pieces: [Array(json[..<half]), Array(json[half...])], broken: 2), run: run)
      #expect(try text(input) == .string(words))
      #expect(input.pieces.count == (json.count + (512 << 10) - 1) / (512 << 10))
      let size = try FileManager.default.attributesOfItem(atPath: bench.journal.path + "-wal")[.size] as? Int
      #expect(try #require(size) < json.count / 4)
    }
  }

  @Test("the same reply twice is kept once")
  func once() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      let first = try await capture(bench, Pieces(pieces: [Array("[1]".utf8)]), run: try await start(bench))
      let second = try await capture(bench, Pieces(pieces: [Array("[1]".utf8)]), run: try await start(bench))
      let other = try await capture(bench, Pieces(pieces: [Array("[2]".utf8)]), run: try await start(bench))
      #expect(first.pieces == second.pieces && other.pieces != first.pieces)
      #expect(try text(second) == [1])
      #expect(try text(other) == [2])
      _ = try await bench.journal.verify()
    }
  }

  @Test("what breaks off, or is too large, leaves nothing in the journal and no file beside it")
  func nothing() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      let run = try await start(bench)
      let before = try await inputs(bench)
      let files = try Set(FileManager.default.contentsOfDirectory(atPath: folder))
      let broken = Pieces(pieces: [Array("[1".utf8)], breaksForGood: true)
      await #expect(throws: InputError.self) { try await capture(bench, broken, run: run) }
      let endless = Pieces(pieces: [[UInt8]](repeating: [UInt8](repeating: 32, count: 1 << 20), count: 9))
      let error = await #expect(throws: InputError.self) {
        try await capture(bench, endless, run: run, maximum: 8 << 20)
      }
      #expect(error?.reason.contains("larger than 8 MB") == true)
      #expect(try await inputs(bench) == before)
      #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder)) == files)
    }
  }

  @Test("an empty reply is a reply")
  func empty() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      let input = try await capture(bench, Pieces(pieces: []), run: try await start(bench))
      #expect(input.pieces.count == 1)
    }
  }

  @Test("a piece of an earlier version, which is not compressed, is still read, and a forged one is refused")
  func earlier() async throws {
    try await withTemporaryFolder { folder in
      let bench = try Workbench(folder)
      let run = try await start(bench)
      var draft = try EventDraft(
        .input, InputDetail(name: "reply", piece: 0, last: true, source: "file:///x"))
      draft.body = Array("[7]".utf8)
      let seq = try await bench.journal.append([draft], run: run)
      #expect(try await bench.journal.body(of: seq) == Array("[7]".utf8))
      for size in [-1, 2, 4, .max] {
        var forged = try EventDraft(
          .input, InputDetail(name: "other", piece: 0, last: true, source: "file:///x", size: size))
        forged.body = Zlib.compressed(Array("[7]".utf8))
        let seq = try await bench.journal.append([forged], run: run)
        await #expect(throws: (any Error).self) { try await bench.journal.body(of: seq) }
      }
    }
  }
}
