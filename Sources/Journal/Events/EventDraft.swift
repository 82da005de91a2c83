import DynamoJournalJSON
import DynamoJournalTables

/// An event to append: what it says, without what the journal adds (sequence, time, actor, hash).
package struct EventDraft: Sendable {
  /// What the event says.
  package let kind: EventKind
  /// The change's number in its run, from 1.
  package var change: Int?
  /// The unit's number in its run, from 1.
  package var unit: Int?
  /// The stage of the plan, from 0.
  package var stage: Int?
  /// For an outcome: the sequence number of the planned event.
  package var planned: Int64?
  /// The table's name.
  package var table: String?
  /// The key as canonical DynamoDB JSON.
  package var key: [UInt8]?
  /// The image before, as canonical JSON.
  package var before: [UInt8]?
  /// The image after, as canonical JSON.
  package var after: [UInt8]?
  /// What this kind of event keeps, as JSON.
  package var detail: [UInt8]?
  /// A piece of an input.
  package var body: [UInt8]?

  /// An event without anything but its kind.
  package init(_ kind: EventKind) { self.kind = kind }

  /// An event of a run with its detail.
  package init(_ kind: EventKind, _ detail: some Encodable) throws {
    self.init(kind)
    self.detail = try DetailCoding.encode(detail)
  }

  /// A planned change.
  package static func planned(_ intended: IntendedChange, change: Int, unit: Int, stage: Int) -> EventDraft {
    var draft = EventDraft(.planned)
    draft.change = change
    draft.unit = unit
    draft.stage = stage
    draft.table = intended.table
    switch intended {
    case .item(let change):
      draft.key = DynamoDBJSON.bytes(change.key.attributes)
      draft.before = change.before.map(DynamoDBJSON.bytes)
      draft.after = change.after.map(DynamoDBJSON.bytes)
    case .table(let change):
      draft.before = change.before.map { $0.json.bytes(sorted: true) }
      draft.after = change.after.map { $0.json.bytes(sorted: true) }
    }
    return draft
  }

  /// What a forced rollback is about to write over the item of a planned change.
  ///
  /// - Parameter forced: the write: its `before` is what goes.
  package static func overwriting(_ forced: Change, planned: PlannedChange) -> EventDraft {
    var draft = EventDraft(.overwriting)
    draft.change = planned.ordinal
    draft.planned = planned.seq
    draft.before = forced.before.map(DynamoDBJSON.bytes)
    draft.after = forced.after.map(DynamoDBJSON.bytes)
    return draft
  }

  /// What became of a planned change.
  package static func outcome(
    _ kind: EventKind, of change: PlannedChange, _ detail: OutcomeDetail? = nil
  ) throws -> EventDraft {
    var draft = EventDraft(kind)
    draft.change = change.ordinal
    draft.planned = change.seq
    draft.detail = try detail.map(DetailCoding.encode)
    return draft
  }
}

/// A change of an item or of a table.
package enum IntendedChange: Hashable, Sendable {
  /// A change of one item.
  case item(Change)
  /// A change of a table's description.
  case table(TableChange)

  /// The table's name.
  package var table: String {
    switch self {
    case .item(let change): change.table
    case .table(let change): change.table
    }
  }
}

/// A change as it was planned, with its place in the journal.
package struct PlannedChange: Hashable, Sendable {
  /// Sequence number of the planned event.
  package let seq: Int64
  /// The change's number in its run, from 1, without a gap.
  package let ordinal: Int
  /// The unit's number in its run.
  package let unit: Int
  /// The stage of the plan.
  package let stage: Int
  /// The change itself.
  package let intended: IntendedChange
}
