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
