import Foundation
import Tables

/// `started`: what was asked for, by what program, against what target.
public struct StartedDetail: Codable, Hashable, Sendable {
  /// The run's id, such as `06-20261123-051402-k3f9`.
  public var run: String
  /// The migration's name.
  public var migration: String
  /// The migration's version, raised when what it plans changes.
  public var version: Int
  /// The target, as the command line names it.
  public var target: String
  /// The settings that the migration was planned with, secrets left out.
  public var options: [String: String]
  /// Whether the run stops once it is planned.
  public var dryRun: Bool
  /// Why, in the words of whoever started it.
  public var reason: String?
  /// The program's version.
  public var tool: String

  /// The detail of a `started` event.
  public init(
    run: String, migration: String, version: Int, target: String, options: [String: String], dryRun: Bool,
    reason: String?, tool: String
  ) {
    self.run = run
    self.migration = migration
    self.version = version
    self.target = target
    self.options = options
    self.dryRun = dryRun
    self.reason = reason
    self.tool = tool
  }
}

/// `input`: which piece of which reply the event's body is.
public struct InputDetail: Codable, Hashable, Sendable {
  /// The migration's name for the input.
  public var name: String
  /// The piece's number, from 0.
  public var piece: Int
  /// Whether the input is whole with this piece.
  public var last: Bool
  /// Where it came from: the URL without query.
  public var source: String

  /// The detail of an `input` event.
  public init(name: String, piece: Int, last: Bool, source: String) {
    self.name = name
    self.piece = piece
    self.last = last
    self.source = source
  }
}

/// `note`: a finding.
public struct NoteDetail: Codable, Hashable, Sendable {
  /// The classes of findings, as reports group them.
  public enum Category: String, Codable, Sendable, CaseIterable {
    /// Something was left as it is, for a reason that is no error.
    case skipped
    /// Two facts contradict each other; neither side was touched.
    case conflict
    /// The data is not what it should be.
    case data
    /// Something to know that stops nothing.
    case warning
  }

  /// The class.
  public var category: Category
  /// The finding's name, such as `operatorWithoutValidator`.
  public var code: String
  /// One sentence, without item values other than the key.
  public var message: String

  /// The detail of a `note` event.
  public init(category: Category, code: String, message: String) {
    self.category = category
    self.code = code
    self.message = message
  }
}

/// `checkpoint`: from where the planner goes on, and what it had counted by then.
public struct CheckpointDetail: Codable, Hashable, Sendable {
  /// The step of the plan that the position belongs to.
  public var step: String
  /// The position within the step, in the step's own terms; nil when the step is done.
  public var position: String?
  /// The steps that are done.
  public var completed: [String]
  /// What the migration counts, in the order of first use.
  public var counters: [Counter]
  /// Changes planned so far.
  public var changes: Int
  /// Units planned so far.
  public var units: Int
  /// Changes by table and kind so far.
  public var tally: [PlanTally]
  /// The plan's digest so far, in hexadecimal.
  public var digest: String

  /// The detail of a `checkpoint` event.
  public init(
    step: String, position: String?, completed: [String], counters: [Counter], changes: Int, units: Int,
    tally: [PlanTally], digest: String
  ) {
    self.step = step
    self.position = position
    self.completed = completed
    self.counters = counters
    self.changes = changes
    self.units = units
    self.tally = tally
    self.digest = digest
  }
}

/// Something that a migration counts for its report.
public struct Counter: Codable, Hashable, Sendable {
  /// What is counted, in words: `validators fetched`.
  public var name: String
  /// How many.
  public var value: Int

  /// A counter.
  public init(name: String, value: Int) {
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

  /// A tally.
  public init(table: String, creates: Int = 0, updates: Int = 0, deletes: Int = 0, tableChanges: Int = 0) {
    self.table = table
    self.creates = creates
    self.updates = updates
    self.deletes = deletes
    self.tableChanges = tableChanges
  }
}

/// `sealed`: the whole plan in figures.
public struct SealedDetail: Codable, Hashable, Sendable {
  /// All changes.
  public var changes: Int
  /// All units.
  public var units: Int
  /// Changes by table and kind.
  public var tally: [PlanTally]
  /// What the migration counted.
  public var counters: [Counter]
  /// `sha256:` and the digest of all planned changes in order.
  public var digest: String
  /// Why the plan may not be applied as it is, or nil: a guard's sentence.
  public var refusal: String?

  /// The detail of a `sealed` event.
  public init(
    changes: Int, units: Int, tally: [PlanTally], counters: [Counter], digest: String, refusal: String?
  ) {
    self.changes = changes
    self.units = units
    self.tally = tally
    self.counters = counters
    self.digest = digest
    self.refusal = refusal
  }
}

/// `backedUp`: a backup that was made before the first change.
public struct BackedUpDetail: Codable, Hashable, Sendable {
  /// The table's name.
  public var table: String
  /// The backup's name.
  public var name: String
  /// The backup's ARN.
  public var arn: String
  /// Its size in bytes.
  public var sizeBytes: Int
  /// Table settings that a restore loses, by name.
  public var lostOnRestore: [String: String]

