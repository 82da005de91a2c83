import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables

/// A page, worked out.
struct PageOutcome: Sendable {
  struct Row: Sendable {
    let kind: PageCounts.Kind
    /// What is to be planned or said, under the item's key; nil for nothing.
    let row: OutcomeSpool.Row?
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
      guard !outcome.isEmpty else { return Row(kind: kind, row: nil) }
      let key = items.rules.source.key.key(of: item)?.attributes ?? AttributeMap()
      return Row(
        kind: kind, row: OutcomeSpool.Row(place: DynamoDBJSON.bytes(key), body: EncodedOutcome.bytes(outcome))
      )
    }
  }
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

/// Counts that are handed on together, in the order in which each was counted first.
struct OrderedCounts {
  private var counts: [(name: String, amount: Int, deed: CountedDeed?)] = []

  mutating func add(_ name: String, _ amount: Int = 1, if deed: CountedDeed? = nil) {
    if let index = counts.firstIndex(where: { $0.name == name }) {
      counts[index].amount += amount
    } else {
      counts.append((name, amount, deed))
    }
  }

  /// Hands them on, and begins anew.
  mutating func report(to step: PlanStep) {
    for (name, amount, deed) in counts { step.count(name, amount, if: deed) }
    counts = []
  }
}
