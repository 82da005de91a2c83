import DynamoJournalTables

/// `started`: what was asked for, by what program, against what target.
package struct StartedDetail: Codable, Hashable, Sendable {
  /// The run's id, such as `06-20261123-051402-k3f9`.
  package var run: String
  /// The migration's name.
  package var migration: String
  /// The migration's version, raised when what it plans changes.
  package var version: Int
  /// The target, as the command line names it.
  package var target: String
  /// What the target is, however it is spelled; nil in a journal of format 1.
  package var identity: TargetIdentity?
  /// Where the embedded store was, as an absolute path; nil for other targets.
  package var location: String?
  /// The settings that the migration was planned with, secrets left out.
  package var options: [String: String]
  /// Whether the run stops once it is planned.
  package var dryRun: Bool
  /// Why, in the words of whoever started it.
  package var reason: String?
  /// The program's version.
  package var tool: String
  /// The digest of the migration's code (`CodeDigest`); nil in a journal of a program that kept none.
  package var codeDigest: String?
  /// The kind of backups that was asked for; nil for the usual one, and in a journal of a program that kept none.
  package var backupKind: BackupKind?
  /// The version of the SQLite library that wrote the journal; nil in a journal of format 1.
  package var sqlite: String?
  /// How many signatures of others the plan needs before it is applied; nil for none.
  package var requiredApprovals: Int?

  /// The detail of a `started` event.
  package init(
    run: String, migration: String, version: Int, target: String, options: [String: String], dryRun: Bool,
    reason: String?, tool: String, codeDigest: String? = nil, identity: TargetIdentity? = nil,
    location: String? = nil, backupKind: BackupKind? = nil, sqlite: String? = nil,
    requiredApprovals: Int? = nil
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
    self.identity = identity
    self.location = location
    self.sqlite = sqlite
    self.requiredApprovals = requiredApprovals
  }
}

extension StartedDetail {
  /// Whether the run is on that target, however it was spelled; in a journal of format 1 the spelling is all there is.
  package func isOn(target: String, identity: TargetIdentity?) -> Bool {
    if let own = self.identity, let identity { return identity.difference(from: own) == nil }
    return self.target == target
  }

  /// Whether both runs are on one target.
  package func isSameTarget(as other: StartedDetail) -> Bool {
    isOn(target: other.target, identity: other.identity)
  }
}

