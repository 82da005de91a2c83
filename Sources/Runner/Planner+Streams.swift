import DynamoJournalEvents
import DynamoJournalTables
import Foundation

/// What a plan needs whose items are looked at by somebody else, many at a time.
extension Planner {
  /// - Throws: when somebody has asked to stop.
  package func checkStop() throws { try stop.check() }

  /// Where a plan may put aside what memory does not hold: the folder of the journal, which is this user's.
  package var scratchFolder: String {
    URL(fileURLWithPath: recorder.journal.path).deletingLastPathComponent().path
  }

  /// What the plan counted under that name so far.
  package func counted(_ name: String) -> Int { recorder.counted(name) }

  /// Hands on every page of a table, from the item after the last checkpoint, until the limit is reached.
  ///
  /// - Parameters:
  ///   - body: takes the page; it tells `reached` of each item whose changes are planned, in the table's order.
  ///   - end: called after the last page, before the step is complete.
  package func forEachPage(
    of table: TableDescription, step: String, _ body: (PlanStep, [Item]) async throws -> Void,
    end: (PlanStep) async throws -> Void
  ) async throws {
    guard !recorder.isCompleted(step) else { return }
    let position = try recorder.position(in: step).map { Key(try DynamoDBJSON.item(from: Array($0.utf8))) }
    var hasMore = false
    try await tables.forEachPage(of: table.spec.name, after: position) { items in
      if isFull {
        hasMore = true
        return false
      }
      try await stop.pass()
      try await body(PlanStep(self), items)
      return true
    }
    try await end(PlanStep(self))
    if hasMore || isFull && recorder.counted("items") < table.itemCount {
      recorder.leave(
        UnreadPart(
          "items of table '\(table.spec.name)'", read: recorder.counted("items"), of: table.itemCount))
    }
    try await recorder.complete(step)
  }

  /// Says that all is planned up to that item, which a resumed run begins after.
  package func reached(_ step: String, _ key: Key) async throws {
    try await recorder.reached(step) { DynamoDBJSON.text(key.attributes) }
  }

  /// Hands on every change of an item that was planned before the run was interrupted.
  package func forEachPlanned(_ body: (Change) throws -> Void) async throws {
    var (position, left) = (recorder.run, recorder.resumedAt?.changes ?? 0)
    while left > 0 {
      let rows = try await recorder.journal.planned(
        of: recorder.run, after: position, limit: min(1_000, left))
      guard let last = rows.last else { return }
      for row in rows {
        if case .item(let change) = try row.change().intended { try body(change) }
      }
      left -= rows.count
      position = last.seq
    }
  }

  // MARK: Facts that are captured

  /// Keeps a piece of facts in the journal, at most 8 MB, before anything is planned from it.
  package func capture(_ bytes: [UInt8], as name: String, from source: String) async throws {
    var detail = InputDetail(name: name, piece: 0, last: true, source: source)
    detail.size = bytes.count
    var draft = try EventDraft(.input, detail)
    draft.body = Zlib.compressed(bytes)
    try await recorder.journal.append([draft], run: recorder.run)
  }

  /// Hands on every piece that was kept under that name, in the order in which they were.
  package func forEachCaptured(_ name: String, _ body: ([UInt8]) throws -> Void) async throws {
    let pieces = try await recorder.journal.inputPieces(
      allNamed: name, of: recorder.run, after: inputs.rejectedBefore)
    for piece in pieces { try body(try await recorder.journal.body(of: piece)) }
  }

  /// The facts of that name, from the journal; captured from `source` first if they are not there.
  package func input(_ request: InputRequest, from source: any InputSource) async throws -> CapturedInput {
    try await InputCapture(
      journal: inputs.journal, run: inputs.run, rejectedBefore: inputs.rejectedBefore, source: source
    ).capture(request)
  }
}

extension CapturedInput {
  /// The reply, piece by piece; nil after the last.
  package func chunks() throws -> () throws -> [UInt8]? {
    let bodies = try InputBodies(path: path)
    var next = 0
    return { [pieces] in
      guard next < pieces.count else { return nil }
      defer { next += 1 }
      return try bodies.body(of: pieces[next])
    }
  }
}