  /// The detail of a `backedUp` event.
  public init(table: String, name: String, arn: String, sizeBytes: Int, lostOnRestore: [String: String]) {
    self.table = table
    self.name = name
    self.arn = arn
    self.sizeBytes = sizeBytes
    self.lostOnRestore = lostOnRestore
  }
}

/// `interrupted`: why, and whether everything that was under way was journaled.
public struct InterruptedDetail: Codable, Hashable, Sendable {
  /// Why the run stopped.
  public enum Cause: String, Codable, Sendable {
    /// Ctrl-C or SIGTERM.
    case signal
    /// The target was lost.
    case target
    /// The process had died; found by the command that came after it.
    case died
    /// An input could not be had or was not what it must be.
    case input
    /// A table or a setting was not what the migration needs.
    case configuration
  }

  /// Why.
  public var cause: Cause
  /// Whether every write that was sent has its outcome journaled.
  public var drained: Bool
  /// One sentence.
  public var message: String

  /// The detail of an `interrupted` event.
  public init(cause: Cause, drained: Bool, message: String) {
    self.cause = cause
    self.drained = drained
    self.message = message
  }
}

/// `resumed`: how the run goes on.
public struct ResumedDetail: Codable, Hashable, Sendable {
  /// Whether failed changes are tried again.
  public var retryFailed: Bool

  /// The detail of a `resumed` event.
  public init(retryFailed: Bool) { self.retryFailed = retryFailed }
}

/// `applyStarted`: who let the plan through.
public struct ApplyStartedDetail: Codable, Hashable, Sendable {
  /// How it was confirmed: `terminal`, `--yes` or `embedded store`.
  public var confirmedBy: String
  /// The digest of the plan that was confirmed.
  public var digest: String

  /// The detail of an `applyStarted` event.
  public init(confirmedBy: String, digest: String) {
    self.confirmedBy = confirmedBy
    self.digest = digest
  }
}

/// `inspected`: which stage was found right, so that a resumed run need not look at it again.
public struct InspectedDetail: Codable, Hashable, Sendable {
  /// The stage.
  public var stage: Int

  /// The detail of an `inspected` event.
  public init(stage: Int) { self.stage = stage }
}

/// `rollbackStarted`: what is undone, and what happens on a conflict.
public struct RollbackStartedDetail: Codable, Hashable, Sendable {
  /// `stop`, `skip` or `force`.
  public var onConflict: String
  /// Only this table, or nil for all.
  public var table: String?
  /// Only this key, as DynamoDB JSON, or nil for all.
  public var key: String?

  /// The detail of a `rollbackStarted` event.
  public init(onConflict: String, table: String?, key: String?) {
    self.onConflict = onConflict
    self.table = table
    self.key = key
  }
}

/// `finished`: where the run ended.
public struct FinishedDetail: Codable, Hashable, Sendable {
  /// `applied`, `incomplete` or `rolledBack`.
  public var state: RunState
  /// The counts at that moment.
  public var counts: RunCounts

  /// The detail of a `finished` event.
  public init(state: RunState, counts: RunCounts) {
    self.state = state
    self.counts = counts
  }
}

/// `applied`, `failed`, `compensated`: what is to be said beyond the bare fact; nil on the event when nothing is.
public struct OutcomeDetail: Codable, Hashable, Sendable {
  /// The item had the wanted image already.
  public var foundSo: Bool?
  /// With `foundSo`: it can't have been our own write, so somebody else made the same change.
  public var foreign: Bool?
  /// With `failed`: it was the undoing that failed.
  public var undoing: Bool?
  /// With `compensated`: the item had been changed since, and was overwritten because `force` was asked for.
  public var forced: Bool?
  /// `conflict`, or AWS's error code.
  public var code: String?
  /// One sentence.
  public var message: String?
  /// The item as found, as canonical DynamoDB JSON; "null" when there was none.
  public var found: String?

  /// The detail of an outcome.
  public init(
    foundSo: Bool? = nil, foreign: Bool? = nil, undoing: Bool? = nil, forced: Bool? = nil,
    code: String? = nil, message: String? = nil, found: String? = nil
  ) {
    self.foundSo = foundSo
    self.foreign = foreign
    self.undoing = undoing
    self.forced = forced
    self.code = code
    self.message = message
    self.found = found
  }
}

/// How details are written: JSON with sorted names, so that equal details are equal bytes.
enum DetailCoding {
  static func encode(_ detail: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(detail))
  }

  static func decode<Detail: Decodable>(_ type: Detail.Type, _ bytes: [UInt8]?) throws -> Detail {
    try JSONDecoder().decode(type, from: Data(bytes ?? []))
  }
}
