import DynamoJournalSQLite

/// Which change events an audit is to show; nil lets everything through.
package struct AuditFilter: Hashable, Sendable {
  /// The run's number.
  package var run: Int64?
  /// The migration's name.
  package var migration: String?
  /// The table's name.
  package var table: String?
  /// The item's key, as canonical DynamoDB JSON.
  package var key: [UInt8]?
  /// Who: a user, `user@host`, or the ARN of an AWS caller.
  package var actor: String?
  /// Not before this time, in microseconds since 1970, UTC.
  package var since: Int64?
  /// Not after this time, in microseconds since 1970, UTC.
  package var until: Int64?
  /// What the event says.
  package var event: EventKind?
  /// The name of an attribute that is in an image of the change.
  package var attribute: String?

  /// Lets every change event through.
  package init() {}
}

/// A change event with the images of the change that it is about.
package struct AuditEntry: Sendable {
  /// The event; its table and key are those of the planned change, and the key is nil for a change of a table.
  package let event: StoredEvent
  /// What its run was asked for.
  package let started: StartedDetail
  /// The image before, as canonical JSON.
  package let before: [UInt8]?
  /// The image after, as canonical JSON.
  package let after: [UInt8]?
}

extension Journal {
  /// The change events that a filter lets through, as the journal stands now.
  ///
  /// The journal has no index of items, as one would slow down every append: a million events are walked in a second or two
  /// (docs/performance.md). For one item of a long journal an index is made beside it. The journal is free for others between
  /// two pages.
  ///
  /// - Parameters:
  ///   - fewEvents: a journal of no more events is read through.
  ///   - indexing: told how far the index is while it is made.
  package func audit(
    _ filter: AuditFilter, fewEvents: Int64 = ItemIndex.fewEvents,
    indexing: @Sendable (_ events: Int64, _ of: Int64) -> Void = { _, _ in }
  ) throws -> AuditPages {
    let places = head.seq > fewEvents ? try places(of: filter, indexing) : nil
    return try translated {
      let events = try storedEvents(Queries.startedEvents) { _ in }
      let started = try events.map { ($0.seq, try $0.decode(StartedDetail.self)) }
      let end = try connection.statement(Queries.lastSequence).first { $0.integer(0) } ?? 0
      return AuditPages(
        journal: self, filter: filter, runs: Dictionary(uniqueKeysWithValues: started),
        actors: try actorList(filter), end: end, places: places)
    }
  }

  /// The only places where what the filter wants can stand, by the index of items; nil where all have to be read.
  private func places(
    of filter: AuditFilter, _ indexing: @Sendable (Int64, Int64) -> Void
  ) throws -> [Int64]? {
    guard let table = filter.table, let key = filter.key else { return nil }
    do {
      let index = try ItemIndex(of: connection, at: path, head: head, progress: indexing)
      return try index.places(table: table, key: key)
    } catch let error as SQLiteError {
      if error.path == path { throw JournalError(error) }
      // It can't be made here, or is damaged: then everything is read, and the answer is the same.
      if error.kind == .corrupt || error.kind == .notADatabase { try? ItemIndex.remove(ofJournalAt: path) }
      return nil
    } catch JournalError.notWritable, JournalError.untrusted {
      return nil
    }
  }

  /// Whether anybody of that name has written: a user, `user@host`, or an ARN.
  package func hasActor(_ name: String) throws -> Bool {
    var filter = AuditFilter()
    filter.actor = name
    return try translated { try actorList(filter) } != AuditPages.list([])
  }

  /// The numbers of the actors that are meant, as a JSON array; nil for all.
  private func actorList(_ filter: AuditFilter) throws -> String? {
    guard let wanted = filter.actor?.utf8 else { return nil }
    let matches = try ActorRows.read(connection, format: fileFormat).mapValues(\.identity).filter {
      _, actor in
      [actor.user, actor.name, actor.arn].contains { $0.map { $0.utf8.elementsEqual(wanted) } ?? false }
    }
    return AuditPages.list(matches.keys.sorted())
  }

