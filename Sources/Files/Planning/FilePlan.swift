import DynamoJournalEvents
import DynamoJournalExpressions
import DynamoJournalProgram
import DynamoJournalRunner
import DynamoJournalTables

/// A plan of a file under way: the table is read in whatever order it comes, and planned in the order of its keys.
///
/// So the same items make the same plan, to the digest, whatever the segments and pages. What was read is read again when the
/// run is resumed; what was planned stays.
final class FilePlan {
  /// Items whose puts are looked up at once.
  private static let batch = 100
  private static let step = "items"

  private let planner: Planner
  private let items: ItemRules
  private let table: TableDescription
  private let segments: Int
  private let spool: OutcomeSpool
  private var counts = PageCounts()
  private var tally = OrderedCounts()
  /// How many items were read when the limit was reached; nil where it was not.
  private var read: Int?

  init(_ planner: Planner, _ items: ItemRules, _ table: TableDescription, segments: Int?) {
    self.planner = planner
    self.items = items
    self.table = table
    // What a limit takes are the first ones that are met, so that a trial reads little.
    self.segments = planner.unitLimit != nil ? 1 : segments ?? SegmentScan.count(for: table)
    spool = OutcomeSpool(folder: planner.scratchFolder)
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
    if rules.put == nil { return try await planChanges() }
    let claims = try claims()
    try await planner.forEachPlace(
      step: Self.step, batch: Self.batch,
      next: { try self.spool.next().map { ($0.place, try self.placed($0)) } },
      passed: { try claims.pass($0.outcome, of: $0.key) }
    ) { step, batch in
      var batch = batch
      try await claims.settle(&batch, planner.tables)
      // Beyond what the guard lets through, nothing more is worth planning.
      for element in batch where !step.isFull && !hasTooMany { try plan(element, step) }
      tally.report(to: step)
    }
    checkCount()
  }

  private func claims() throws -> PutClaims { PutClaims(try planner.lookupTable(), rules, items) }

  // MARK: Reading

  private func scan() async throws {
    var taken = 0
    let items = items
    let claims = rules.put == nil || planner.unitLimit == nil ? nil : try self.claims()
    let work: @Sendable (ScanPage) throws -> PageOutcome = { try PageOutcome($0, items) }
    let isOrdered = planner.unitLimit != nil
    do {
      try await scanner(filter).forEachPage(isOrdered: isOrdered, work) { try await take($0, &taken, claims) }
    } catch let error as StoreError where filter != nil && error.code == "ValidationException" {
      // A server that does not understand the filter is asked for everything.
      counts = PageCounts()
      taken = 0
      guard spool.count == 0 else { throw error }
      try await scanner(nil).forEachPage(isOrdered: isOrdered, work) { try await take($0, &taken, claims) }
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
  private func take(_ page: PageOutcome, _ taken: inout Int, _ claims: PutClaims?) async throws -> Bool {
    let limit = planner.unitLimit ?? Int.max
    counts.scanned += page.scanned
    let hasWork = try await work(page, claims)
    for (index, (row, hasWork)) in zip(page.rows, hasWork).enumerated() {
      counts.add(row.kind)
      guard let row = row.row else { continue }
      try spool.add(row)
      if hasWork { taken += 1 }
      if taken >= limit {
        // Of a page that the target has filtered nobody knows where in it the row stands.
        let behind = page.scanned == page.rows.count ? page.rows.count - index - 1 : 0
        read = counts.scanned - behind
        return false
      }
    }
    return true
  }

  /// Which rows will be planned: of what is put, only a look at the other table shows whether it is there already.
  private func work(_ page: PageOutcome, _ claims: PutClaims?) async throws -> [Bool] {
    guard let claims else { return page.rows.map { $0.kind == .changed || $0.kind == .deleted } }
    var work: [Bool] = []
    for start in stride(from: 0, to: page.rows.count, by: Self.batch) {
      let rows = page.rows[start..<min(start + Self.batch, page.rows.count)]
      let placed = try rows.map { row in try row.row.map(self.placed) }
      work += try await claims.work(of: placed, planner.tables)
    }
    return work
  }

  // MARK: Planning

  private func placed(_ row: OutcomeSpool.Row) throws -> PlacedOutcome {
    let key = Key(try DynamoDBJSON.item(from: row.place))
    return PlacedOutcome(
      key: key, outcome: try EncodedOutcome(row.body).outcome(table: table.spec.name, key: key))
  }

  /// Plans what changes items of the one table: as it was worked out, to the byte.
  private func planChanges() async throws {
    try await planner.forEachPlace(
      step: Self.step, batch: Self.batch,
      next: { try self.spool.next().map { ($0.place, ($0.place, EncodedOutcome($0.body))) } },
      passed: { _ in }
    ) { step, batch in
      for (place, outcome) in batch where !step.isFull && !hasTooMany { try plan(outcome, at: place, step) }
      tally.report(to: step)
    }
    checkCount()
  }

  private func plan(_ outcome: EncodedOutcome, at place: [UInt8], _ step: PlanStep) throws {
    if !outcome.notes.isEmpty { try note(outcome.notes, Key(try DynamoDBJSON.item(from: place)), step) }
    guard outcome.before != nil || outcome.after != nil else { return }
    tally.add("changed")
    for clause in outcome.clauses { tally.add("changed by '\(clause)'", if: .planned) }
    try step.plan([
      EncodedChange(table: table.spec.name, key: place, before: outcome.before, after: outcome.after)
    ])
  }

  private func note(_ notes: [ItemOutcome.Note], _ key: Key, _ step: PlanStep) throws {
    for note in notes {
      tally.add("noted")
      try step.note(note.category, note.code, table: table.spec.name, key: key, note.message)
    }
  }

  private func plan(_ element: PlacedOutcome, _ step: PlanStep) throws {
    let outcome = element.outcome
    try note(outcome.notes, element.key, step)
    let puts = outcome.puts.compactMap { item in
      rules.put?.into.key.key(of: item).map {
        Change(table: rules.put?.into.name ?? "", key: $0, before: nil, after: item)
      }
    }
    // What is put comes first: of a unit that takes several writes, the source is the last to go.
    let changes = puts + (outcome.change.map { [$0] } ?? [])
    guard !changes.isEmpty else {
      if element.isRight { tally.add("right already") }
      return
    }
    tally.add("changed")
    for clause in outcome.clauses { tally.add("changed by '\(clause)'", if: .planned) }
    if let into = rules.put?.into.name, !puts.isEmpty {
      tally.add("put into '\(into)'", puts.count, if: .created(in: into))
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
  let key: Key
  var outcome: ItemOutcome
  /// Whether it turned out that there is nothing to do.
  var isRight = false
}
