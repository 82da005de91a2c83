import DynamoJournalExports
import DynamoJournalEvents

/// Names of backups: `migration-backup-YYYYMMDD-HHMMSS-{tag}-{table}`.
///
/// The tag tells apart what is asked for in one second, on one host or on two: a run's name is the same whenever it is
/// made, so that a process which goes on finds what a dead one had asked for, and no other run's.
package enum BackupName {
  /// AWS allows 3 to 255 of `a-zA-Z0-9_.-`
  /// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html). An export's folder has the
  /// same name, and file systems allow 255 bytes of that; the rest is room for what is put around it meanwhile
  /// (`.NAME.partial`) and behind it where the name is taken (`NAME-2`).
  static let maximumLength = 240

  /// Letters in a tag: four of the run's id and four of a digest.
  private static let tagLength = 8
  /// Letters that stand for the rest of a table's name that is cut: 76 bits.
  private static let digestLength = 16

  /// The name of the backup that a run makes of a table.
  ///
  /// - Parameters:
  ///   - run: the run's id, such as `06-20261123-051402-k3f9`.
  ///   - startedAt: when it was started, in microseconds since 1970, UTC.
  package static func make(for table: String, of run: String, startedAt: Int64) -> String {
    // An id comes from a file: what is no letter or digit has no place in a name that becomes a folder's.
    let head = String(run.suffix(4).filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
    let rest = ShortDigest.letters(of: "\(run) \(startedAt)", count: tagLength - head.utf8.count)
    return make(for: table, at: startedAt, tag: head + rest)
  }

  /// The name of a backup that no run asked for.
  ///
  /// - Parameters:
  ///   - time: in microseconds since 1970, UTC; one for all tables that are backed up together.
  ///   - tag: letters and digits that no other backup of that second has, such as those of `randomTag`.
  package static func make(for table: String, at time: Int64, tag: String) -> String {
    let head = "migration-backup-\(Timestamp.compact(time))-\(tag)-"
    let room = maximumLength - head.utf8.count
    // What is cut fills the room to the end and what is not never does, so that no two tables share a name.
    guard table.utf8.count >= room else { return head + table }
    let kept = table.prefix(room - digestLength - 1)
    return head + kept + "-" + ShortDigest.letters(of: table, count: digestLength)
  }

  /// A tag of its own for what is asked for now.
  package static func randomTag() -> String { ShortDigest.random(count: tagLength) }
}
