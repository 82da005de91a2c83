import Foundation
import DynamoJournalSQLite

/// Verifies a long chain beside a run's work, so that the run begins at once: a flaw stops it before its next write, and in
/// any case before its end.
///
/// It has a connection of its own, for reading only, and looks at the events that stood in the journal when the run began;
/// those that come after are chained by this process itself.
package final class ChainWatch: Sendable {
  /// Up to so many events are verified before a run begins: that takes a part of a second.
  package static let fewEvents: Int64 = 50_000
  /// So many events are read in one go.
  private static let pageSize: Int64 = 2_000

  private let flaw = FlawBox()
  private let task: Task<Void, any Error>

  /// Begins to verify the journal at that path up to its end as of now.
  package init(_ journal: Journal) async {
    let (path, format, head) = (journal.path, journal.fileFormat, await journal.head)
    task = Task.detached(priority: .utility) { [flaw] in
      do {
        try await ChainWatch.verify(path, format, upTo: head)
      } catch {
        if !(error is CancellationError) { flaw.set(error) }
        throw error
      }
    }
  }

  deinit { task.cancel() }

  /// Throws the flaw, where one has been found so far.
  package func check() throws { if let found = flaw.value { throw found } }

  /// Waits for the end, and throws the flaw, if there is one.
  package func finish() async throws { try await task.value }

  private static func verify(_ path: String, _ format: Int64, upTo head: Journal.Head) async throws {
    do {
      let walk = ChainWalk(try Connection(path: path, mode: .readOnly), format: format)
      try walk.checkPages()
      var check = try walk.begin()
      while check.head.seq < head.seq {
        try Task.checkCancellation()
        let before = check.head.seq
        try walk.walk(after: before, limit: min(pageSize, head.seq - before)) { try check.check($0) }
        if check.head.seq == before {
          throw JournalError.damaged(event: before + 1, reason: "it is missing")
        }
        await Task.yield()
      }
      guard check.head == head else {
        throw JournalError.damaged(event: head.seq, reason: "it is not what it was when the run began")
      }
      try check.finish(indexed: walk.indexed(upTo: head.seq))
    } catch let error as SQLiteError {
      throw JournalError(error)
    }
  }
}

/// The first flaw, set by one task and read by others.
private final class FlawBox: @unchecked Sendable {
  // The lock guards the only field.
  private let lock = NSLock()
  private var found: (any Error)?

  func set(_ error: any Error) { lock.withLock { found = found ?? error } }
  var value: (any Error)? { lock.withLock { found } }
}