/// `input`: which piece of which reply the event's body is.
package struct InputDetail: Codable, Hashable, Sendable {
  /// The migration's name for the input.
  package var name: String
  /// The piece's number, from 0.
  package var piece: Int
  /// Whether the input is whole with this piece.
  package var last: Bool
  /// Where it came from: scheme, host, port and, where it is no secret, the path.
  package var source: String
  /// How many bytes the body has uncompressed, if it is compressed (RFC 1950); nil for one that is not.
  package var size: Int?
  /// With the last piece, `sha256:` and the digest of the whole reply; nil in journals of earlier versions.
  package var digest: String?
  /// The events that have the pieces, for a reply that was captured before: this event has no body.
  package var copyOf: [Int64]?

  /// More bytes than a piece ever has.
  static let largestPiece = 16 << 20

  /// The detail of an `input` event.
  package init(
    name: String, piece: Int, last: Bool, source: String, size: Int? = nil, digest: String? = nil,
    copyOf: [Int64]? = nil
  ) {
    self.name = name
    self.piece = piece
    self.last = last
    self.source = source
    self.size = size
    self.digest = digest
    self.copyOf = copyOf
  }

  /// The bytes of a piece as they came.
  ///
  /// - Throws: `JournalError.damaged` when the body is not what it says.
  func bytes(of body: [UInt8], event: Int64) throws -> [UInt8] {
    guard let size, !body.isEmpty else { return body }
    guard (0...Self.largestPiece).contains(size), let bytes = Zlib.uncompressed(body, size: size) else {
      throw JournalError.damaged(event: event, reason: "its body can't be uncompressed")
    }
    return bytes
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
package enum BackupKind: String, Codable, Sendable, CaseIterable {
  /// Made and kept by the target itself.
  case onDemand = "on-demand"
  /// Read from the table and written to a file beside the journal.
  case export
}

/// `backedUp`: a backup that was made before the first change.
package struct BackedUpDetail: Codable, Hashable, Sendable {
  /// The table's name.
  package var table: String
  /// The backup's name.
  package var name: String
  /// The backup's ARN; for an export a name of the same form.
  package var arn: String
  /// Its size in bytes; for an export that of the file.
  package var sizeBytes: Int
  /// Table settings that a restore loses, by name.
  package var lostOnRestore: [String: String]
  /// The kind; nil in journals from before there were two, where it was `onDemand`.
  package var kind: BackupKind?
  /// How many items it holds; nil where the target did not say. DynamoDB's own number is hours old.
  package var items: Int?
  /// For an export: its folder when it was made.
  package var path: String?
  /// For an export: `sha256:` and the digest of the file of items.
  package var digest: String?

  /// The detail of a `backedUp` event.
  package init(
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
package struct InterruptedDetail: Codable, Hashable, Sendable {
  /// Why the run stopped.
  package enum Cause: String, Codable, Sendable {
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
    /// The guard of a table was taken over by somebody else.
    case heldElsewhere
  }

  /// Why.
  package var cause: Cause
  /// Whether every write that was sent has its outcome journaled.
  package var drained: Bool
  /// One sentence.
  package var message: String
  /// What the target has cost since the last event that says so; nil where it costs nothing.
  package var cost: TargetCost?
  /// The changes that were sent and have no answer, by their numbers in the plan; nil where it is not known which they are.
  package var unanswered: [Int]?

  /// The detail of an `interrupted` event.
  package init(
    cause: Cause, drained: Bool, message: String, cost: TargetCost? = nil, unanswered: [Int]? = nil
  ) {
    self.unanswered = unanswered
    self.cause = cause
    self.drained = drained
    self.message = message
    self.cost = cost
  }
}

/// `resumed`: how the run goes on.
package struct ResumedDetail: Codable, Hashable, Sendable {
  /// Whether failed changes are tried again.
  package var retryFailed: Bool
  /// Why, in the words of whoever resumed it.
  package var reason: String?

  /// The detail of a `resumed` event.
  package init(retryFailed: Bool, reason: String? = nil) {
    self.retryFailed = retryFailed
    self.reason = reason
  }
}

/// `applyStarted`: who let the plan through.
package struct ApplyStartedDetail: Codable, Hashable, Sendable {
  /// How it was confirmed: `terminal`, `--yes` or `embedded store`.
  package var confirmedBy: String
  /// The digest of the plan that was confirmed.
  package var digest: String

  /// The detail of an `applyStarted` event.
  package init(confirmedBy: String, digest: String) {
    self.confirmedBy = confirmedBy
    self.digest = digest
  }
}

/// `inspected`: which stage was found right, so that a resumed run need not look at it again.
package struct InspectedDetail: Codable, Hashable, Sendable {
  /// The stage.
  package var stage: Int

  /// The detail of an `inspected` event.
  package init(stage: Int) { self.stage = stage }
}

/// `rollbackStarted`: what is undone, and what happens on a conflict.
package struct RollbackStartedDetail: Codable, Hashable, Sendable {
  /// `stop`, `skip` or `force`.
  package var onConflict: String
  /// Only this table, or nil for all.
  package var table: String?
  /// Only this key, as DynamoDB JSON, or nil for all.
  package var key: String?
  /// Why, in the words of whoever asked for it.
  package var reason: String?

  /// Whether only a part of the run is undone.
  package var isPartial: Bool { table != nil || key != nil }

  /// The detail of a `rollbackStarted` event.
  package init(onConflict: String, table: String?, key: String?, reason: String? = nil) {
    self.onConflict = onConflict
    self.table = table
    self.key = key
    self.reason = reason
  }
}

/// `redoStarted`, `closed`: why, in the words of whoever asked for it.
package struct ReasonDetail: Codable, Hashable, Sendable {
  /// The reason; nil where none was given.
  package var reason: String?

  /// The detail of a `redoStarted` or a `closed` event.
  package init(reason: String?) { self.reason = reason }
}

/// `restored`: which backup went into which new table.
package struct RestoredDetail: Codable, Hashable, Sendable {
  /// The table that the backup is of.
  package var table: String
  /// The new table.
  package var into: String
  /// The backup's ARN.
  package var backup: String
  /// How many items the new table holds.
  package var items: Int
  /// Why, in the words of whoever asked for it.
  package var reason: String?

  /// The detail of a `restored` event.
  package init(table: String, into: String, backup: String, items: Int, reason: String?) {
    self.table = table
    self.into = into
    self.backup = backup
    self.items = items
    self.reason = reason
  }
}

/// `approved`: a signature over the plan's digest.
package struct ApprovedDetail: Codable, Hashable, Sendable {
  /// The digest of the plan that was signed.
  package var digest: String
  /// The text that was signed.
  package var text: String
  /// The signature, as `ssh-keygen -Y sign` writes it.
  package var signature: String
  /// The fingerprint of the key that signed.
  package var fingerprint: String

  /// The detail of an `approved` event.
  package init(digest: String, text: String, signature: String, fingerprint: String) {
    self.digest = digest
    self.text = text
    self.signature = signature
    self.fingerprint = fingerprint
  }
}

/// `upgraded`: the format of the events before.
package struct UpgradedDetail: Codable, Hashable, Sendable {
  /// The format that the events before this one are of.
  package var from: Int
}

/// `recovered`: what was put aside, and why.
package struct RecoveredDetail: Codable, Hashable, Sendable {
  /// How many events were kept as they are.
  package var kept: Int64
  /// The file that holds all that was found.
  package var evidence: String
  /// The first event that is not what was written; nil when the events were right and something else was not.
  package var firstBad: Int64?
  /// What was wrong.
  package var flaw: String
  /// The hash of the last event that the file had, in hexadecimal; nil where it could not be read.
  package var head: String?
  /// Why, in the words of whoever recovered it.
  package var reason: String
}

/// `erased`: what was taken out for good.
package struct ErasedDetail: Codable, Hashable, Sendable {
  /// What was asked for, in words that name no value: `table operators, one key`.
  package var what: String
  /// How many events lost a value.
  package var events: Int
  /// The numbers of the runs that lost a value.
  package var runs: [Int64]
  /// `sha256:` and the digest over what is left in all events that lost a value, in this erasure or an earlier one.
  package var remaining: String
  /// Why, in the words of whoever asked for it.
  package var reason: String
}

/// `finished`: where the run ended.
package struct FinishedDetail: Codable, Hashable, Sendable {
  /// `applied`, `incomplete` or `rolledBack`.
  package var state: RunState
  /// The counts at that moment.
  package var counts: RunCounts
  /// What the target has cost since the last event that says so; nil where it costs nothing.
  package var cost: TargetCost?

  /// The detail of a `finished` event.
  package init(state: RunState, counts: RunCounts, cost: TargetCost? = nil) {
    self.state = state
    self.counts = counts
    self.cost = cost
  }
}
