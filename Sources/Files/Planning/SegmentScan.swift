import DynamoJournalRunner
import DynamoJournalTables

/// Reads a table in segments side by side, page by page: a page of each is in memory at once, never more.
struct SegmentScan {
  private static let bytesPerSegment = 8 << 20
  private static let mostByDefault = 4

  let tables: TableReader
  let table: String
  /// Into how many segments the table is cut.
  let count: Int
  let filter: ScanFilter?

  /// As many segments as a table of that size is worth.
  static func count(for table: TableDescription) -> Int {
    min(mostByDefault, table.sizeBytes / bytesPerSegment + 1)
  }

  /// Works on every page, several at once, and hands the results on one by one until `take` has enough.
  func forEachPage<Result: Sendable>(
    _ work: @escaping @Sendable (ScanPage) throws -> Result, take: (Result) throws -> Bool
  ) async throws {
    try await withThrowingTaskGroup(of: (segment: Int, end: ScanPage, result: Result).self) { group in
      var watches = Array(repeating: ScanWatch(), count: count)
      for segment in 0..<count { add(segment, after: nil, work, to: &group) }
      while let done = try await group.next() {
        try watches[done.segment].check(done.end, of: table)
        if let last = done.end.lastKey { add(done.segment, after: last, work, to: &group) }
        guard try take(done.result) else {
          group.cancelAll()
          return
        }
      }
    }
  }

  private func add<Result: Sendable>(
    _ segment: Int, after: Key?, _ work: @escaping @Sendable (ScanPage) throws -> Result,
    to group: inout ThrowingTaskGroup<(segment: Int, end: ScanPage, result: Result), any Error>
  ) {
    let request = ScanRequest(
      table: table, segment: segment, totalSegments: count, after: after, filter: filter)
    group.addTask { [tables] in
      let page = try await tables.page(request)
      // The items are not kept.
      let end = ScanPage(items: [], lastKey: page.lastKey, scannedCount: page.scannedCount)
      return (segment, end, try work(page))
    }
  }
}
