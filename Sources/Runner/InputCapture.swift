import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalTables

/// Captures external replies in the journal, once a run, before anything is planned from them.
struct InputCapture {
  let journal: Journal
  let run: Int64
  /// Pieces from before this event were rejected.
  let rejectedBefore: Int64
  let source: any InputSource

  /// The reply, out of the journal; fetched and appended first if it is not there.
  ///
  /// It is appended when it is whole: what breaks off, or breaks a bound, leaves nothing in the journal.
  func capture(_ request: InputRequest) async throws -> CapturedInput {
    if let pieces = try await pieces(request.name) { return try input(request, pieces) }
    let spool = try InputSpool(besides: journal.path, request)
    try await source.fetch(request, again: { try spool.clear() }, piece: { try spool.add($0) })
    try spool.finish()
    try await append(spool, request)
    guard let pieces = try await pieces(request.name) else {
      throw InputError(source: request.source, reason: "it could not be read back from the journal")
    }
    return try input(request, pieces)
  }

  private func append(_ spool: InputSpool, _ request: InputRequest) async throws {
    var detail = InputDetail(
      name: request.name, piece: 0, last: true, source: request.source, digest: spool.digest)
    if let known = try await journal.inputPieces(digest: spool.digest, named: request.name) {
      detail.copyOf = known
      try await journal.append([try EventDraft(.input, detail)], run: run)
      return
    }
    for (number, piece) in spool.pieces.enumerated() {
      detail.piece = number
      detail.last = number == spool.pieces.count - 1
      detail.size = piece.size
      detail.digest = detail.last ? spool.digest : nil
      var draft = try EventDraft(.input, detail)
      draft.body = try spool.body(of: piece)
      try await journal.append([draft], run: run)
    }
  }

  private func pieces(_ name: String) async throws -> [Int64]? {
    try await journal.inputPieces(name, of: run, after: rejectedBefore)
  }

  private func input(_ request: InputRequest, _ pieces: [Int64]) throws -> CapturedInput {
    CapturedInput(
      source: request.source, way: source.way(to: request), pieces: pieces, path: journal.path,
      secrets: InputSecrets(request))
  }
}

/// An external reply as the journal holds it.
public struct CapturedInput: Sendable {
  /// Where it came from, fit for messages.
  public let source: String
  /// What stood between, and may have answered in its place; nil for nothing.
  let way: String?
  let pieces: [Int64]
  let path: String
  /// What the request held; a server may repeat it in its reply.
  let secrets: InputSecrets

  /// Reads the reply as JSON, piece by piece: its size does not matter.
  ///
  /// The mark of a byte order that servers on Windows put before it is read past (RFC 8259, section 8.1); the journal has it.
  public func reader() throws -> JSONReader {
    let bodies = try InputBodies(path: path)
    var next = 0
    return JSONReader {
      guard next < pieces.count else { return nil }
      defer { next += 1 }
      let body = try bodies.body(of: pieces[next])
      return next == 0 && body.starts(with: ForeignForm.byteOrderMark) ? Array(body.dropFirst(3)) : body
    }
  }

  /// The error that says why the reply can't be used; a reason that repeats a secret of the request is not told.
  public func unusable(_ reason: String) -> InputError {
    let isTold = !secrets.areIn(reason)
    let told = isTold ? reason : "it repeats a secret of the request, so what it says is not shown"
    return InputError(source: source, reason: told + (way.map { " (it came \($0))" } ?? ""))
  }
}
