/// `backupDeleted`: which backup is deleted from here on. It stands in the journal before the backup goes, so that none is
/// promised that is not there.
package struct BackupDeletedDetail: Codable, Hashable, Sendable {
  /// The backup's ARN; of an export the name of the same form.
  package var arn: String
  /// Its name.
  package var name: String
  /// The table that it is of.
  package var table: String
  /// The kind.
  package var kind: BackupKind
  /// Its size in bytes.
  package var sizeBytes: Int
  /// The run that it was made for; nil where this journal knows none.
  package var run: String?
  /// Why, in the words of whoever deleted it.
  package var reason: String?

  /// The detail of a `backupDeleted` event.
  package init(
    arn: String, name: String, table: String, kind: BackupKind, sizeBytes: Int, run: String?, reason: String?
  ) {
    self.arn = arn
    self.name = name
    self.table = table
    self.kind = kind
    self.sizeBytes = sizeBytes
    self.run = run
    self.reason = reason
  }
}

extension Journal {
  /// The ARNs of the backups that were deleted.
  package func deletedBackups() throws -> Set<String> {
    Set(try journalEvents(.backupDeleted).map { try $0.decode(BackupDeletedDetail.self).arn })
  }
}
