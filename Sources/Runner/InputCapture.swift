import DynamoJournalJSON
import DynamoJournalEvents

/// Captures external replies in the journal, once a run, before anything is planned from them.
struct InputCapture {
  /// Bytes of one `input` event: large enough to be cheap, small enough to hold.
  private static let pieceSize = 512 * 1024

  let journal: Journal
  let run: Int64
  /// Pieces from before this event were rejected.
  let rejectedBefore: Int64
  let source: any InputSource

  func capture(_ request: InputRequest) async throws -> CapturedInput {
    if let pieces = try await pieces(request.name) { return try input(request, pieces) }
    var writer = PieceWriter(journal: journal, run: run, request: request, pieceSize: Self.pieceSize)
    try await source.fetch(request) { try await writer.add($0) }
    try await writer.finish()
    guard let pieces = try await pieces(request.name) else {
      throw InputError(source: request.source, reason: "it could not be read back from the journal")
    }
    return try input(request, pieces)
  }

  private func pieces(_ name: String) async throws -> [Int64]? {
    try await journal.inputPieces(name, of: run, after: rejectedBefore)
  }

  private func input(_ request: InputRequest, _ pieces: [Int64]) throws -> CapturedInput {
    CapturedInput(source: request.source, pieces: pieces, path: journal.path)
  }
}

/// Cuts a reply into events of even size.
private struct PieceWriter {
  let journal: Journal
  let run: Int64
  let request: InputRequest
  let pieceSize: Int
  private var buffer: [UInt8] = []
  private var piece = 0

  init(journal: Journal, run: Int64, request: InputRequest, pieceSize: Int) {
    self.journal = journal
    self.run = run
    self.request = request
    self.pieceSize = pieceSize
  }

  mutating func add(_ bytes: [UInt8]) async throws {
    buffer += bytes
    if buffer.count >= pieceSize { try await write(last: false) }
  }

  mutating func finish() async throws { try await write(last: true) }

  private mutating func write(last: Bool) async throws {
    var draft = try EventDraft(
      .input, InputDetail(name: request.name, piece: piece, last: last, source: request.source))
    draft.body = buffer
    try await journal.append([draft], run: run)
    piece += 1
    buffer.removeAll(keepingCapacity: true)
  }
}

/// An external reply as the journal holds it.
public struct CapturedInput: Sendable {
  /// Where it came from, fit for messages.
  public let source: String
  let pieces: [Int64]
  let path: String

  /// Reads the reply as JSON, piece by piece: its size does not matter.
  public func reader() throws -> JSONReader {
    let bodies = try InputBodies(path: path)
    var next = 0
    return JSONReader {
      guard next < pieces.count else { return nil }
      defer { next += 1 }
      return try bodies.body(of: pieces[next])
    }
  }

  /// The error that says why the reply can't be used.
  public func unusable(_ reason: String) -> InputError { InputError(source: source, reason: reason) }
}
