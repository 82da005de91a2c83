import Foundation
import DynamoJournalTables

extension ExportFolder {
  private static let deleted = ".deleted"

  /// Deletes an export of this folder: its name is gone in one step, then its files.
  ///
  /// What a process left that was killed in between is removed by the next one.
  /// - Throws: `FileError`.
  package func delete(_ export: TableExport) throws(FileError) {
    try sweep()
    let aside = path(of: "." + export.manifest.name + Self.deleted)
    try ExportFile.move(export.path, to: aside, in: path)
    try Self.remove(aside)
  }

  private func sweep() throws(FileError) {
    // No folder, nothing left in it.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for name in names where name.hasPrefix(".") && name.hasSuffix(Self.deleted) {
      try Self.remove(path(of: name))
    }
  }
}
