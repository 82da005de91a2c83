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
  /// The digest of the migration's code (`CodeDigest`); nil in a journal of a program that kept none.
  public var codeDigest: String?
  /// The kind of backups that was asked for; nil for the usual one, and in a journal of a program that kept none.
  public var backupKind: BackupKind?

  /// The detail of a `started` event.
  public init(
    run: String, migration: String, version: Int, target: String, options: [String: String], dryRun: Bool,
    reason: String?, tool: String, codeDigest: String? = nil, backupKind: BackupKind? = nil
  ) {
    self.run = run
    self.migration = migration
    self.version = version
    self.target = target
    self.options = options
    self.dryRun = dryRun
    self.reason = reason
    self.tool = tool
    self.codeDigest = codeDigest
    self.backupKind = backupKind
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

/// The kinds of backups. The raw values are typed after `--backup` and stand in the journal.
public enum BackupKind: String, Codable, Sendable, CaseIterable {
  /// Made and kept by the target itself.
  case onDemand = "on-demand"
  /// Read from the table and written to a file beside the journal.
  case export
}

/// `backedUp`: a backup that was made before the first change.
public struct BackedUpDetail: Codable, Hashable, Sendable {
  /// The table's name.
  public var table: String
  /// The backup's name.
  public var name: String
  /// The backup's ARN; for an export a name of the same form.
  public var arn: String
  /// Its size in bytes; for an export that of the file.
  public var sizeBytes: Int
  /// Table settings that a restore loses, by name.
  public var lostOnRestore: [String: String]
  /// The kind; nil in journals from before there were two, where it was `onDemand`.
  public var kind: BackupKind?
  /// How many items it holds; nil where the target did not say. DynamoDB's own number is hours old.
  public var items: Int?
  /// For an export: its folder when it was made.
  public var path: String?
  /// For an export: `sha256:` and the digest of the file of items.
  public var digest: String?

  /// The detail of a `backedUp` event.
  public init(
    table: String, name: String, arn: String, sizeBytes: Int, lostOnRestore: [String: String],
    kind: BackupKind? = nil, items: Int? = nil, path: String? = nil, digest: String? = nil
  ) {
    self.table = table
    self.name = name
    self.arn = arn
    self.sizeBytes = sizeBytes
    self.lostOnRestore = lostOnRestore
    self.kind = kind
    self.items = items
    self.path = path
    self.digest = digest
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
  /// What the target has cost since the last event that says so; nil where it costs nothing.
  public var cost: TargetCost?

  /// The detail of an `interrupted` event.
  public init(cause: Cause, drained: Bool, message: String, cost: TargetCost? = nil) {
    self.cause = cause
    self.drained = drained
    self.message = message
    self.cost = cost
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
  /// What the target has cost since the last event that says so; nil where it costs nothing.
  public var cost: TargetCost?

  /// The detail of a `finished` event.
  public init(state: RunState, counts: RunCounts, cost: TargetCost? = nil) {
    self.state = state
    self.counts = counts
    self.cost = cost
  }
}
