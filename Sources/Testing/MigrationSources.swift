import DynamoJournalEvents
import DynamoJournalRunner
import Foundation

/// The files that migrations are written in: what their stated digests are held to.
public struct MigrationSources: Sendable {
  private let folder: String

  /// The sources in that folder.
  public init(folder: String) { self.folder = folder }

  /// What is wrong with the digest that a migration states, as a sentence that names the right one; nil when it is the
  /// digest of its files.
  ///
  /// - Throws: an error of the file system for a file that can't be read.
  public func flaw(of migration: any Migration) throws -> String? {
    let digest = CodeDigest.of(try migration.code.files.map(text(of:)))
    if migration.code.digest == digest { return nil }
    return
      "the code of \(migration.name) has changed: raise its version (now \(migration.version)) if it would plan something else than before, and set its digest to \(digest)"
  }

  /// The text of a file.
  public func text(of file: String) throws -> String {
    try String(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(file), encoding: .utf8)
  }

}
