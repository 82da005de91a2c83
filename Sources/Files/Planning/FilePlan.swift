import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalExpressions
import DynamoJournalRunner
import DynamoJournalTables

/// A plan of a file under way: the table is read in whatever order it comes, and planned in the order of its keys.
///
/// So the same items make the same plan, to the digest, whatever the segments and pages. What was read is read again when the
/// run is resumed; what was planned stays.
final class FilePlan {
  /// Items whose puts are looked up at once.
  private static let batch = 100

  private let planner: Planner
  private let items: ItemRules
  private let table: TableDescription
  private let segments: Int
  private let spool: OutcomeSpool
  private var counts = PageCounts()
  /// How many items were read when the limit was reached; nil where it was not.
  private var read: Int?

  init(_ planner: Planner, _ items: ItemRules, _ table: TableDescription, segments: Int?) throws {
    self.planner = planner
    self.items = items
    self.table = table
    // What a limit takes are the first ones that are met, so that a trial reads little.
    self.segments = planner.unitLimit != nil ? 1 : segments ?? SegmentScan.count(for: table)
    spool = try OutcomeSpool()
  }

  private var rules: TableRules { items.rules }
  private var definition: MigrationDefinition { rules.definition }

  func make() async throws {
    try await planner.prepare("scan") { step in
      try await scan()
      counts.report(to: step)
      if let read, read < table.itemCount {
        step.leave("items of table '\(table.spec.name)'", read: read, of: table.itemCount)
      }
      checkShare()
    }
    let claims = rules.put == nil ? nil : PutClaims(spool, rules, items)
    try await planner.forEachPlace(
      step: "items", batch: Self.batch, next: next, passed: { try claims?.pass($0.outcome, of: $0.key) }
    ) { step, batch in
      var batch = batch
      try await claims?.settle(&batch, planner.tables)
      // Beyond what the guard lets through, nothing more is worth planning.
      for element in batch where !step.isFull && !hasTooMany { try plan(element, step) }
    }
    checkCount()
  }

  // MARK: Reading

  private func scan() async throws {
    // Of what is put only a look at the other table shows whether it is there already.
    let limit = rules.put == nil ? planner.unitLimit ?? Int.max : Int.max
    var taken = 0
    let items = items
    let work: @Sendable (ScanPage) throws -> PageOutcome = { try PageOutcome($0, items) }
    do {
      try await scanner(filter).forEachPage(work) { try take($0, &taken, limit) }
    } catch let error as StoreError where filter != nil && error.code == "ValidationException" {
      // A server that does not understand the filter is asked for everything.
      counts = PageCounts()
      taken = 0
      guard spool.count == 0 else { throw error }
      try await scanner(nil).forEachPage(work) { try take($0, &taken, limit) }
    }
  }

  private func scanner(_ filter: ScanFilter?) -> SegmentScan {
    SegmentScan(tables: planner.tables, table: table.spec.name, count: segments, filter: filter)
  }

  /// The condition, where the target can hold items against it and nothing else is looked for.
  private var filter: ScanFilter? {
    guard definition.findings.isEmpty, let form = rules.condition?.request(items.bindings) else { return nil }
    return ScanFilter(
      expression: form.expression, names: form.names.map { ($0.placeholder, $0.name) },
      values: form.values.map { ($0.placeholder, $0.value) })
  }

  /// Takes a page's outcomes; false when the limit is reached.
  private func take(_ page: PageOutcome, _ taken: inout Int, _ limit: Int) throws -> Bool {
    counts.scanned += page.scanned
    for (index, row) in page.rows.enumerated() {
      counts.add(row.kind)
      guard let body = row.body else { continue }
      try spool.add(row.place, body)
      if row.kind == .changed || row.kind == .deleted { taken += 1 }
      if taken >= limit {
        // Of a page that the target has filtered nobody knows where in it the row stands.
        let behind = page.scanned == page.rows.count ? page.rows.count - index - 1 : 0
        read = counts.scanned - behind
        return false
      }
    }
    return true
  }

  // MARK: Planning

  private func next() throws -> (place: String, element: PlacedOutcome)? {
    guard let row = try spool.next() else { return nil }
    let key = Key(try DynamoDBJSON.item(from: Array(row.place.utf8)))
    return (
      row.place,
      PlacedOutcome(
        place: row.place, key: key, outcome: try ItemOutcome(row.body, table: table.spec.name, key: key))
    )
  }