  /// The entries of the stretch after `position`, as far as one page holds them, and where the next page begins.
  fileprivate func auditPage(_ pages: AuditPages) throws -> (entries: [AuditEntry], position: Int64) {
    let stretchEnd = min(pages.position + pages.stretchLength, pages.end)
    let entries = try translated {
      let filter = pages.filter
      return try connection.statement(Queries.audit)
        .bind(1, pages.position).bind(2, stretchEnd).bind(3, pages.runList).bind(4, pages.actors)
        .bind(5, filter.event?.rawValue).bind(6, filter.since).bind(7, filter.until).bind(8, filter.table)
        .bindText(9, utf8: filter.key).bind(10, filter.attribute).bind(11, Int64(AuditPages.pageSize))
        .all { try auditEntry($0, pages.runs) }
    }
    let isFull = entries.count == AuditPages.pageSize
    return (entries, isFull ? entries.last?.event.seq ?? stretchEnd : stretchEnd)
  }

  private func auditEntry(_ row: Statement, _ runs: [Int64: StartedDetail]) throws -> AuditEntry {
    let event = try storedEvent(row)
    guard let started = runs[event.run] else { throw event.damaged("its run never started") }
    return AuditEntry(event: event, started: started, before: row.bytes(10), after: row.bytes(11))
  }
}

/// The pages of an audit, in the order of the journal; none of them is empty.
package struct AuditPages: AsyncSequence, AsyncIteratorProtocol, Sendable {
  /// A page.
  package typealias Element = [AuditEntry]

  fileprivate static let pageSize = 500
  /// How many events are walked for one page, so that a filter that lets little through holds nobody up.
  fileprivate static let stretch: Int64 = 20_000

  private let journal: Journal
  fileprivate let filter: AuditFilter
  /// What each run was asked for.
  fileprivate let runs: [Int64: StartedDetail]
  /// The runs that are meant, as a JSON array of numbers; nil for all.
  fileprivate let runList: String?
  /// The actors that are meant, as a JSON array of numbers; nil for all.
  fileprivate let actors: String?
  fileprivate let end: Int64
  fileprivate var position: Int64 = 0
  /// The only places to look at, the next one first; nil for all.
  private var places: ArraySlice<Int64>?
  fileprivate var stretchLength: Int64 { places == nil ? Self.stretch : 1 }

  fileprivate init(
    journal: Journal, filter: AuditFilter, runs: [Int64: StartedDetail], actors: String?, end: Int64,
    places: [Int64]?
  ) {
    self.places = places?[...]
    self.journal = journal
    self.filter = filter
    self.runs = runs
    self.actors = actors
    self.end = end
    guard filter.run != nil || filter.migration != nil else {
      runList = nil
      // Events that were archived are not walked through.
      position = Swift.max(0, (runs.keys.min() ?? 1) - 1)
      return
    }
    let chosen = runs.filter { number, started in
      (filter.run.map { $0 == number } ?? true) && (filter.migration.map { $0 == started.migration } ?? true)
    }
    runList = AuditPages.list(chosen.keys.sorted())
    // No event of a run stands before its first.
    position = chosen.keys.min() ?? end
  }

  fileprivate static func list(_ numbers: [Int64]) -> String {
    "[" + numbers.map(String.init).joined(separator: ",") + "]"
  }

  /// The next page, or nil at the end.
  package mutating func next() async throws -> [AuditEntry]? {
    while skipsToNextPlace(), position < end {
      try Task.checkCancellation()
      let page = try await journal.auditPage(self)
      position = page.position
      if !page.entries.isEmpty { return page.entries }
    }
    return nil
  }

  /// Goes on to the next place of the index; false after the last.
  private mutating func skipsToNextPlace() -> Bool {
    guard places != nil else { return true }
    guard let next = places?.popFirst() else { return false }
    position = next - 1
    return true
  }

  /// The pages from here on.
  package func makeAsyncIterator() -> AuditPages { self }
}
