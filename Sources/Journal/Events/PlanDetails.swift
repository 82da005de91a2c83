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

  /// The detail of a `checkpoint` event.
  package init(
    step: String, position: String?, completed: [String], counters: [Counter], changes: Int, units: Int,
    tally: [PlanTally]
  ) {
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
  /// How many.
  package var value: Int

  /// A counter.
  package init(name: String, value: Int) {
    self.name = name
    self.value = value
  }
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

  /// The detail of a `sealed` event.
  package init(
    changes: Int, units: Int, tally: [PlanTally], counters: [Counter], digest: String, refusal: String?,
    cost: TargetCost? = nil, blocks: [PlanBlock]? = nil, stages: [PlanStage]? = nil
  ) {
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
