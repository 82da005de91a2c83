import Foundation
import DynamoJournalTables

/// The folder beside a journal where exports are: one folder each, under its final name only once it is whole.
///
/// Folders have mode 0700 and files 0600, as the journal: they hold the items' values.
package struct ExportFolder: Hashable, Sendable {
  /// The folder's path.
  package let path: String

  /// The folder at that path, which is made when it is needed.
  package init(path: String) { self.path = path }

  /// The folder of a journal: `journal.sqlite.backups` for `journal.sqlite`.
  package init(besideJournal journal: String) { self.init(path: journal + ".backups") }

  /// Where the export of that name is or will be.
  package func path(of name: String) -> String { path + "/" + name }

  /// The exports, oldest first, and what there is that can't be read.
  ///
  /// - Parameter table: only those of this table.
  package func exports(of table: String? = nil) -> (exports: [TableExport], unreadable: [FileError]) {
    // No folder, no exports.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    var exports: [TableExport] = []
    var unreadable: [FileError] = []
    for name in names.sorted() where !name.hasPrefix(".") {
      do throws(FileError) { exports.append(try TableExport(path: path(of: name))) } catch {
        unreadable.append(error)
      }
    }
    exports = exports.filter { table == nil || $0.manifest.spec.name == table }
    // Those of one moment are in the order of their names.
    let sorted = exports.enumerated().sorted {
      ($0.1.manifest.origin.createdAt, $0.0) < ($1.1.manifest.origin.createdAt, $1.0)
    }
    return (sorted.map(\.1), unreadable)
  }

  /// The export of that name or ARN; nil when there is none.
  ///
  /// - Throws: `FileError` when there is one that can't be read.
  package func export(named name: String) throws(FileError) -> TableExport? {
    let name = name.hasPrefix(TableExport.arn("")) ? String(name.dropFirst(TableExport.arn("").count)) : name
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"),
      FileManager.default.fileExists(atPath: path(of: name))
    else { return nil }
    return try TableExport(path: path(of: name))
  }

  /// Whether anything has that name: an export, what is left of one, or something else.
  package func isTaken(_ name: String) -> Bool { Self.exists(path(of: name)) }

  /// Whether an export of that name was begun, and perhaps ended.
  package func hasBegun(_ name: String) -> Bool { isTaken(name) || Self.exists(draft(of: name)) }

  /// Where an export is until it is whole.
  func draft(of name: String) -> String { path(of: "." + name + ".partial") }

  /// A link counts, wherever it leads.
  private static func exists(_ path: String) -> Bool {
    (try? FileManager.default.attributesOfItem(atPath: path)) != nil
  }

  static func remove(_ path: String) throws(FileError) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    do { try FileManager.default.removeItem(atPath: path) } catch {
      throw FileError(path: path, reason: "it can't be removed: check the folder and its permissions")
    }
  }
}
