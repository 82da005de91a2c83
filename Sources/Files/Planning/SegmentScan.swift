import DynamoJournalRunner
import DynamoJournalTables

/// Reads a table in segments side by side, page by page: a few pages are in memory at once, never more.
struct SegmentScan {
  private static let bytesPerSegment = 8 << 20
  private static let mostByDefault = 4
  /// Pages that are worked on at once, beside those that are being read.
  private static let mostAtWork = 2

  let tables: TableReader
  let table: String
  /// Into how many segments the table is cut.
  let count: Int
  let filter: ScanFilter?

  /// As many segments as a table of that size is worth.
  static func count(for table: TableDescription) -> Int {
    min(mostByDefault, table.sizeBytes / bytesPerSegment + 1)
  }

  private enum Done<Result: Sendable> {
    case page(segment: Int, ScanPage)
    case worked(Result)
  }

  /// Works on every page, several at once, and hands the results on one by one until `take` has enough.
  ///
  /// - Parameter isOrdered: whether the results come in the order of a segment's pages; then the next page is read when one is done.
  func forEachPage<Result: Sendable>(
    isOrdered: Bool, _ work: @escaping @Sendable (ScanPage) throws -> Result,
    take: (Result) async throws -> Bool
  ) async throws {
    let most = isOrdered ? 1 : Self.mostAtWork
    try await withThrowingTaskGroup(of: Done<Result>.self) { group in
      var watches = Array(repeating: ScanWatch(), count: count)
      var (atWork, due): (Int, [(segment: Int, after: Key)]) = (0, [])
      for segment in 0..<count { read(segment, after: nil, in: &group) }
      while let done = try await group.next() {
        switch done {
        case .page(let segment, let page):
          try watches[segment].check(page, of: table)
          atWork += 1
          group.addTask { .worked(try work(page)) }
          if let last = page.lastKey { due.append((segment, last)) }
        case .worked(let result):
          atWork -= 1
          guard try await take(result) else {
            group.cancelAll()
            return
          }
        }
        while atWork < most, !due.isEmpty {
          let next = due.removeFirst()
          read(next.segment, after: next.after, in: &group)
        }
      }
    }
  }

  private func read<Result: Sendable>(
    _ segment: Int, after: Key?, in group: inout ThrowingTaskGroup<Done<Result>, any Error>
  ) {
    let request = ScanRequest(
      table: table, segment: segment, totalSegments: count, after: after, filter: filter)
    group.addTask { [tables] in .page(segment: segment, try await tables.page(request)) }
  }
}
