/// `checkpoint`: from where the planner goes on, and what it had counted by then.
package struct CheckpointDetail: Codable, Hashable, Sendable {
  /// The step of the plan that the position belongs to.
  package var step: String
  /// The position within the step, in the step's own terms; nil when the step is done.
  package var position: String?
  /// The steps that are done.
  package var completed: [String]
  /// What the migration counts, in the order of first use.
  package var counters: [Counter]
  /// Changes planned so far.
  package var changes: Int
  /// Units planned so far.
  package var units: Int
  /// Changes by table and kind so far.
  package var tally: [PlanTally]
  /// How much of the step was read so far; nil where nobody counts.
  package var read: Int?
  /// What was left unread, as in `SealedDetail`.
  package var unread: [UnreadPart]?

  /// The detail of a `checkpoint` event.
  package init(
    step: String, position: String?, completed: [String], counters: [Counter], changes: Int, units: Int,
    tally: [PlanTally], read: Int? = nil, unread: [UnreadPart]? = nil
  ) {
    self.read = read
    self.unread = unread
    self.step = step
    self.position = position
    self.completed = completed
    self.counters = counters
    self.changes = changes
    self.units = units
    self.tally = tally
  }
}

/// Something that a migration counts for its report.
package struct Counter: Codable, Hashable, Sendable {
  /// What is counted, in words: `validators fetched`.
  package var name: String
  /// How many, by the plan.
  package var value: Int
  /// What the changes have to come to for that number to be true; nil for what the plan alone knows.
  package var deed: CountedDeed?

  /// A counter.
  package init(name: String, value: Int, deed: CountedDeed? = nil) {
    self.name = name
    self.value = value
    self.deed = deed
  }
}

/// What a counter promises of the changes of a plan: a report after they were sent takes off what did not come to pass.
public struct CountedDeed: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, Sendable {
    case created, updated, deleted, tableChanged, unit, failed, planned
  }

  package var kind: Kind
  package var table: String?

  package init(_ kind: Kind, table: String? = nil) {
    self.kind = kind
    self.table = table
  }

  /// An item was created in that table, one a count.
  public static func created(in table: String) -> CountedDeed { CountedDeed(.created, table: table) }
  /// An item of that table was updated, one a count.
  public static func updated(in table: String) -> CountedDeed { CountedDeed(.updated, table: table) }
  /// An item of any table was updated, one a count.
  public static let updated = CountedDeed(.updated)
  /// An item was deleted from that table, one a count.
  public static func deleted(from table: String) -> CountedDeed { CountedDeed(.deleted, table: table) }
  /// That table itself was changed: created, or an index added to it, one a count.
  public static func changed(table: String) -> CountedDeed { CountedDeed(.tableChanged, table: table) }
  /// A unit was written whole, one a count.
  public static let unit = CountedDeed(.unit)
  /// Changes that failed are added to what the plan counted: for a counter of errors.
  public static let failures = CountedDeed(.failed)
  /// Nothing tells what became of it: once changes were sent and did not all come to pass, the report says that it is the plan's.
  public static let planned = CountedDeed(.planned)
}

/// How many changes a plan makes to one table.
public struct PlanTally: Codable, Hashable, Sendable {
  /// The table's name.
  public var table: String
  /// Items created.
  public var creates: Int
  /// Items updated.
  public var updates: Int
  /// Items deleted.
  public var deletes: Int
  /// Changes of the table itself.
  public var tableChanges: Int
  /// Changes by attribute, sorted by name, those without one last; nil where none was counted.
  package var attributes: [AttributeTally]?
  /// Sizes of what is written; nil where nobody weighed it.
  package var weight: TableWeight?

  /// A tally.
  public init(table: String, creates: Int = 0, updates: Int = 0, deletes: Int = 0, tableChanges: Int = 0) {
    self.table = table
    self.creates = creates
    self.updates = updates
    self.deletes = deletes
    self.tableChanges = tableChanges
  }
}

/// Where a stage of a plan begins.
package struct PlanStage: Codable, Hashable, Sendable {
  /// The stage.
  package var stage: Int
  /// Its first change.
  package var firstChange: Int

  /// A stage.
  package init(stage: Int, firstChange: Int) {
    self.stage = stage
    self.firstChange = firstChange
  }
}

/// Something that a plan with a limit has read a part of only.
package struct UnreadPart: Codable, Hashable, Sendable {
  /// What it is, in words: `items of table 'operators'`.
  package var name: String
  /// How many were read; nil where that is not known.
  package var read: Int?
  /// How many there are, as far as the target knows; nil where nobody does.
  package var total: Int?

  /// A part.
  package init(_ name: String, read: Int? = nil, of total: Int? = nil) {
    self.name = name
    self.read = read
    self.total = total
  }
}

/// `sealed`: the whole plan in figures.
package struct SealedDetail: Codable, Hashable, Sendable {
  /// All changes.
  package var changes: Int
  /// All units.
  package var units: Int
  /// Changes by table and kind.
  package var tally: [PlanTally]
  /// What the migration counted.
  package var counters: [Counter]
  /// `sha256:` and the digest over the digests of the blocks.
  package var digest: String
  /// The blocks, in order; nil in a plan that a program of format 1 sealed.
  package var blocks: [PlanBlock]?
  /// The stages, in order; nil in a plan that a program of format 1 sealed.
  package var stages: [PlanStage]?
  /// Why the plan may not be applied as it is, or nil: a guard's sentence.
  package var refusal: String?
  /// What planning has cost at the target; nil where it costs nothing.
  package var cost: TargetCost?
  /// What nobody looked at, as a limit ended the plan before; nil where all was read.
  package var unread: [UnreadPart]?

  /// The detail of a `sealed` event.
  package init(
    changes: Int, units: Int, tally: [PlanTally], counters: [Counter], digest: String, refusal: String?,
    cost: TargetCost? = nil, blocks: [PlanBlock]? = nil, stages: [PlanStage]? = nil,
    unread: [UnreadPart]? = nil
  ) {
    self.unread = unread
    self.changes = changes
    self.units = units
    self.tally = tally
    self.counters = counters
    self.digest = digest
    self.refusal = refusal
    self.cost = cost
    self.blocks = blocks
    self.stages = stages
  }
}