  private func plan(_ element: PlacedOutcome, _ step: PlanStep) throws {
    let outcome = element.outcome
    for note in outcome.notes {
      step.count("noted")
      try step.note(note.category, note.code, table: table.spec.name, key: element.key, note.message)
    }
    let puts = outcome.puts.compactMap { item in
      rules.put?.into.key.key(of: item).map {
        Change(table: rules.put?.into.name ?? "", key: $0, before: nil, after: item)
      }
    }
    // What is put comes first: of a unit that takes several writes, the source is the last to go.
    let changes = puts + (outcome.change.map { [$0] } ?? [])
    guard !changes.isEmpty else {
      if element.isRight { step.count("right already") }
      return
    }
    step.count("changed")
    for clause in outcome.clauses { step.count("changed by '\(clause)'", if: .planned) }
    if let into = rules.put?.into.name, !puts.isEmpty {
      step.count("put into '\(into)'", puts.count, if: .created(in: into))
    }
    step.plan(changes)
  }

  // MARK: What stops a plan

  private func checkShare() {
    guard let share = definition.limits.deleteShare, let wanted = Double(share.text), counts.deleted > 0
    else { return }
    // A limit ends the reading early; then the table's own count is the better one.
    let all = planner.unitLimit == nil ? counts.scanned : max(counts.scanned, table.itemCount)
    guard Double(counts.deleted) > wanted * Double(all) else { return }
    planner.refuse(
      "the plan would delete \(counts.deleted) of the \(Plural.count(all, "item")) of table '\(table.spec.name)', and 'maxDeleteShare' allows a share of \(share.text): correct 'where', or raise the guard if this many are meant"
    )
  }

  private var hasTooMany: Bool {
    guard let most = definition.limits.changes else { return false }
    return planner.tally.reduce(0) { $0 + $1.creates + $1.updates + $1.deletes } > most
  }

  private func checkCount() {
    guard let most = definition.limits.changes, hasTooMany else { return }
    planner.refuse(
      "the plan would have more than \(Plural.count(most, "change")), which is what 'maxChanges' allows: correct 'where', or raise the guard if this many are meant"
    )
  }
}

/// An outcome with its item.
struct PlacedOutcome {
  let place: String
  let key: Key
  var outcome: ItemOutcome
  /// Whether it turned out that there is nothing to do.
  var isRight = false
}

/// How many items were what, as far as the reading shows.
struct PageCounts {
  enum Kind: Sendable {
    case unmatched, right, changed, deleted, left
  }

  var scanned = 0
  var deleted = 0
  private var matched = 0
  private var right = 0
  private var left = 0

  mutating func add(_ kind: Kind) {
    if kind != .unmatched { matched += 1 }
    switch kind {
    case .unmatched, .changed: break
    case .right: right += 1
    case .deleted: deleted += 1
    case .left: left += 1
    }
  }

  /// The counters of a report, those that are zero included.
  func report(to step: PlanStep) {
    step.count("items", scanned)
    step.count("matched", matched)
    step.count("changed", 0, if: .unit)
    step.count("right already", right)
    step.count("left as they are", left)
    step.count("noted", 0)
  }
}

/// A page, worked out.
struct PageOutcome: Sendable {
  struct Row: Sendable {
    let place: String
    let kind: PageCounts.Kind
    /// What is to be planned or said; nil for nothing.
    let body: [UInt8]?
  }

  let scanned: Int
  let rows: [Row]

  init(_ page: ScanPage, _ items: ItemRules) throws {
    scanned = page.scannedCount
    rows = try page.items.map { item in
      let (kind, outcome): (PageCounts.Kind, ItemOutcome) =
        switch try items.result(for: item) {
        case .unmatched(let outcome): (.unmatched, outcome)
        case .right(let outcome): (.right, outcome)
        case .left(let outcome): (.left, outcome)
        case .changed(let outcome):
          (outcome.change?.after == nil && outcome.change != nil ? .deleted : .changed, outcome)
        }
      guard !outcome.isEmpty else { return Row(place: "", kind: kind, body: nil) }
      let key = items.rules.source.key.key(of: item)?.attributes ?? AttributeMap()
      return Row(place: DynamoDBJSON.text(key), kind: kind, body: outcome.bytes)
    }
  }
}
